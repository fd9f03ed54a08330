/** The backward lab: δ comes in at the outputs and reaches every weight and pixel (see lab.py). */
import { useLayoutEffect, useRef } from "preact/hooks";
import { limits } from "../arithmetic/limits.ts";
import { PairSlider, PlayPause, Stepper } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { cellsFor, GridFigure, inputScale, weightScale } from "../parts/figure.tsx";
import { marked } from "../parts/grid.tsx";
import { frameOf, shapeOf, valueAt } from "../parts/layer.ts";
import { useMemory } from "../parts/memory.ts";
import { full, short } from "../parts/numbers.ts";
import { leftOver } from "../parts/output_size.tsx";
import { usePick } from "../parts/picking.tsx";
import { Said, SaidInFull } from "../parts/said.tsx";
import { endsOf, resizing } from "../parts/sizes.ts";
import { listed, sizeFormula } from "../parts/words.ts";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import type { BackwardLab as Settings } from "../settings.ts";
import { axisOf, outputAt, type Solution, solve, subject, termsOf, withDelta } from "./solution.ts";
import { type Steps, useSteps } from "./steps.ts";
import { asPython, describe, EXAMPLES, SPREAD, soFar } from "./words.ts";

type At = [number, number];
type Edits = Record<"input" | "kernel" | "output", (at: At, value: number) => void>;

function BackwardLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host, { fits: solve });
  const { state, schema, change, control } = lab;
  const memories = {
    input: useMemory(state.input, "edge"),
    kernel: useMemory(state.kernel, "zero"),
  };
  const solution = platform.useSolved(state, solve);
  const pick = useSteps(lab, solution, usePick(lab, solution.boxes));
  const edits: Edits = {
    input: (at, value) => change({ input: memories.input.withTyped(at, value) }),
    kernel: (at, value) => change({ kernel: memories.kernel.withTyped(at, value) }),
    output(at, value) {
      const output = outputAt(solution, at) as At;
      change({ delta: withDelta(state.delta, shapeOf(solution.delta), output, value) });
    },
  };

  const ends = endsOf(schema, "kernel", (d, caps) => limits(axisOf(state, d), caps));
  const [input, kernel] = (["input", "kernel"] as const).map((grid) =>
    resizing(lab, grid, memories[grid]),
  );
  const controls = {
    input: <PairSlider {...input} label="Input size" limits={ends.input} />,
    kernel: <PairSlider {...kernel} label="Kernel size" limits={ends.kernel} />,
    stride: <PairSlider {...control("stride")} label="Stride" limits={ends.stride} />,
    padding: (
      <PairSlider
        {...control("padding")}
        label="Padding"
        unit="cells a side"
        limits={ends.padding}
      />
    ),
    dilation: <PairSlider {...control("dilation")} label="Dilation" limits={ends.dilation} />,
  };
  const say = (cell: typeof pick.shown) =>
    describe(solution, cell, cell === pick.shown ? pick.taken : Infinity);
  const { count, at, goTo } = pick.steps;
  const left = leftOver(solution.unread);
  const formula =
    `Output size: ${sizeFormula(solution)}. A bias has the gradient ${full(solution.db)}, the ` +
    `sum of δ. ${left && `${left} of the padded input read by no window.`}`;
  return (
    <Frame
      lab={lab}
      label="Backward lab"
      aside={listed([`db = Σ δ = ${full(solution.db)}`, left && `${left} unread`])}
      said={<Said pick={pick} say={say} />}
      play={<PlayPause playing={pick.playing} onPlaying={pick.play} />}
      controls={controls}
      begin={<Examples lab={lab} examples={EXAMPLES} />}
      rest={
        <>
          <Stepper what="product" count={count} at={at} onStep={goTo} />
          <SaidInFull pick={pick} say={say} formula={formula} />
        </>
      }
      python={() => asPython(state, solution)}
    >
      <Grids lab={solution} pick={pick} edits={edits} />
    </Frame>
  );
}

