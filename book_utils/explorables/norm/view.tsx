/** The norm lab: which cells of a block share a mean, and what normalising makes of them. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { divisors, drawBatch } from "../arithmetic/normalisation.ts";
import { nested, type Tensor, tensor } from "../arithmetic/tensor.ts";
import { PairSlider, Player, Slider } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { activationScale } from "../parts/figure.tsx";
import { Grid, Legend, marked, range } from "../parts/grid.tsx";
import { plainly } from "../parts/numbers.ts";
import { Radios } from "../parts/radios.tsx";
import { StopsSlider } from "../parts/stops.tsx";
import { listed, spoken } from "../parts/words.ts";
import * as platform from "../platform/lab.tsx";
import type { Rule } from "../platform/schema.ts";
import type { NormLab as Settings } from "../settings.ts";
import { Courses, Distributions } from "./charts.tsx";
import { useBlockMemory } from "./memory.ts";
import { type Picking, usePicked } from "./picking.ts";
import { demandFit, type Place, type Solution, useSolution } from "./solution.ts";
import * as words from "./words.ts";

type At = [number, number];
type Lab = platform.LabOf<Settings>;
type Scale = ReturnType<typeof activationScale>;

const PACE = 350; // milliseconds between two batches

/** Where the sliders stop, along numbers that are no steps of one size. */
const STOPS = {
  momentum: [0, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.9, 1, null],
  eps: [1e-8, 1e-5, 1e-3, 0.01, 0.1, 1, 10],
  gamma: range(41).map((i) => (i - 10) / 10),
  beta: range(41).map((i) => (i - 20) / 10),
};

function NormLab(host: platform.Host) {
  const running = platform.useLab<Settings>(host, { fits: demandFit });
  const [playing, play] = useState(false);
  const lab = stopping(running, () => play(false));
  const { state } = lab;
  const solution = useSolution(state, lab.range("seen").max);
  const pick = usePicked(running, solution.shape);
  const memory = useBlockMemory(state.input);
  const edit = (at: At, value: number) =>
    running.change({ input: memory.withTyped(pick.placeOf(at), value) });
  const resize = (shape: number[]) => {
    const drawn = nested<number[][][][]>(drawBatch(tensor(state.population), state.seed, 1, shape));
    lab.change({ input: memory.resized(drawn as Settings["input"]) });
  };
  return (
    <platform.Lab label="Norm lab">
      <TopBar lab={lab} channels={solution.shape[1]} />
      <Blocks lab={solution} pick={pick} onEdit={edit} />
      <div class="cnl-bar">
        <Batches lab={lab} playing={playing} play={play} />
        <platform.Sharing lab={lab} python={() => words.asPython(solution)} />
      </div>
      <platform.Message lab={lab} />
      <Said lab={solution} pick={pick} quiet={playing} />
      <BlockSliders lab={lab} shape={solution.shape} resize={resize} />
      {pick.shown && (
        <>
          <div class="cnl-row cnl-charts">
            <Distributions lab={solution} at={pick.shown} />
          </div>
          <p class="cnl-caption">{words.CAPTIONS.cells}</p>
        </>
      )}
      {state.norm === "batch" && (
        <Running lab={lab} solution={solution} channel={pick.shown?.[1] ?? 0} />
      )}
    </platform.Lab>
  );
}

/** A lab whose controls end the play; it goes on while cells are picked. */
function stopping(lab: Lab, stop: () => void): Lab {
  const change = (changes: Partial<Settings>) => {
    stop();
    lab.change(changes);
  };
  return {
    ...lab,
    change,
    control: (name) => ({
      ...lab.control(name),
      onChange: (value) => change({ [name]: value }),
    }),
    begin: (example) => {
      stop();
      lab.begin(example);
    },
  };
}

type TopBarProps = { lab: Lab; channels: number };

