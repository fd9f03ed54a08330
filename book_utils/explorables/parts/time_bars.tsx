/** Bars of time in parts: two on one axis, the second once more, enlarged; a list of the parts. */
import { type ComponentChildren, Fragment } from "preact";

/**
 * How long a part takes, after the one before it; or `under` it, and then both end together.
 * The class `cnl-${part}` says in the style sheet how it looks.
 */
export type Span = { part: string; length: number; under?: boolean };

type TimeBar = { name: ComponentChildren; spans: Span[]; said: string };

type TimeBarsProps = {
  title: string;
  /** for those who cannot see the bars */
  says: string;
  bars: readonly [TimeBar, TimeBar];
  /** percent of the width for a unit of length: the same for all settings, so the axis stays */
  scale: number;
  parts: { part: string; name: string; figure: string; note: ComponentChildren }[];
};

export function TimeBars({ title, says, bars, scale, parts }: TimeBarsProps) {
  const { spans } = bars[1];
  const whole = spans.reduce((sum, { length, under }) => (under ? sum : sum + length), 0);
  return (
    <figure class="cnl-time-bars">
      <figcaption>{title}</figcaption>
      <div class="cnl-time-rows" role="img" aria-label={says}>
        {bars.map(({ name, ...bar }, i) => (
          <Fragment key={i}>
            <b>{name}</b>
            <Bar {...bar} scale={scale} />
          </Fragment>
        ))}
        <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
          <path d={`M0,0V10M${(scale * whole).toFixed(2)},0L100,10`} />
        </svg>
        <b>enlarged</b>
        <Bar spans={spans} scale={100 / whole} />
      </div>
      <ul>
        {parts.map(({ part, name, figure, note }) => (
          <li key={part} class={`cnl-${part}`}>
            <span>{name}</span>
            <strong>{figure}</strong>
            <small>{note}</small>
          </li>
        ))}
      </ul>
    </figure>
  );
}

type BarProps = { spans: Span[]; scale: number; said?: string };

function Bar({ spans, scale, said }: BarProps) {
  const percent = (length: number) => `${(scale * length).toFixed(2)}%`;
  let end = 0;
  const place = ({ length, under }: Span) => {
    const start = under ? end - length : end;
    end = start + length;
    return `left:${percent(start)};width:${percent(length)}`;
  };
  return (
    <div class="cnl-time-bar">
      {spans.map((span) => (
        <i key={span.part} class={`cnl-${span.part}`} style={place(span)} />
      ))}
      {said && <span style={`left:${percent(end)}`}>{said}</span>}
    </div>
  );
}
