/** The border lab: one row padded in four ways, and the cell that each padding cell copies. */
import { useState } from "preact/hooks";
import { Slider } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { inputScale } from "../parts/figure.tsx";
import { Grid, marked, range } from "../parts/grid.tsx";
import { full } from "../parts/numbers.ts";
import { Said, SaidInFull } from "../parts/said.tsx";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import type { BorderLab as Settings } from "../settings.ts";
import { copiesOf, isPadding, type Lane, lanesOf, NONE, sourceOf, valueAt } from "./solution.ts";
import * as words from "./words.ts";

const { EXAMPLES } = words;

function BorderLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host);
  const { state, control, range: ends } = lab;
  const [pointed, point] = useState<number | null>(null);
  const inside = (at: number) =>
    Math.min(state.size + state.padding - 1, Math.max(-state.padding, at));
  const picked = inside(state.at);
  const shown = inside(pointed ?? picked);
  const pick = { picked, shown, playing: false };
  const say = (at: number | null) => words.describe(at ?? picked, state);
  const onPick = (at: number) => {
    point(null);
    lab.change({ at });
  };
  const columns = state.size + 2 * state.padding;
  const cells = range(columns).map((i) => i - state.padding);
  return (
    <Frame
      lab={lab}
      label="Border lab"
      aside={words.describeSize(state)}
      said={<Said pick={pick} say={say} />}
      controls={{
        padding: (
          <Slider
            {...control("padding")}
            {...ends("padding")}
            label="Padding p"
            unit="cells a side"
          />
        ),
        size: <Slider {...control("size")} {...ends("size")} label="Row n" unit="cells" />,
      }}
      begin={<Examples lab={lab} examples={EXAMPLES} />}
      rest={<SaidInFull pick={pick} say={say} formula={words.describeSize(state)} />}
      python={() => words.asPython(state)}
    >
      <div class="cnl-border" style={`--columns:${columns}`}>
        {lanesOf(state).map((lane) => (
          <Padded
            key={lane.mode}
            lane={lane}
            settings={state}
            picked={picked}
            shown={shown}
            onPick={onPick}
            onPoint={point}
          />
        ))}
        <ol class="cnl-places" aria-hidden="true">
          {cells.map((at) => (
            <li key={at} class={marked({ shown: at === shown })}>
              {full(at)}
            </li>
          ))}
        </ol>
      </div>
    </Frame>
  );
}

type PaddedProps = {
  lane: Lane;
  settings: Settings;
  picked: number;
  shown: number;
  onPick: (at: number) => void;
  onPoint: (at: number | null) => void;
};

/** The row in one mode; arrows lead from a cell of the row to the padding cells that copy it. */
function Padded({ lane, settings, picked, shown, onPick, onPoint }: PaddedProps) {
  const { size, padding } = settings;
  const { mode, refused } = lane;
  const colours = inputScale([size]);
  const source = sourceOf(shown, settings, lane);
  const copies = isPadding(shown, settings) ? [shown] : copiesOf(shown, settings, lane);
  const lit = source === NONE ? [] : [source, ...copies];
  const cell = (_: number, at: number) => {
    const value = valueAt(at, settings, lane);
    const isOutside = isPadding(at, settings);
    return {
      value,
      shade: colours.of(value),
      kind: marked({ padding: isOutside, lit: at !== shown && lit.includes(at) }),
      says: isOutside ? `padding, ${words.describeLane(at, settings, lane)}` : "",
    };
  };
  return (
    <div class="cnl-padded" role="group" aria-label={mode}>
      <div>
        <p class="cnl-mode">
          <strong>{mode}</strong> <span>{words.RULES[mode]}</span>
        </p>
        <p class="cnl-copied">{words.describeLane(shown, settings, lane)}</p>
      </div>
      {refused ? (
        <p class="cnl-refused">{words.describeRefusal(lane)}</p>
      ) : (
        <div class="cnl-track">
          {source !== NONE && (
            <Arrows from={source + padding} to={copies.map((at) => at + padding)} {...settings} />
          )}
          <Grid
            label={`The row, padding ${mode}`}
            scale={colours.scale}
            shape={[1, size + 2 * padding]}
            offset={[0, -padding]}
            cell={cell}
            frame={{ at: [0, 0], shape: [1, size] }}
            picked={[0, picked]}
            shown={[0, shown]}
            onPick={([, at]) => onPick(at)}
            onPoint={(at) => onPoint(at?.[1] ?? null)}
          />
        </div>
      )}
    </div>
  );
}

type ArrowsProps = { from: number; to: number[]; size: number; padding: number };

/** Arcs above the cells, from one to its copies; places are counted from the left. */
function Arrows({ from, to, size, padding }: ArrowsProps) {
  const arc = (at: number) =>
    `M${from + 0.5} 1C${from + 0.5} -0.25 ${at + 0.5} -0.25 ${at + 0.5} 1`;
  return (
    <div class="cnl-arrows" aria-hidden="true">
      <svg viewBox={`0 0 ${size + 2 * padding} 1`} preserveAspectRatio="none">
        <path d={to.map(arc).join("")} />
      </svg>
      {to.map((at) => (
        <i key={`${from} ${at}`} style={`--from:${from};--to:${at}`} />
      ))}
    </div>
  );
}

export default platform.view(BorderLab);