function TopBar({ lab, channels }: TopBarProps) {
  const { state, change, control, options } = lab;
  const { training, seen } = state;
  const keep = (norm: Settings["norm"]) =>
    change(norm === "group" && channels % state.groups !== 0 ? { norm, groups: 1 } : { norm });
  return (
    <div class="cnl-bar">
      <Examples lab={lab} examples={words.EXAMPLES} />
      <Radios
        {...control("norm")}
        label="Norm"
        options={options("norm").map(({ value }) => value)}
        onChange={keep}
      />
      {state.norm === "batch" ? (
        <Radios
          {...control("training")}
          label="Mode"
          value={training ? "train" : "eval"}
          options={["train", "eval"]}
          onChange={(mode) => change({ training: mode === "train", batch: seen })}
        />
      ) : (
        <span>the same in train and eval</span>
      )}
    </div>
  );
}

type BlocksProps = { lab: Solution; pick: Picking; onEdit: (at: At, value: number) => void };

/** The block before and after. */
function Blocks({ lab, pick, onEdit }: BlocksProps) {
  const { x, y, shape, sets, number } = lab;
  const set = pick.shown && sets.of[lab.indexOf(pick.shown)];
  const cells = ({ data }: Tensor, scale: Scale, show?: (value: number) => string | undefined) => ({
    ...pick.grid,
    scale: "activations" as const,
    cell: (i: number, j: number) => {
      const [n, c, h, w] = pick.placeOf([i, j]);
      const at = lab.indexOf([n, c, h, w]);
      const lit = set === sets.of[at];
      return {
        value: data[at],
        shade: scale.of(data[at]),
        text: show?.(data[at]),
        locked: number !== 1,
        kind: marked({ lit, "tile-left": w === 0 && c > 0, "tile-top": h === 0 && n > 0 }),
        says: listed([`example ${n}`, `channel ${c}`, lit && "shares the mean"]),
      };
    },
  });
  const size = shape.join(" by ");
  const [before, after] = [x, y].map((block) => activationScale(Array.from(block?.data ?? [])));
  const name = number === 1 ? "Batch 1, to type into" : `Batch ${number}, drawn`;
  return (
    <div class="cnl-row cnl-blocks">
      <Tiles shape={shape} name={name} scale={before}>
        <Grid label={`Input, ${size}`} {...cells(x, before)} onEdit={onEdit} />
      </Tiles>
      {y && (
        <div class="cnl-term">
          <span class="cnl-sign" aria-hidden="true">
            →
          </span>
          <Tiles shape={shape} name="Normalised" scale={after}>
            <Grid label={`Output, ${size}`} {...cells(y, after, words.twoPlaces)} />
          </Tiles>
        </div>
      )}
    </div>
  );
}

type TilesProps = { shape: number[]; name: string; scale: Scale; children: ComponentChildren };

/** A block with its rows and columns of tiles named. */
function Tiles({ shape: [n, c, h, w], name, scale, children }: TilesProps) {
  const names = (letter: string, count: number) =>
    range(count).map((i) => (
      <span key={i}>
        {letter}={i}
      </span>
    ));
  return (
    <figure class="cnl-figure cnl-tiles" style={`--c:${c};--h:${h};--w:${w}`}>
      <figcaption>
        <span>{name}</span>
        <Legend scale="activations" low={scale.low} high={scale.high} />
      </figcaption>
      <div class="cnl-tiles-box">
        <div class="cnl-tiles-top" aria-hidden="true">
          {names("c", c)}
        </div>
        <div class="cnl-tiles-side" aria-hidden="true">
          {names("n", n)}
        </div>
        {children}
      </div>
    </figure>
  );
}

type SaidProps = { lab: Solution; pick: Picking; quiet: boolean };

function Said({ lab, pick, quiet }: SaidProps) {
  const told = (at: Place | null) => words.describe(lab, at).join(". ");
  return (
    <div class="cnl-said">
      <div class="cnl-sum cnl-norm-sum">
        {words.describe(lab, pick.shown).map((line, i) => (
          <p key={i}>{line}</p>
        ))}
      </div>
      <p class="cnl-formula">{words.counted(lab)}</p>
      <div class="cnl-hidden" aria-live={quiet ? "off" : "polite"}>
        {spoken(words.inWords(told(pick.picked)))}
      </div>
    </div>
  );
}

