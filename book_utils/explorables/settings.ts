/** The settings of each lab: written by frontend/settings.py from the traits. */

export interface ArchitectureLedger {
  preset:
    | "lenet"
    | "digit_lenet"
    | "norm_lenet"
    | "alexnet"
    | "alexnet_d2l"
    | "vgg11"
    | "vgg13"
    | "vgg16"
    | "vgg19"
    | "nin"
    | "googlenet"
    | "googlenet_d2l"
    | "resnet18"
    | "resnet34"
    | "resnet50"
    | "resnet101"
    | "resnet152"
    | "resnet18_d2l"
    | "resnet18_cifar"
    | "resnet20"
    | "small_resnet"
    | "densenet121"
    | "densenet_d2l"
    | "cifar_vgg13"
    | "cifar_resnet18"
    | "own";
  shows: "parameters" | "multiply_adds" | "memory";
  picked: number;
  input: number[] | null;
  rows: { kind: string }[] | null;
}

export interface AscentLab {
  blur: boolean;
  unit: [string, ...number[]];
  start: "noise" | "grey" | "drawing";
  steps: number;
  rate: number;
  jitter: boolean;
  decay: boolean;
  clip: boolean;
  seed: number;
}

export interface AttributionLab {
  method: "occlusion" | "saliency" | "Grad-CAM";
  picture: number;
  drawn: string | null;
  target: "answer" | "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9";
  size: number;
  at: number[] | null;
  fill: number;
  seed: number;
}

export interface BackwardLab {
  input: number[][];
  kernel: number[][];
  delta: number[][];
  stride: [number, number];
  padding: [number, number];
  dilation: [number, number];
  picked: [string, number, number] | null;
}

export interface BlocksLab {
  out: number[];
  shortcut: boolean;
}

export interface BorderLab {
  padding: number;
  size: number;
  at: number;
}

export interface CanyonLab {
  ratio: number;
  rate: number;
  normalised: boolean;
  steps: number;
  at: number[] | null;
}

export interface ChannelLab {
  input: number[][][];
  kernel: number[][][][];
  bias: number[];
  stride: [number, number];
  padding: [number, number];
  channel: number;
  picked: [string, number, number] | null;
}

export interface ColumnLab {
  size: number;
  kernel: number;
  stride: number;
  padding: number;
  step: number;
}

export interface CompanyLab {
  company: "mixed" | "boots" | "trousers" | "bags" | "inverted";
  size: number;
  draw: number;
  mode: "train" | "eval";
}

export interface CorrelationLab {
  input: number[][];
  kernel: number[][];
  stride: [number, number];
  padding: [number, number];
  dilation: [number, number];
  mode: "zeros" | "reflect" | "replicate" | "circular";
  flip: boolean;
  picked: [string, number, number] | null;
}

export interface DenseBlockLab {
  join: "concatenate" | "add";
  growth: number;
  layers: number;
  layer: number;
  channels_in: number;
  bottleneck: boolean;
}

export interface DilatedLab {
  rate1: number;
  rate2: number;
  rate3: number;
  rate4: number;
  kernel: number;
  at: number[] | null;
}

export interface FieldLab {
  kernel1: number;
  kernel2: number;
  kernel3: number;
  stride1: number;
  stride2: number;
  stride3: number;
  at: number[] | null;
  neighbour: boolean;
}

export interface ImageLab {
  photo: string;
  kernel: number[][];
  normalise: boolean;
  stride: number;
  mode: "zeros" | "reflect" | "replicate" | "circular" | "none";
  colour: boolean;
  bias: number;
  show: "clip" | "abs" | "shift";
  picked: [number, number];
}

export interface IngredientsLab {
  moved: boolean;
  falls: boolean;
  smooth: boolean;
}

export interface KerasLab {
  call: string;
  input: number[];
}

export interface KernelLearner {
  start: number[][];
  rate: number;
  steps: number;
}

export interface LadderLab {
  size: number;
  kernel: number;
}

export interface LearningLab {
  rate: number;
  batch: number;
  seeds: number;
}

export interface LayerLedger {
  picked: number;
  batch: number;
}