const added = (value: number) => (value < 0 ? short(value) : `+${short(value)}`);
const cells = (list: At[]) => new Set(list.map(String));

function Grids({ lab, pick, edits }: { lab: Solution; pick: Steps; edits: Edits }) {
  const { input, kernel, delta, dw, boxes, rows, columns } = lab;
  const row = useRef<HTMLDivElement | null>(null);
  const about = subject(lab, pick.shown);
  const terms = termsOf(lab, pick.shown).slice(0, pick.taken);
  const isAboutOutput = about?.grid === "output";
  const spread = ([i, j]: At): At => [i * rows.stride, j * columns.stride];
  const lit = {
    input: cells(terms.map(({ read }) => read)),
    kernel: cells(terms.map(({ tap }) => tap)),
    output: cells(terms.map(({ output }) => spread(output))),
  };
  const last = pick.taken < Infinity ? terms.at(-1) : undefined; // the product just added
  const now = {
    input: String(last?.read),
    kernel: String(last?.tap),
    output: String(last && spread(last.output)),
  };
  /** What stands in the corner of a cell, by grid and cell: a factor, or what a δ adds. */
  const corners = { input: new Map(), output: new Map(), dw: new Map(), dx: new Map() };
  for (const { read, tap, output, delta, factor } of terms) {
    if (about?.grid === "kernel") corners.input.set(String(read), `×${short(delta)}`);
    else if (!isAboutOutput) corners.output.set(String(spread(output)), `×${short(factor)}`);
    else {
      corners.dw.set(String(tap), added(delta * valueAt(input, read)));
      corners.dx.set(String(read), added(delta * factor));
    }
  }
  // Where what is met has no gaps, its outline says it already.
  const gap = isAboutOutput ? rows.dilation * columns.dilation : rows.stride * columns.stride;
  const isOutlined = about?.grid !== "input" && gap === 1 && !last;
  const marks = (grid: "input" | "kernel" | "output", at: string) => ({
    lit: lit[grid].has(at) && !(grid === "input" && isOutlined),
    now: now[grid] === at,
  });

  const colours = {
    input: inputScale(input.flat()),
    kernel: weightScale(kernel.flat()),
    output: weightScale(delta.flat()),
    dw: weightScale(dw.flat()),
    dx: weightScale(lab.dx.flat()),
  };
  /** The gradient of the weight or pixel that is picked itself. */
  const isTwin = (grid: "input" | "kernel", at: string) =>
    pick.shown?.grid === grid && String(pick.shown.at) === at;
  /** A gradient, or as much of it as has been added up. */
  const gradient = (grid: "dw" | "dx", at: At, value: number) => {
    const isGrowing = last !== undefined && pick.of(grid).shown?.join() === at.join();
    return isGrowing ? { value, text: short(soFar(lab, pick.shown, pick.taken)) } : { value };
  };
  const ofInput = (i: number, j: number) => {
    const at = `${i},${j}`;
    const padding = input[i]?.[j] === undefined;
    const lost = { unread: lab.unread.has(i, j), gap: lab.unread.gaps.has(i, j) };
    return {
      at,
      padding,
      lost,
      says: listed([padding && "padding", lost.unread && "read by none"]),
    };
  };
  const inputCell = (i: number, j: number) => {
    const { at, padding, lost, says } = ofInput(i, j);
    const value = input[i]?.[j] ?? 0;
    return {
      value,
      shade: padding ? 0 : colours.input.of(value),
      kind: marked({ padding, ...lost, ...marks("input", at) }),
      note: corners.input.get(at),
      locked: padding,
      says,
    };
  };
  const dxCell = (i: number, j: number) => {
    const { at, padding, lost, says } = ofInput(i, j);
    const value = lab.dxAt([i, j]);
    return {
      ...gradient("dx", [i, j], value),
      shade: padding ? 0 : colours.dx.of(value),
      kind: marked({
        padding,
        ...lost,
        lit: isTwin("input", at) || (corners.dx.has(at) && !isOutlined),
      }),
      note: corners.dx.get(at),
      says: listed([says, padding && "cropped"]),
    };
  };
  const kernelCell = (i: number, j: number) => ({
    value: kernel[i][j],
    shade: colours.kernel.of(kernel[i][j]),
    kind: marked(marks("kernel", `${i},${j}`)),
  });
  const dwCell = (i: number, j: number) => ({
    ...gradient("dw", [i, j], dw[i][j]),
    shade: colours.dw.of(dw[i][j]),
    kind: marked({ lit: isTwin("kernel", `${i},${j}`) || corners.dw.has(`${i},${j}`) }),
    note: corners.dw.get(`${i},${j}`),
  });
  const outputCell = (i: number, j: number) => {
    const output = outputAt(lab, [i, j]);
    if (!output) return { value: 0, kind: "padding", locked: true, says: SPREAD };
    const value = delta[output[0]][output[1]];
    const at = `${i},${j}`;
    return {
      value,
      shade: colours.output.of(value),
      kind: marked(marks("output", at)),
      note: corners.output.get(at),
    };
  };
  const window = isAboutOutput ? frameOf(lab, about.at) : null;
  useSpreading(row, rows.stride, columns.stride);

  const of = (grid: keyof typeof colours) => ({
    box: boxes[grid],
    colours: colours[grid],
    pick: pick.of(grid),
  });
  const shape = (grid: keyof typeof colours) => boxes[grid].shape;
  const style = cellsFor(
    [shape("input"), shape("kernel")],
    [shape("output")],
    [shape("dw"), shape("dx")],
  );
  return (
    <div ref={row} class="cnl-row" style={`${style};--terms:3`}>
      <GridFigure
        {...of("input")}
        name="Input"
        cell={inputCell}
        frame={window ?? areaOf(lab, about)}
        onEdit={edits.input}
      />
      <GridFigure
        {...of("kernel")}
        sign="⋆"
        name="Kernel"
        cell={kernelCell}
        onEdit={edits.kernel}
      />
      <GridFigure
        {...of("output")}
        name="δ"
        label="δ, the gradient of each output"
        below
        cell={outputCell}
        onEdit={edits.output}
      />
      <GridFigure {...of("dw")} sign="→" name="dW" label="dW of the weights" cell={dwCell} />
      <GridFigure {...of("dx")} name="dX" label="dX of the pixels" cell={dxCell} frame={window} />
    </div>
  );
}