type BatchesProps = { lab: Lab; playing: boolean; play: (on: boolean) => void };

/**
 * Through the batches of the stream: in training they move the running averages, in evaluation they
 * are looked at.
 */
function Batches({ lab, playing, play }: BatchesProps) {
  const name = lab.state.training ? "seen" : "batch";
  const count = lab.range(name).max;
  const step = (at: number) => {
    if (at === 0 || at === count - 1) play(false);
    lab.set({ [name]: at + 1 });
  };
  return (
    <Player
      what="batch"
      at={lab.state[name] - 1}
      count={count}
      playing={playing}
      onPlaying={play}
      onStep={step}
      pace={PACE}
    />
  );
}

type RunningProps = { lab: Lab; solution: Solution; channel: number };

/** The running averages of one channel, and the settings that move them alone. */
function Running({ lab, solution, channel }: RunningProps) {
  const { state, control } = lab;
  const seen = "Batches seen in training";
  return (
    <>
      <p class="cnl-formula">
        {words.running(solution, channel)}
        <br />
        {words.momentumName(state.momentum)}
      </p>
      <div class="cnl-panel">
        <StopsSlider
          {...control("momentum")}
          label="Momentum"
          stops={STOPS.momentum}
          ends="0 to 1, or None"
        />
        <Slider {...control("seen")} label={seen} {...lab.range("seen")} />
      </div>
      <div class="cnl-row cnl-charts">
        <Courses lab={solution} channel={channel} />
      </div>
      <p class="cnl-caption">{words.CAPTIONS.courses}</p>
      {!solution.refused && <p class="cnl-caption">{words.spread(solution, channel)}</p>}
    </>
  );
}

type BlockSlidersProps = { lab: Lab; shape: number[]; resize: (shape: number[]) => void };

/** The size of the block, as far as it can be made anew while a slider is pulled, and the norm. */
function BlockSliders({ lab, shape: [n, c, h, w], resize }: BlockSlidersProps) {
  const { state, control, schema } = lab;
  const [input, groups] = [control("input"), control("groups")];
  const { axes, slider: cells = Infinity } = schema.input as Extract<Rule, { type: "block" }>;
  const examples = Math.min(axes.examples, Math.floor(cells / (c * h * w)));
  const square = Math.floor(Math.sqrt(cells / (n * c)));
  const side = (now: number, most: number) => ({
    min: 1,
    max: Math.max(now, 1, Math.min(most, square)),
  });
  const { shape: first } = tensor(input.initial);
  return (
    <div class="cnl-panel">
      <Slider
        label="Batch size N"
        unit="examples"
        value={n}
        min={1}
        max={Math.max(n, examples)}
        initial={first[0]}
        onChange={(v) => resize([v, c, h, w])}
        hidden={input.hidden}
      />
      <PairSlider
        label="Height and width"
        unit="cells"
        value={[h, w]}
        initial={[first[2], first[3]]}
        limits={[side(h, axes.height), side(w, axes.width)]}
        onChange={([rows, columns]) => resize([n, c, rows, columns])}
        hidden={input.hidden}
      />
      {state.norm === "group" && divisors(c).length > 1 && (
        <StopsSlider
          {...groups}
          label="Groups"
          stops={divisors(c)}
          initial={c % groups.initial ? 1 : groups.initial}
        />
      )}
      <StopsSlider {...control("gamma")} label="γ" stops={STOPS.gamma} />
      <StopsSlider {...control("beta")} label="β" stops={STOPS.beta} />
      <StopsSlider {...control("eps")} label="ε" stops={STOPS.eps} format={plainly} />
    </div>
  );
}

export default platform.view(NormLab);
