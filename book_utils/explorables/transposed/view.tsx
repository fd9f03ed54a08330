/** The transposed lab: stamps, a sliding window, a matrix, and how they overlap (see lab.py). */
import { transposedLimits, yielding } from "../arithmetic/limits.ts";
import { Choice, PairSlider } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { useMemory } from "../parts/memory.ts";
import { OutputPlayer, PlayButton, usePick } from "../parts/picking.tsx";
import { Said, SaidInFull } from "../parts/said.tsx";
import { resizing } from "../parts/sizes.ts";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import type { TransposedLab as Settings } from "../settings.ts";
import { axisOf, LARGEST_OUTPUT, solve } from "./solution.ts";
import { type Edited, Stage } from "./stage.tsx";
import {
  asPython,
  describe,
  EXAMPLES,
  predicted,
  repeated,
  sizeInFull,
  sizeInShort,
  turnedRound,
  VIEWS,
} from "./words.ts";

type At = [number, number];

function TransposedLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host, { fits: solve });
  const { state, schema, change, control } = lab;
  const memories = {
    input: useMemory(state.input, "edge"),
    kernel: useMemory(state.kernel, "zero"),
  };
  const solution = platform.useSolved(state, solve);
  const pick = usePick(lab, solution.boxes, state.show === "scatter" ? "input" : "output");
  const edit = (grid: Edited) => (at: At, value: number) =>
    change({ [grid]: memories[grid].withTyped(at, value) });

  const slider = (name: string) => schema[name].slider ?? 0;
  const caps = {
    n: slider("input"),
    k: slider("kernel"),
    stride: slider("stride"),
    padding: slider("padding"),
    dilation: slider("dilation"),
    outputPadding: slider("output_padding"),
  };
  const both = [0, 1].map((d) => transposedLimits(axisOf(state, d as 0 | 1), caps, LARGEST_OUTPUT));
  const ends = (key: keyof typeof caps) => [both[0][key], both[1][key]] as const;
  /** Sets a stride or a dilation, to which the output padding yields. */
  const setStep = (name: "stride" | "dilation") => (value: At) => {
    const changed = { ...state, [name]: value };
    const left = ([0, 1] as const).map((d) => yielding(axisOf(changed, d)).outputPadding);
    change({ [name]: value, output_padding: left as At });
  };
  const [input, kernel] = (["input", "kernel"] as const).map((grid) =>
    resizing(lab, grid, memories[grid]),
  );
  const controls = {
    show: <Choice {...control("show")} label="Show" options={VIEWS} />,
    kernel: <PairSlider {...kernel} label="Kernel" limits={ends("k")} />,
    stride: (
      <PairSlider
        {...control("stride")}
        label="Stride"
        limits={ends("stride")}
        onChange={setStep("stride")}
      />
    ),
    padding: (
      <PairSlider
        {...control("padding")}
        label="Padding"
        unit="cells cropped a side"
        limits={ends("padding")}
      />
    ),
    output_padding: (
      <PairSlider
        {...control("output_padding")}
        label="Output pad"
        unit="cells at the end"
        limits={ends("outputPadding")}
      />
    ),
    input: <PairSlider {...input} label="Input size" limits={ends("n")} />,
    dilation: (
      <PairSlider
        {...control("dilation")}
        label="Dilation"
        limits={ends("dilation")}
        onChange={setStep("dilation")}
      />
    ),
  };
  const say = (cell: typeof pick.shown) => describe(solution, cell);
  const size = sizeInShort(solution);
  const formula =
    `${sizeInFull(solution)} Stamps overlap ${repeated(solution)} times, again and again: ` +
    `${predicted(solution)}.`;
  return (
    <Frame
      lab={lab}
      label="Transposed-convolution lab"
      aside={
        <>
          {size && <span class="cnl-size">{size} · </span>}
          {turnedRound(solution)}
        </>
      }
      said={<Said pick={pick} say={say} />}
      play={<PlayButton pick={pick} />}
      controls={controls}
      begin={<Examples lab={lab} examples={EXAMPLES} />}
      rest={
        <>
          <OutputPlayer pick={pick} />
          <SaidInFull pick={pick} say={say} formula={formula} />
        </>
      }
      python={() => asPython(state)}
    >
      <Stage lab={solution} pick={pick} edit={edit} />
    </Frame>
  );
}

export default platform.view(TransposedLab);
