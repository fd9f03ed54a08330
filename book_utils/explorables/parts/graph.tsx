/** A graph of lines that fills its room: ticks at the left, lines, dots, words below the axis. */
import type { ComponentChildren } from "preact";

/** `kind` is for the style sheet: a grid line unless it says more. */
export type Tick = { at: number; says: string; kind?: string };

type GraphProps = {
  says: string;
  ticks: Tick[];
  /** where a value is, in percent of the height from above */
  y: (value: number) => number;
  /** the ends of the axis below */
  ends: readonly [string, string];
  /** between the two */
  unit?: string;
  /** lines, in a box of 100 by 100 */
  lines: ComponentChildren;
  /** what stands on them, placed in percent */
  children?: ComponentChildren;
};

export function Graph({ says, ticks, y, ends, unit, lines, children }: GraphProps) {
  return (
    <div class="cnl-graph" role="img" aria-label={says}>
      {ticks.map(({ at, says, kind = "" }) => (
        <span key={at} class={`tick ${kind}`} style={`top:${y(at)}%`}>
          {says}
        </span>
      ))}
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
        {ticks.map(({ at, kind = "" }) => (
          <path key={at} class={`grid ${kind}`} d={`M0,${y(at)}H100`} />
        ))}
        {lines}
      </svg>
      {children}
      <span class="below" style="left:0">
        {ends[0]}
      </span>
      {unit && (
        <span class="below" style="left:50%">
          {unit}
        </span>
      )}
      <span class="below" style="left:100%">
        {ends[1]}
      </span>
    </div>
  );
}

type DotProps = { left: number; top: number; kind?: string };

/** A mark on a graph, in percent. */
export const Dot = ({ left, top, kind = "" }: DotProps) => (
  <i class={`dot ${kind}`} style={`left:${left}%;top:${top}%`} />
);