export interface LeNetLab {
  input: string;
  kept: string | null;
  picked: [string, ...number[]];
  level: "network" | "layer" | "unit";
}

export interface LensLab {
  kernel: "vertical edges" | "blur" | "sharpen";
  picked: [number, number];
}

export interface MixLab {
  weight: number[][];
  bias: number[];
  picked: [number, number];
}

export interface NormaliseLab {
  input: number[][][][];
  gamma: number[];
  beta: number[];
  eps: number;
  picked: number[] | null;
}

export interface NormsLab {
  input: number[][][][];
  population: number[][][][];
  norm: "batch" | "layer" | "instance" | "group";
  training: boolean;
  groups: number;
  gamma: number;
  beta: number;
  eps: number;
  picked: number[] | null;
}

export interface PaceLab {
  model: "lenet" | "small_resnet";
  resident: boolean;
  batch_size: 64 | 256 | 1024;
  half: boolean;
  channels_last: boolean;
  moved: boolean;
  step: "eager" | "fused" | "graph";
  place: "cpu" | "gpu";
}

export interface PoolingLab {
  input: number[][];
  kind: "max" | "average";
  window: [number, number];
  stride: [number, number] | null;
  padding: [number, number];
  dilation: [number, number];
  ceil_mode: boolean;
  count_include_pad: boolean;
  picked: [string, number, number] | null;
}

export interface RaceLab {
  epochs: number;
  rate: number;
  shift: number;
  batch: number;
  momentum: number;
  schedule: "constant" | "one cycle";
  seeds: number;
}

export interface RecordedSlider {
  at: number[];
}

export interface ResidualLab {
  depth: number;
  shortcut: boolean;
  norm: boolean;
  weights: "default" | "he" | "trained";
  layer: number;
}

export interface RingLab {
  devices: number;
  step: number;
  method: "ring" | "collect";
}

export interface RunningLab {
  input: number[][][][];
  population: number[][][][];
  momentum: number | null;
  seen: number;
  training: boolean;
  batch: number;
  eps: number;
  seed: number;
  picked: number[] | null;
}

export interface SameLab {
  size: number;
  kernel: number;
  stride: number;
  dilation: number;
  padding: number;
  picked: [string, number, number] | null;
}

export interface ScalingLab {
  network: "lenet" | "small_resnet" | "alexnet" | "resnet18" | "resnet50";
  devices: 1 | 2 | 4 | 8 | 16 | 32 | 64;
  batch: 64 | 128 | 256 | 512 | 1024 | 2048 | 4096;
  link: number;
  rate: number;
  overlap: boolean;
  shared: boolean;
  cost: number;
}

export interface SeparableLab {
  family: "standard" | "grouped" | "separable" | "twice";
  channels_in: number;
  channels_out: number;
  groups: number;
  kernel: number;
  shuffle: boolean;
  picked: [string, number, number] | null;
}

export interface ShiftLab {
  image: number;
  method: "no pooling" | "stride 2" | "max 2×2" | "average 2×2" | "blur, then stride 2";
  shift: number;
  realigned: boolean;
  row: number;
}

export interface SlopeLab {
  slope: number;
  blocks: number;
  shortcut: boolean;
}

export interface SubsampleLab {
  period: number;
  shift: number;
  method: "stride" | "max" | "average" | "blur" | "max, blur";
  stride: number;
}

export interface TeachLab {
  signs: "letters" | "arrows" | "faces" | "own";
  ready: number;
  layer: "dense" | "conv";
}

export interface TransposedLab {
  show: "scatter" | "gather" | "matrix" | "overlaps";
  input: number[][];
  kernel: number[][];
  stride: [number, number];
  padding: [number, number];
  dilation: [number, number];
  output_padding: [number, number];
  picked: [string, number, number] | null;
}

export interface UnitLab {
  unit: [string, ...number[]];
  weights: "trained" | "random";
}

export interface WeightMatrixLab {
  axes: number;
  side: number;
  reach: number;
  stage: "dense" | "local" | "shared";
  shift: number;
  picked: [string, number, number] | null;
}
