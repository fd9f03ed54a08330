/**
 * The norm lab: which cells of a block share a mean, and what normalising makes of them (see lab.py).
 */

import { useMemo, useRef, useState } from "preact/hooks";
import type { Norm } from "../arithmetic/normalisation.ts";
import {
  course,
  divisors,
  drawBatch,
  NORMS,
  normalise,
  refusal,
  sharing,
  statistics,
} from "../arithmetic/normalisation.ts";
import type { Tensor } from "../arithmetic/tensor.ts";
import { nested, tensor } from "../arithmetic/tensor.ts";
import { PairSlider, Player, Slider } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { activationScale } from "../parts/figure.tsx";
import { Grid, Legend, range } from "../parts/grid.tsx";
import { full } from "../parts/numbers.ts";
import { Radios } from "../parts/radios.tsx";
import { python, spoken } from "../parts/words.ts";
import { checkBlock, checkInteger, checkOneOf } from "../platform/check.ts";
import type { Host, LabState } from "../platform/lab.tsx";
import { Lab, Message, Sharing, useLab, view } from "../platform/lab.tsx";
import { Courses, Distributions } from "./charts.tsx";
import { PRESETS } from "./examples.ts";
import { BlockMemory } from "./memory.ts";
import { counted, describe, inWords, momentumName, plainly, running, spread } from "./words.ts";

type At = [number, number];
export type Solution = ReturnType<typeof useSolution>;

const KEYS = [
  "input",
  "population",
  "norm",
  "groups",
  "momentum",
  "eps",
  "gamma",
  "beta",
  "training",
  "seen",
  "batch",
  "seed",
  "picked",
];
const BATCHES = 60; // as in lab.py
const SIZES = [8, 8, 3, 3];
const MOST_CELLS = 128; // as in lab.py
/** As far as the sliders go: a block of more cells cannot be made anew within a frame. */
const MOST_MADE = 96;

const MOMENTA = [0, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.9, 1, null];
const EPSILONS = [1e-8, 1e-5, 1e-3, 0.01, 0.1, 1, 10];
const [GAMMAS, BETAS] = [range(41).map((i) => (i - 10) / 10), range(41).map((i) => (i - 20) / 10)];

function checkReal(value: unknown, name: string, [low, high]: At): number {
  if (typeof value === "number" && value >= low && value <= high) return value;
  throw new RangeError(`its ${name} is not a number from ${plainly(low)} to ${high}`);
}

function checkPosition(value: unknown) {
  const is =
    Array.isArray(value) &&
    value.length === 4 &&
    value.every((v, d) => Number.isInteger(v) && v >= 0 && v < SIZES[d]);
  if (value !== null && !is) throw new RangeError("its picked cell is not a cell");
  return value;
}

/** Settings from a link, or a RangeError that says what is wrong with them. */
function accept(s: Record<string, any>) {
  const settings = {
    input: checkBlock(s.input, "input", SIZES),
    population: checkBlock(s.population, "population", [64, ...SIZES.slice(1)]),
    norm: checkOneOf(s.norm, "norm", NORMS) as Norm,
    groups: checkInteger(s.groups, "number of groups", [1, SIZES[1]]),
    momentum: s.momentum === null ? null : checkReal(s.momentum, "momentum", [0, 1]),
    eps: checkReal(s.eps, "ε", [1e-12, 10]),
    gamma: checkReal(s.gamma, "γ", [-10, 10]),
    beta: checkReal(s.beta, "β", [-10, 10]),
    training: checkOneOf(s.training, "mode", [true, false]),
    seen: checkInteger(s.seen, "number of batches seen", [1, BATCHES]),
    batch: checkInteger(s.batch, "batch", [1, 2 * BATCHES]),
    seed: checkInteger(s.seed, "seed", [0, 2 ** 31 - 1]),
    picked: checkPosition(s.picked),
  };
  const { shape, data } = tensor(settings.input); // throws when rows differ in length
  if (data.length > MOST_CELLS)
    throw new RangeError(`its input has more than ${MOST_CELLS} numbers`);
  if (tensor(settings.population).shape[1] !== shape[1])
    throw new RangeError("its population has other channels than its input");
  sharing(shape, settings.norm, settings.groups);
  return settings;
}

