/** The norms lab: which cells share a mean, under each norm, and what normalising makes of them. */
import type { ComponentChildren } from "preact";
import { useContext } from "preact/hooks";
import { divisors } from "../arithmetic/normalisation.ts";
import type { Tensor } from "../arithmetic/tensor.ts";
import { type PlacePick, sizesOf, useBlockMemory, usePlace } from "../parts/block.ts";
import { PairSlider, Slider } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { activationScale, type Scale, weightScale } from "../parts/figure.tsx";
import { Grid, Legend, marked, range } from "../parts/grid.tsx";
import { useId } from "../parts/ids.ts";
import { plainly, short } from "../parts/numbers.ts";
import { Radios } from "../parts/radios.tsx";
import { Said, SaidInFull } from "../parts/said.tsx";
import { StopsSlider } from "../parts/stops.tsx";
import { listed } from "../parts/words.ts";
import { Frame, Place } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import type { NormsLab as Settings } from "../settings.ts";
import { Cube } from "./cube.tsx";
import { demandFit, type Solution, shareOf, solve } from "./solution.ts";
import * as words from "./words.ts";

type At = [number, number];
type Lab = platform.LabOf<Settings>;

/** Where the sliders stop, along numbers that are no steps of one size. */
const STOPS = {
  eps: [1e-8, 1e-5, 1e-3, 0.01, 0.1, 1, 10],
  gamma: range(41).map((i) => (i - 10) / 10),
  beta: range(41).map((i) => (i - 20) / 10),
};

function NormsLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host, { fits: demandFit });
  const { state, schema, change, control } = lab;
  const solution = platform.useSolved(state, solve);
  const { shape } = solution;
  const pick = usePlace(lab, shape);
  const memory = useBlockMemory(state.input);
  const [n, c, h, w] = shape;
  const resize = (to: number[]) => change({ input: memory.drawn(to, state.population) });
  const ends = sizesOf(schema.input, shape);
  const first = words.shapeOf(control("input").initial);
  const groups = control("groups");
  const isSplit = state.norm === "group" && divisors(c).length > 1;
  const controls = {
    training:
      state.norm === "batch" ? (
        <Radios
          label="Mode"
          value={state.training ? "train" : "eval"}
          options={["train", "eval"] as const}
          onChange={(mode) => change({ training: mode === "train" })}
        />
      ) : (
        !isSplit && <Note>{words.noMode(solution)}</Note>
      ),
    groups: isSplit && (
      <StopsSlider
        {...groups}
        label="Groups"
        stops={divisors(c)}
        initial={c % groups.initial ? 1 : groups.initial}
      />
    ),
    input: (
      <>
        <Slider
          label="Batch size N"
          unit="examples"
          value={n}
          {...ends.examples}
          initial={first[0]}
          onChange={(v) => resize([v, c, h, w])}
        />
        <PairSlider
          label="Height and width"
          value={[h, w]}
          initial={[first[2], first[3]]}
          limits={ends.sides}
          onChange={(sides) => resize([n, c, ...sides])}
        />
      </>
    ),
    gamma: <StopsSlider {...control("gamma")} label="γ" stops={STOPS.gamma} />,
    beta: <StopsSlider {...control("beta")} label="β" stops={STOPS.beta} />,
    eps: <StopsSlider {...control("eps")} label="ε" stops={STOPS.eps} format={plainly} />,
  };
  const say = (at: typeof pick.shown) => words.describe(solution, at);
  return (
    <Frame
      lab={lab}
      label="Norms lab"
      aside={words.counted(solution)}
      said={<Said pick={pick} say={say} />}
      controls={controls}
      begin={<Examples lab={lab} examples={words.EXAMPLES} />}
      rest={<SaidInFull pick={pick} say={say} formula={words.countedInFull(solution)} />}
      python={() => words.asPython(solution)}
    >
      <div class="cnl-norms" style={`--n:${n};--c:${c};--h:${h};--w:${w}`}>
        <NormChoice lab={lab} shape={shape} picked={pick.shown} />
        <Blocks
          lab={solution}
          pick={pick}
          onEdit={(place, value) => change({ input: memory.withTyped(place, value) })}
        />
      </div>
    </Frame>
  );
}

/** Words in the place of a control. */
const Note = ({ children }: { children: ComponentChildren }) =>
  useContext(Place) === "beside" ? null : <p class="cnl-note">{children}</p>;

type NormChoiceProps = { lab: Lab; shape: number[]; picked: PlacePick["shown"] };