/** The part of the input that a weight meets: δ, with its zeros, lies on it. */
function areaOf({ rows, columns, boxes }: Solution, about: ReturnType<typeof subject>) {
  if (about?.grid !== "kernel") return null;
  const at: At = [
    about.at[0] * rows.dilation - rows.before,
    about.at[1] * columns.dilation - columns.before,
  ];
  return { at, shape: boxes.output.shape };
}

/** When the stride grows, the δ move apart and zeros appear between them. */
function useSpreading(row: { current: HTMLElement | null }, down: number, across: number) {
  const before = useRef<At>([down, across]);
  useLayoutEffect(() => {
    const [wasDown, wasAcross] = before.current;
    before.current = [down, across];
    const grows = down > wasDown || across > wasAcross;
    if (!grows || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const timing = { duration: 250, easing: "ease-out" };
    for (const cell of row.current?.querySelectorAll<HTMLElement>(".cnl-below [data-at]") ?? []) {
      const [i, j] = (cell.dataset.at ?? "").split(",").map(Number);
      if (i % down || j % across) {
        cell.animate([{ opacity: 0 }, { opacity: 1 }], timing);
        continue;
      }
      const [y, x] = [(i / down) * (wasDown - down), (j / across) * (wasAcross - across)];
      const from = `translate(${100 * Math.min(0, x)}%, ${100 * Math.min(0, y)}%)`;
      cell.animate([{ transform: from }, { transform: "none" }], timing);
    }
  }, [down, across]);
}

export default platform.view(BackwardLab);