/** The block that is shown, its statistics and its normalised values. */
function useSolution({
  input,
  population,
  norm,
  groups,
  momentum,
  eps,
  gamma,
  beta,
  training,
  seen,
  batch,
  seed,
}: Record<string, any>) {
  const first = useMemo(() => tensor(input), [input]);
  const { shape } = first;
  const source = useMemo(() => tensor(population), [population]);
  const truth = useMemo(() => statistics(source.data, sharing(source.shape, "batch")), [source]);
  const blockOf = (number: number) =>
    number === 1 ? first : drawBatch(source, seed, number, shape);
  const stream = useMemo(() => {
    const sets = sharing(shape, "batch");
    return range(BATCHES).map((i) => statistics(blockOf(i + 1).data, sets));
  }, [first, source, seed]);
  const runs = useMemo(() => course(stream, momentum, shape[1]), [stream, momentum]);
  const number = training ? seen : batch;
  const x = useMemo(() => blockOf(number), [first, source, seed, number]);
  const sets = useMemo(() => sharing(shape, norm, groups), [...shape, norm, groups]);
  const own = useMemo(() => statistics(x.data, sets), [x, sets]);
  const refused = refusal(shape, norm, groups, training);
  const used = norm === "batch" && !training ? runs[seen] : own;
  const y = useMemo(
    () => (refused ? null : normalise(x, sets, used, { eps, gamma, beta })),
    [x, sets, used, eps, gamma, beta, refused],
  );
  const [, c, h, w] = shape;
  return {
    norm: norm as Norm,
    groups,
    momentum,
    eps,
    gamma,
    beta,
    training,
    seen,
    number,
    shape,
    x,
    y,
    sets,
    own,
    used,
    refused,
    stream,
    runs,
    population: truth,
    indexOf: ([example, channel, row, column]: number[]) =>
      ((example * c + channel) * h + row) * w + column,
  };
}

/** The picked cell and the one under the mouse. */
function usePicked(lab: LabState, shape: number[]) {
  const [pointed, point] = useState<number[] | null>(null);
  const [, , h, w] = shape;
  const exists = (at: number[] | null) => at?.every((v, d) => v < shape[d]);
  const picked = lab.state.picked && (exists(lab.state.picked) ? lab.state.picked : [0, 0, 0, 0]);
  const cellAt = ([i, j]: At) => [Math.floor(i / h), Math.floor(j / w), i % h, j % w];
  return {
    picked,
    shown: exists(pointed) ? pointed : picked,
    cellAt,
    /** What the two grids need. */
    grid: {
      shape: [shape[0] * h, shape[1] * w] as At,
      picked: (picked && [picked[0] * h + picked[2], picked[1] * w + picked[3]]) as At | null,
      onPick: (at: At) => {
        point(null);
        lab.change({ picked: cellAt(at) });
      },
      onPoint: (at: At | null) => point(at && cellAt(at)),
      onRefuse: lab.complain,
    },
  };
}

function asPython(
  { norm, groups, momentum, eps, gamma, beta, training }: Record<string, any>,
  { x, shape, runs, seen, refused }: Solution,
) {
  const [, c, h, w] = shape;
  const kept = runs[training && !refused ? seen - 1 : seen];
  const layer = {
    batch: `nn.BatchNorm2d(${c}, eps=${eps}, momentum=${momentum ?? "None"})`,
    layer: `nn.LayerNorm([${c}, ${h}, ${w}], eps=${eps})`,
    instance: `nn.InstanceNorm2d(${c}, eps=${eps}, affine=True)`,
    group: `nn.GroupNorm(${groups}, ${c}, eps=${eps})`,
  }[norm as string];
  return [
    "import torch",
    "from torch import nn",
    "",
    `x = torch.tensor(${JSON.stringify(nested(x)).replaceAll(",", ", ")}, dtype=torch.float32)`,
    `norm = ${layer}`,
    `nn.init.constant_(norm.weight, ${gamma})`,
    `nn.init.constant_(norm.bias, ${beta})`,
    ...(norm === "batch"
      ? [
          `norm.running_mean = torch.tensor([${kept.mean.join(", ")}], dtype=torch.float32)`,
          `norm.running_var = torch.tensor([${kept.variance.join(", ")}], dtype=torch.float32)`,
          `norm.num_batches_tracked += ${training ? seen - 1 : seen}`,
          `norm.train(${python.bool(training)})`,
        ]
      : []),
    "y = norm(x)",
    "",
  ].join("\n");
}

