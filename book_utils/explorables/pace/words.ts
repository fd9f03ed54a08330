/** What the pace lab says, and its code. */
import { examplesASecond, millisecondsOf, type Spent, spentOf } from "../arithmetic/pace.ts";
import { significant, thousands, wholePercent } from "../parts/numbers.ts";
import type { Told } from "../parts/said.tsx";
import { listed } from "../parts/words.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { PaceLab as Settings } from "../settings.ts";

type Place = Settings["place"];
/** milliseconds of a batch: of feeding it, and of a step by network */
type Times = {
  feed: Record<string, number>;
  step: Record<string, Record<string, number>>;
  steps: Settings["step"][];
  about: string;
};
export type Data = {
  recorded: Partial<Record<Place, Times>>;
  /** of loops that were measured here: how many times as fast as the slow loop */
  measured: Record<string, number>;
};

export const EPOCH = 60_000; // images
export const PARTS = ["data", "cost", "arithmetic"] as const;
export type Part = (typeof PARTS)[number];
export const PART_NAMES: Record<Part, string> = {
  data: "waiting for images",
  cost: "cost of any step",
  arithmetic: "arithmetic of the images",
};
export const MODELS: Record<Settings["model"], string> = {
  lenet: "LeNet",
  small_resnet: "small ResNet",
};
export const STEPS: Record<Settings["step"], string> = {
  eager: "one by one",
  fused: "optimiser fused",
  graph: "one graph",
};
export const PLACES: Record<Place, string> = { cpu: "processor", gpu: "GPU" };

/** The loop of many courses for the same task. */
export const slow = (state: Settings): Settings => ({
  ...state,
  resident: false,
  batch_size: 64,
  channels_last: false,
  half: false,
  step: "eager",
});

/** What was recorded of a loop. */
export function spent(state: Settings, { recorded }: Data): Spent {
  const { feed, step } = recorded[state.place] as Times;
  const { model, batch_size } = state;
  const form = `${bits(state.channels_last, state.half)} ${state.step}`;
  return spentOf(
    feed[`${bits(state.resident, state.moved)} ${batch_size}`],
    step[model][`${form} 1`],
    step[model][`${form} ${batch_size}`],
  );
}

const bits = (...switches: boolean[]) => switches.map(Number).join("");

/** Seconds for an epoch. */
export const seconds = (of: Spent, batch: number) => EPOCH / examplesASecond(of, batch);

/** The longest epoch of any loop with this network on this device: the axis stays. */
export function longest(state: Settings, data: Data) {
  const { feed, step } = data.recorded[state.place] as Times;
  const worst = (times: Record<string, number>, batch: string) =>
    Math.max(...Object.keys(times).flatMap((key) => (key.endsWith(batch) ? [times[key]] : [])));
  const each = [64, 256, 1024].map(
    (n) => ((worst(feed, ` ${n}`) + worst(step[state.model], ` ${n}`)) * EPOCH) / n / 1000,
  );
  return Math.max(...each);
}

/** Is it a step or a device that was not recorded? */
export const isRecorded = ({ place, step }: Settings, { recorded }: Data) =>
  recorded[place]?.steps.includes(step) ?? false;

const keyOf = (state: Settings) =>
  `${state.model} ${bits(state.resident, state.moved, state.channels_last, state.half)} ` +
  `${state.step} ${state.batch_size}`;

/** What is on, in words. */
export function nameOf(state: Settings) {
  const { resident, batch_size, channels_last, half, step, moved } = state;
  const on = [
    resident ? "images resident" : "image by image",
    batch_size !== 64 && `batches of ${thousands(batch_size)}`,
    channels_last && "channels last",
    half && "half precision",
    step !== "eager" && STEPS[step],
    moved && "shifted and mirrored",
  ];
  return listed(on, ", ");
}

const times = (factor: number) => `${significant(factor, 3)}\u00a0×`;

export function factor(state: Settings, data: Data) {
  const before = slow(state);
  const rate = (of: Settings) => examplesASecond(spent(of, data), of.batch_size);
  return rate(state) / rate(before);
}

/** How fast it is, beside the slow loop; what is on, the controls say, and the full account. */
export function describe(state: Settings, data: Data): Told {
  const rate = examplesASecond(spent(state, data), state.batch_size);
  const line = `${MODELS[state.model]}: ${thousands(round(rate))} images a second`;
  const result = times(factor(state, data));
  const here = data.measured[keyOf(state)];
  const note = `the slow loop${here === undefined ? "" : `; here ${times(here)}`}`;
  const full = `${line}, ${nameOf(state)}: ${result} ${note}.`;
  return { line, joint: ", ", result, note: ` ${note}`, full };
}

/** Three significant digits of a large number. */
const round = (rate: number) => Number(rate.toPrecision(3));

export const milliseconds = (value: number) => `${significant(value, 2)} ms`;
export const inSeconds = (value: number) => `${significant(value, 3)} s`;

export const shareOf = (of: Spent, part: Part) => of[part] / millisecondsOf(of);

/** What the bars show, for those who do not see them. */
export function describeBars(state: Settings, data: Data) {
  const bar = (title: string, of: Settings) => {
    const found = spent(of, data);
    const parts = PARTS.map((part) => `${PART_NAMES[part]} ${wholePercent(shareOf(found, part))}`);
    const all = inSeconds(seconds(found, of.batch_size));
    return `${title}: ${all} for 60,000 images, ${parts.join(", ")}`;
  };
  return `${bar("The slow loop", slow(state))}. ${bar("This loop", state)}.`;
}

/** All there is to say, for the panel. */
export const inFull = ({ place }: Settings, { recorded }: Data) =>
  "Recorded apart, and added up here: the time until a batch is there, that of a step with one " +
  `image, and that of a step with the batch. ${recorded[place]?.about}.`;

export function asPython(state: Settings) {
  const word = (is: boolean) => (is ? "True" : "False");
  const record = state.place === "gpu" ? "steps_gpu" : "steps";
  return `from book_utils import pace, records

loop = pace.Loop(
    model="${state.model}",
    resident=${word(state.resident)},
    moved=${word(state.moved)},
    batch_size=${state.batch_size},
    channels_last=${word(state.channels_last)},
    half=${word(state.half)},
    step="${state.step}",
)
spent = pace.recorded(records.load("${record}"), loop, "${state.place}")
rate = spent.examples_a_second  # pace.measure(loop) measures it here
`;
}

export const EXAMPLES: ExamplesOf<Settings> = {
  "": {
    "the slow loop": {},
    "images resident": { resident: true },
    "and a large batch": { resident: true, batch_size: 1024 },
    "everything, small ResNet": {
      model: "small_resnet",
      resident: true,
      batch_size: 1024,
      channels_last: true,
      half: true,
      step: "fused",
    },
  },
};