/** The four norms, each as the block with what it lets share a mean. */
function NormChoice({ lab, shape, picked }: NormChoiceProps) {
  const { state, change, options } = lab;
  const id = useId();
  const channels = shape[1];
  const groupsOf = (norm: Settings["norm"]) =>
    norm === "group" && channels % state.groups ? 1 : state.groups;
  return (
    <div class="cnl-norm-choice" role="radiogroup" aria-label="Norm">
      {options("norm").map(({ value: norm, label }) => (
        <label key={norm} class={norm === state.norm ? "on" : ""}>
          <Cube
            shape={shape}
            picked={picked}
            share={picked && shareOf({ ...state, norm, groups: groupsOf(norm), shape }, picked)}
          />
          <span>
            <input
              type="radio"
              name={id}
              aria-label={label}
              checked={norm === state.norm}
              onChange={() => change({ norm, groups: groupsOf(norm) })}
            />
            <span aria-hidden="true">{label}</span>
          </span>
        </label>
      ))}
    </div>
  );
}

type BlocksProps = {
  lab: Solution;
  pick: PlacePick;
  onEdit: (place: number[], value: number) => void;
};

/** The block before and after, as tiles: a row of them for each example, one for each channel. */
function Blocks({ lab, pick, onEdit }: BlocksProps) {
  const { x, y, shape, sets, usesKept } = lab;
  const [n, c, h, w] = shape;
  const placeOf = ([i, j]: At) => [Math.floor(i / h), Math.floor(j / w), i % h, j % w];
  const cellOf = (at: number[]): At => [at[0] * h + at[2], at[1] * w + at[3]];
  const set = pick.shown && !usesKept ? sets.of[lab.indexOf(pick.shown)] : -1;
  const cells = ({ data }: Tensor, scale: Scale, round = (value: number) => value) => ({
    ...pick.grid(placeOf, cellOf),
    shape: [n * h, c * w] as At,
    scale: scale.scale,
    cell: (i: number, j: number) => {
      const place = placeOf([i, j]);
      const at = lab.indexOf(place);
      const lit = set === sets.of[at];
      return {
        value: data[at],
        shade: scale.of(round(data[at])),
        text: short(round(data[at])),
        kind: marked({
          lit,
          "tile-left": place[3] === 0 && place[1] > 0,
          "tile-top": place[2] === 0 && place[0] > 0,
        }),
        says: listed([`example ${place[0]}`, `channel ${place[1]}`, lit && "shares the mean"]),
      };
    },
  });
  const size = shape.join(" by ");
  const numbers = Array.from(x.data);
  const before = (numbers.some((v) => v < 0) ? weightScale : activationScale)(numbers);
  const after = weightScale(Array.from(y?.data ?? []));
  return (
    <div class="cnl-blocks">
      <Tiles shape={shape} name="x" says="the block, to type into" scale={before}>
        <Grid
          label={`Input, ${size}`}
          {...cells(x, before)}
          onEdit={(at, value) => onEdit(placeOf(at), value)}
        />
      </Tiles>
      {y ? (
        <Tiles shape={shape} name="y" says="normalised" scale={after}>
          <Grid label={`Output, ${size}`} {...cells(y, after, words.onePlace)} />
        </Tiles>
      ) : (
        <p class="cnl-refused">{words.REFUSED}</p>
      )}
    </div>
  );
}

type TilesProps = {
  shape: number[];
  name: string;
  says: string;
  scale: Scale;
  children: ComponentChildren;
};

/** A block with its rows and columns of tiles named. */
function Tiles({ shape: [n, c, , w], name, says, scale, children }: TilesProps) {
  const template = range(c * w)
    .map((j) => (j && j % w === 0 ? "calc(var(--cnl-cell) + var(--gap))" : "var(--cnl-cell)"))
    .join(" ");
  const named = (letter: string, count: number) =>
    range(count).map((i) => (
      <span key={i}>
        {letter}
        {i}
      </span>
    ));
  return (
    <figure class="cnl-figure cnl-tiles" style={`--tile-columns:${template}`}>
      <figcaption>
        <b>{name}</b> {says} <Legend scale={scale.scale} low={scale.low} high={scale.high} />
      </figcaption>
      <div class="cnl-tiles-box">
        <div class="cnl-tiles-top" aria-hidden="true">
          {named("c", c)}
        </div>
        <div class="cnl-tiles-side" aria-hidden="true">
          {named("n", n)}
        </div>
        {children}
      </div>
    </figure>
  );
}

export default platform.view(NormsLab);