function NormLab(host: Host) {
  const lab = useLab(host, KEYS, accept);
  const { state, initial, change } = lab;
  const [playing, play] = useState(false);
  const solution = useSolution(state);
  const pick = usePicked(lab, solution.shape);
  const known = useRef<BlockMemory | null>(null);
  if (!known.current?.knows(state.input)) known.current = new BlockMemory(state.input);
  const memory = known.current;
  const resize = (shape: number[]) => {
    play(false);
    change({
      input: memory.resized(nested(drawBatch(tensor(state.population), state.seed, 1, shape))),
    });
  };
  const chosen = (changes: Record<string, any>) => {
    play(false);
    change(changes);
  };
  return (
    <Lab label="Norm lab">
      <TopBar state={state} initial={initial} channels={solution.shape[1]} change={chosen} />
      <Blocks
        lab={solution}
        pick={pick}
        onEdit={(at, value) => change({ input: memory.withTyped(pick.cellAt(at), value) })}
      />
      <div class="cnl-bar">
        <Batches lab={solution} playing={playing} play={play} onStep={lab.set} />
        <Sharing lab={lab} python={() => asPython(state, solution)} />
      </div>
      <Message lab={lab} />
      <Said lab={solution} pick={pick} quiet={playing} />
      <BlockSliders
        state={state}
        initial={initial}
        shape={solution.shape}
        resize={resize}
        change={chosen}
      />
      {pick.shown && (
        <>
          <div class="cnl-row cnl-charts">
            <Distributions lab={solution} at={pick.shown} />
          </div>
          <p class="cnl-caption">
            Large dots share a mean and a deviation with the picked cell. The bar below them is the
            mean and one deviation each way.
          </p>
        </>
      )}
      {state.norm === "batch" && (
        <Running
          lab={solution}
          channel={(pick.shown ?? [0, 0])[1]}
          state={state}
          initial={initial}
          change={chosen}
        />
      )}
    </Lab>
  );
}

