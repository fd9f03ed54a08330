/** What the pace lab says, and its code. */
import { millisecondsOf, type Spent, spentOf } from "../arithmetic/pace.ts";
import { significant, thousands, wholePercent } from "../parts/numbers.ts";
import type { Told } from "../parts/said.tsx";
import { listed } from "../parts/words.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { PaceLab as Settings } from "../settings.ts";

type Place = Settings["place"];
type Launch = Settings["launch"];
/** what was recorded on a device */
export type Recorded = {
  batches: [small: number, large: number];
  launches: Launch[];
  about: string;
  /** of each way, by network and key: examples a second, and how many times the slow loop's */
  ways: Record<string, Record<string, [rate: number, factor: number]>>;
};
export type Data = {
  recorded: Partial<Record<Place, Recorded>>;
  /** of loops that were measured here: how many times as fast as the slow loop */
  measured: Record<string, number>;
};

const EPOCH = 60_000; // images
export const PARTS = ["data", "price", "arithmetic"] as const;
type Part = (typeof PARTS)[number];
export const PART_NAMES: Record<Part, string> = {
  data: "waiting for images",
  price: "cost of any step",
  arithmetic: "arithmetic of the images",
};
export const MODELS: Record<Settings["model"], string> = {
  lenet: "LeNet",
  small_resnet: "small ResNet",
};
export const FORMS: Record<Settings["form"], string> = {
  float32: "float32",
  channels_last: "channels last",
  "channels_last + bfloat16": "and bfloat16",
};
export const LAUNCHES: Record<Launch, string> = {
  eager: "one by one",
  fused: "optimiser fused",
  compile: "compiled",
  graph: "one graph",
};
export const PLACES: Record<Place, string> = { cpu: "processor", gpu: "GPU" };

const here = ({ place }: Settings, { recorded }: Data) => recorded[place] as Recorded;

export const batchOf = (state: Settings, data: Data) =>
  here(state, data).batches[state.large ? 1 : 0];

/** The key of a way, as Python's `Way.key` has it. */
function keyOf(state: Settings, data: Data) {
  const images = state.resident ? "tensors" : "pictures";
  const { form, launch, moved } = state;
  return [images, batchOf(state, data), form, launch, moved ? images : "no"].join(",");
}

/** The loop of many courses for the same task. */
export const slow = (state: Settings): Settings => ({
  ...state,
  resident: false,
  large: false,
  form: "float32",
  launch: "eager",
});

/** Was it recorded? */
export function isRecorded({ place, launch, form, resident }: Settings, { recorded }: Data) {
  const isPlain = form === "float32" && launch === "eager";
  return (resident || isPlain) && (recorded[place]?.launches.includes(launch) ?? false);
}

/** The recorded time of a batch, taken apart. */
export function spent(state: Settings, data: Data): Spent {
  const ways = here(state, data).ways[state.model];
  const rate = (key: string) => ways[key][0];
  const batch = batchOf(state, data);
  const { form, launch } = state;
  const alone = (size: number) => rate(`tensors,${size},${form},${launch},no`);
  return spentOf(batch, rate(keyOf(state, data)), alone(batch), alone(1));
}

/** Seconds for an epoch. */
export function seconds(state: Settings, data: Data) {
  const [rate] = here(state, data).ways[state.model][keyOf(state, data)];
  return EPOCH / rate;
}

/** The longest epoch of any loop with this network on this device: the axis stays. */
export function longest(state: Settings, data: Data) {
  const ways = Object.entries(here(state, data).ways[state.model]);
  return Math.max(...ways.flatMap(([key, [rate]]) => (key.includes(",1,") ? [] : [EPOCH / rate])));
}

/** What is on, in words. */
function nameOf(state: Settings, data: Data) {
  const { resident, large, form, launch, moved } = state;
  const on = [
    resident ? "images resident" : "picture by picture",
    large && `batches of ${thousands(batchOf(state, data))}`,
    form !== "float32" && "channels last",
    form === "channels_last + bfloat16" && "bfloat16",
    launch !== "eager" && LAUNCHES[launch],
    moved && "shifted and mirrored",
  ];
  return listed(on, ", ");
}

const times = (factor: number) => `${significant(factor, 3)}\u00a0×`;

/** How fast it is, beside the slow loop. */
export function describe(state: Settings, data: Data): Told {
  const key = keyOf(state, data);
  const [rate, factor] = here(state, data).ways[state.model][key];
  const line = `${MODELS[state.model]}, ${nameOf(state, data)}`;
  const result = times(factor);
  const mine = data.measured[`${state.model} ${key}`];
  const measured = mine === undefined ? "" : `; here ${times(mine)}`;
  const rounded = thousands(Number(rate.toPrecision(3)));
  const note = `the slow loop: ${rounded} images a second${measured}`;
  return { line, joint: ": ", result, note: ` ${note}`, full: `${line}: ${result} ${note}.` };
}

export const milliseconds = (value: number) => `${significant(value, 2)} ms`;
export const inSeconds = (value: number) => `${significant(value, 3)} s`;

export const shareOf = (of: Spent, part: Part) => of[part] / millisecondsOf(of);

/** What the bars show, for those who do not see them. */
export function describeBars(state: Settings, data: Data) {
  const bar = (title: string, of: Settings) => {
    const found = spent(of, data);
    const parts = PARTS.map((part) => `${PART_NAMES[part]} ${wholePercent(shareOf(found, part))}`);
    return `${title}: ${inSeconds(seconds(of, data))} for 60,000 images, ${parts.join(", ")}`;
  };
  return `${bar("The slow loop", slow(state))}. ${bar("This loop", state)}.`;
}

/** All there is to say, for the panel. */
export const inFull = (state: Settings, data: Data) =>
  "The cost of any step is what a step with a single image takes; what the loop takes longer than " +
  "with images on the device, unmoved, is waiting for images. The factor is the median of several " +
  `rounds, in which all loops took turns. ${here(state, data).about}.`;

export function asPython(state: Settings, data: Data) {
  const [images, batch, form, launch, moved] = keyOf(state, data).split(",");
  const record = state.place === "gpu" ? "steps_gpu" : "steps";
  return `from book_utils import pace, records

way = pace.Way(
    data="${images}",
    batch=${batch},
    form="${form}",
    launch="${launch}",
    moved="${moved}",
)
spent = pace.spent(records.load("${record}"), "${state.model}", way)
rate = spent.examples_a_second  # pace.measure("${state.model}", way) measures it here
`;
}

export const EXAMPLES: ExamplesOf<Settings> = {
  "": {
    "the slow loop": {},
    "images resident": { resident: true },
    "and larger batches": { resident: true, large: true },
    "all of it, small ResNet": {
      model: "small_resnet",
      resident: true,
      large: true,
      form: "channels_last + bfloat16",
      launch: "fused",
    },
  },
};
