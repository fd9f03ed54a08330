/** The normalise lab: what becomes of the numbers of a batch, step by step (see lab.py). */
import { type PlacePick, sizesOf, useBlockMemory, usePlace } from "../parts/block.ts";
import { Slider } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { activationScale, weightScale } from "../parts/figure.tsx";
import { Grid, range } from "../parts/grid.tsx";
import { plainly, short } from "../parts/numbers.ts";
import { Said, SaidInFull } from "../parts/said.tsx";
import { StopsSlider } from "../parts/stops.tsx";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import type { NormaliseLab as Settings } from "../settings.ts";
import { axisOf, hue, Lines } from "./lines.tsx";
import { type Solution, solve } from "./solution.ts";
import * as words from "./words.ts";

type At = [number, number];

/** Where the sliders stop, along numbers that are no steps of one size. */
const STOPS = {
  eps: [1e-8, 1e-5, 1e-3, 0.01, 0.1, 1, 10],
  gamma: range(41).map((i) => (i - 10) / 10),
  beta: range(41).map((i) => (i - 20) / 10),
};
const USUAL = { gamma: 1, beta: 0 };

/** A link of the first edition, when one lab had all norms, has one γ and β for all channels. */
function unpack(given: Record<string, unknown>) {
  if (!("norm" in given)) return given;
  const first = Array.isArray(given.input) && given.input[0];
  const forEach = (value: unknown) => Array.isArray(first) && first.map(() => value);
  return { ...given, gamma: forEach(given.gamma), beta: forEach(given.beta) };
}

function NormaliseLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host, { unpack });
  const { state, schema, change, control } = lab;
  const solution = platform.useSolved(state, solve);
  const { shape } = solution;
  const pick = usePlace(lab, shape);
  const memory = useBlockMemory(state.input);
  const [n, c, h, w] = shape;
  const channel = pick.picked?.[1] ?? 0;
  const axis = axisOf(memory.given.flat(3), Array.from(solution.x.data));
  const type = (place: number[], value: number) =>
    change({ input: memory.withTyped(place, value) });
  const affine = (name: "gamma" | "beta", label: string) => {
    const { value: given, initial } = control(name);
    const ofChannels = { gamma: solution.gammas, beta: solution.betas }[name];
    const all = [...ofChannels, ...given.slice(c)];
    return (
      <StopsSlider
        label={`${label}, channel ${channel}`}
        stops={STOPS[name]}
        value={all[channel]}
        initial={initial[channel] ?? USUAL[name]}
        onChange={(v) => change({ [name]: all.map((was, i) => (i === channel ? v : was)) })}
      />
    );
  };
  const controls = {
    gamma: affine("gamma", "γ"),
    beta: affine("beta", "β"),
    input: (
      <Slider
        label="Batch size N"
        unit="examples"
        value={n}
        {...sizesOf(schema.input, shape).examples}
        initial={control("input").initial.length}
        onChange={(v) => change({ input: memory.drawn([v, c, h, w], memory.given) })}
      />
    ),
    eps: <StopsSlider {...control("eps")} label="ε" stops={STOPS.eps} format={plainly} />,
  };
  const say = (at: typeof pick.shown) => words.describe(solution, at);
  return (
    <Frame
      lab={lab}
      label="Normalise lab"
      said={<Said pick={pick} say={say} />}
      controls={controls}
      begin={<Examples lab={lab} examples={words.EXAMPLES} />}
      rest={<SaidInFull pick={pick} say={say} formula={words.counted(solution)} />}
      python={() => words.asPython(solution)}
    >
      <div class="cnl-normalise" style={`--c:${c};--m:${solution.size}`}>
        <Strip lab={solution} of="x" pick={pick} onEdit={type} />
        <Lines lab={solution} pick={pick} axis={axis} onDrag={type} />
        <Strip lab={solution} of="y" pick={pick} />
      </div>
    </Frame>
  );
}

type StripProps = {
  lab: Solution;
  of: "x" | "y";
  pick: PlacePick;
  onEdit?: (place: number[], value: number) => void;
};

/** The numbers in a grid, a row for each channel. */
function Strip({ lab, of, pick, onEdit }: StripProps) {
  const { shape, size, indexOf, placeOf, orderOf } = lab;
  const data = lab[of]?.data;
  if (!data) return <p class="cnl-strip">{`${of}: nothing is left to normalise with`}</p>;
  const numbers = Array.from(data);
  const { scale, of: shade } =
    of === "x" && numbers.every((v) => v >= 0) ? activationScale(numbers) : weightScale(numbers);
  const grid = pick.grid(
    ([i, j]) => placeOf(i, j),
    (place) => [place[1], orderOf(place)],
  );
  const name = { x: "Batch", y: "Normalised" }[of];
  return (
    <div class="cnl-strip">
      <div class="cnl-tags" aria-hidden="true">
        {range(shape[1]).map((c) => (
          <span key={c} style={hue(c)}>
            {c}
          </span>
        ))}
      </div>
      <Grid
        label={`${name}, ${shape[1]} by ${size}`}
        shape={[shape[1], size] as At}
        scale={scale}
        {...grid}
        cell={(i, j) => {
          const value = data[indexOf(placeOf(i, j))];
          const seen = of === "y" ? rounded(value) : value;
          const says = `channel ${i}, example ${placeOf(i, j)[0]}`;
          return { value, text: short(seen), shade: shade(seen), says };
        }}
        onEdit={onEdit && ((at, value) => onEdit(placeOf(...at), value))}
      />
    </div>
  );
}

/** Two places at most, which are as many digits as a cell has room for. */
const rounded = (value: number) => Math.round(value * 100) / 100 || 0;

export default platform.view(NormaliseLab);