function TopBar({
  state: { norm, groups, training, seen },
  initial,
  channels,
  change,
}: {
  state: Record<string, any>;
  initial: Record<string, any>;
  channels: number;
  change: (changes: Record<string, any>) => void;
}) {
  const possible = (next: string) =>
    next === "group" && channels % groups !== 0 ? { norm: next, groups: 1 } : { norm: next };
  return (
    <div class="cnl-bar">
      <Examples presets={PRESETS} initial={initial} onChange={change} />
      <Radios
        label="Norm"
        value={norm}
        options={NORMS}
        onChange={(next) => change(possible(next))}
      />
      {norm === "batch" ? (
        <Radios
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

/** The block before and after. */
function Blocks({
  lab,
  pick,
  onEdit,
}: {
  lab: Solution;
  pick: ReturnType<typeof usePicked>;
  onEdit: (at: At, value: number) => void;
}) {
  const { x, y, shape, sets, number } = lab;
  const [set, scales] = [
    pick.shown && sets.of[lab.indexOf(pick.shown)],
    [x, y].map((t) => activationScale(Array.from(t?.data ?? [0]))),
  ];
  const cell =
    ({ data }: Tensor, scale: (typeof scales)[0]) =>
    (i: number, j: number) => {
      const [n, c, h, w] = pick.cellAt([i, j]);
      const at = lab.indexOf([n, c, h, w]);
      const value = data[at];
      const isLit = set === sets.of[at];
      return {
        value,
        shade: scale.of(value),
        text: data === y?.data ? twoPlaces(value) : undefined,
        locked: number !== 1,
        kind: `${isLit ? "lit" : ""}${w === 0 && c ? " tile-left" : ""}${h === 0 && n ? " tile-top" : ""}`,
        says: `example ${n}, channel ${c}${isLit ? ", shares the mean" : ""}`,
      };
    };
  const size = shape.join(" by ");
  return (
    <div class="cnl-row cnl-blocks">
      <Tiles
        shape={shape}
        name={number === 1 ? "Batch 1, to type into" : `Batch ${number}, drawn`}
        scale={scales[0]}
      >
        <Grid
          label={`Input, ${size}`}
          scale="activations"
          {...pick.grid}
          cell={cell(x, scales[0])}
          onEdit={onEdit}
        />
      </Tiles>
      {y && (
        <div class="cnl-term">
          <span class="cnl-sign" aria-hidden="true">
            →
          </span>
          <Tiles shape={shape} name="Normalised" scale={scales[1]}>
            <Grid
              label={`Output, ${size}`}
              scale="activations"
              {...pick.grid}
              cell={cell(y, scales[1])}
            />
          </Tiles>
        </div>
      )}
    </div>
  );
}

/** Two places after the point, with a true minus. */
const twoPlaces = (value: number) =>
  Math.abs(value) < 0.005
    ? "0"
    : Math.abs(value) < 100
      ? value.toFixed(2).replace("-", "−")
      : undefined;

/** A block with its rows and columns of tiles named. */
function Tiles({
  shape: [n, c, h, w],
  name,
  scale,
  children,
}: {
  shape: number[];
  name: string;
  scale: ReturnType<typeof activationScale>;
  children: any;
}) {
  return (
    <figure class="cnl-figure cnl-tiles" style={`--c:${c};--h:${h};--w:${w}`}>
      <figcaption>
        <span>{name}</span>
        <Legend scale="activations" {...scale} />
      </figcaption>
      <div class="cnl-tiles-box">
        <div class="cnl-tiles-top" aria-hidden="true">
          {range(c).map((i) => (
            <span key={i}>c={i}</span>
          ))}
        </div>
        <div class="cnl-tiles-side" aria-hidden="true">
          {range(n).map((i) => (
            <span key={i}>n={i}</span>
          ))}
        </div>
        {children}
      </div>
    </figure>
  );
}

function Said({
  lab,
  pick,
  quiet,
}: {
  lab: Solution;
  pick: ReturnType<typeof usePicked>;
  quiet: boolean;
}) {
  const told = (at: number[] | null) => spoken(inWords(describe(lab, at).join(". ")));
  return (
    <div class="cnl-said">
      <div class="cnl-sum cnl-norm-sum">
        {describe(lab, pick.shown).map((line, i) => (
          <p key={i}>{line}</p>
        ))}
      </div>
      <p class="cnl-formula">{counted(lab)}</p>
      <div class="cnl-hidden" aria-live={quiet ? "off" : "polite"}>
        {told(pick.picked)}
      </div>
    </div>
  );
}

/**
 * Through the batches of the stream: in training they move the running averages, in evaluation they
 * are looked at.
 */
function Batches({
  lab: { training, number },
  playing,
  play,
  onStep,
}: {
  lab: Solution;
  playing: boolean;
  play: (on: boolean) => void;
  onStep: (changes: Record<string, any>) => void;
}) {
  const count = training ? BATCHES : 2 * BATCHES;
  const step = (at: number) => {
    if (at === 0 || at === count - 1) play(false);
    onStep(training ? { seen: at + 1 } : { batch: at + 1 });
  };
  return (
    <Player
      what="batch"
      at={number - 1}
      count={count}
      playing={playing}
      onPlaying={play}
      onStep={step}
      pace={350}
    />
  );
}

/** The running averages of one channel, and the settings that move them alone. */
function Running({
  lab,
  channel,
  state: { momentum, seen },
  initial,
  change,
}: {
  lab: Solution;
  channel: number;
  state: Record<string, any>;
  initial: Record<string, any>;
  change: (changes: Record<string, any>) => void;
}) {
  return (
    <>
      <p class="cnl-formula">
        {running(lab, channel)}
        <br />
        {momentumName(momentum)}
      </p>
      <div class="cnl-panel">
        <ListSlider
          label="Momentum"
          values={MOMENTA}
          value={momentum}
          initial={initial.momentum}
          ends="0 to 1, or None"
          format={(m) => (m === null ? "None" : full(m))}
          onChange={(m) => change({ momentum: m })}
        />
        <Slider
          label="Batches seen in training"
          value={seen}
          min={1}
          max={BATCHES}
          initial={initial.seen}
          onChange={(v) => change({ seen: v })}
        />
      </div>
      <div class="cnl-row cnl-charts">
        <Courses lab={lab} channel={channel} />
      </div>
      <p class="cnl-caption">
        Dots: single batches. Line: the running average, dotted where it will go. Dashes: all
        numbers of the channel together.
      </p>
      {!lab.refused && <p class="cnl-caption">{spread(lab, channel)}</p>}
    </>
  );
}

/** A slider along a list of values; one from elsewhere stands at the nearest. */
function ListSlider<T extends number | null>({
  label,
  values,
  value,
  initial,
  ends,
  format = (v) => full(v as number),
  onChange,
}: {
  label: string;
  values: readonly T[];
  value: T;
  initial: T;
  ends?: string;
  format?: (value: T) => string;
  onChange: (value: T) => void;
}) {
  const away = (a: T, b: T) =>
    a === null || b === null ? (a === b ? 0 : Infinity) : Math.abs(a - b);
  const place = (v: T) =>
    values.reduce((best, other, i) => (away(other, v) < away(values[best], v) ? i : best), 0);
  const now = place(value);
  return (
    <Slider
      label={label}
      value={now}
      min={0}
      max={values.length - 1}
      initial={place(initial)}
      ends={ends}
      format={(i) => format(i === now ? value : values[i])}
      onChange={(i) => onChange(values[i])}
    />
  );
}

/** The largest square maps that can be drawn in time. */
const largestSide = ([n, c]: number[]) =>
  Math.max(...[1, 2, 3].filter((side) => side === 1 || n * c * side * side <= MOST_MADE));

function BlockSliders({
  state,
  initial,
  shape,
  resize,
  change,
}: {
  state: Record<string, any>;
  initial: Record<string, any>;
  shape: number[];
  resize: (shape: number[]) => void;
  change: (changes: Record<string, any>) => void;
}) {
  const [n, c, h, w] = shape;
  const most = Math.max(n, Math.min(SIZES[0], Math.floor(MOST_MADE / (c * h * w))));
  const side = largestSide(shape);
  const first = tensor(initial.input).shape;
  return (
    <div class="cnl-panel">
      <Slider
        label="Batch size N"
        unit="examples"
        value={n}
        min={1}
        max={most}
        initial={first[0]}
        onChange={(v) => resize([v, c, h, w])}
      />
      <PairSlider
        label="Height and width"
        unit="cells"
        value={[h, w]}
        initial={[first[2], first[3]]}
        limits={[
          { min: 1, max: Math.max(h, side) },
          { min: 1, max: Math.max(w, side) },
        ]}
        onChange={([rows, columns]) => resize([n, c, rows, columns])}
      />
      {state.norm === "group" && divisors(c).length > 1 && (
        <ListSlider
          label="Groups"
          values={divisors(c)}
          value={state.groups}
          initial={c % initial.groups ? 1 : initial.groups}
          onChange={(groups) => change({ groups })}
        />
      )}
      <ListSlider
        label="γ"
        values={GAMMAS}
        value={state.gamma}
        initial={initial.gamma}
        onChange={(gamma) => change({ gamma })}
      />
      <ListSlider
        label="β"
        values={BETAS}
        value={state.beta}
        initial={initial.beta}
        onChange={(beta) => change({ beta })}
      />
      <ListSlider
        label="ε"
        values={EPSILONS}
        value={state.eps}
        initial={initial.eps}
        format={plainly}
        onChange={(eps) => change({ eps })}
      />
    </div>
  );
}

export default view(NormLab);
