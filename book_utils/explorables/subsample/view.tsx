/** The subsampling lab: stripes that slide under fixed stops, and what is kept of them. */
import { useMemo, useRef } from "preact/hooks";
import { Choice, Slider } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { range } from "../parts/grid.tsx";
import { short } from "../parts/numbers.ts";
import { Said, SaidInFull } from "../parts/said.tsx";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import type { SubsampleLab as Settings } from "../settings.ts";
import { CELLS, type Solution, solve, waveAt } from "./solution.ts";
import * as words from "./words.ts";

const EDGE = 1.5; // cells beside the row, where the wave goes on
const MOST = 8; // pixels that it moves
const WAVE = CELLS + MOST + 4; // cells, of which some are seen at every shift

function SubsampleLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host);
  const { state, control, range: ends } = lab;
  const solution = platform.useSolved(state, solve);
  const pick = { picked: null, shown: null, playing: false };
  const say = () => words.describe(solution);
  const methods = lab
    .options("method")
    .map(({ value }) => ({ value, label: words.nameOf(value, state.stride) }));
  return (
    <Frame
      lab={lab}
      label="Subsampling lab"
      aside={words.describeStripes(solution)}
      said={<Said pick={pick} say={say} />}
      controls={{
        shift: <Slider {...control("shift")} {...ends("shift")} label="Shift" unit="pixels" />,
        method: <Choice {...control("method")} label="Method" options={methods} />,
        period: <Slider {...control("period")} {...ends("period")} label="Period" unit="pixels" />,
        stride: <Slider {...control("stride")} {...ends("stride")} label="Stride" unit="pixels" />,
      }}
      begin={<Examples lab={lab} examples={words.EXAMPLES} />}
      rest={<SaidInFull pick={pick} say={say} formula={words.MEASURE} />}
      python={() => words.asPython(state, CELLS)}
    >
      <Rows
        solution={solution}
        onShift={(shift) => shift !== state.shift && lab.change({ shift })}
      />
    </Frame>
  );
}

type RowsProps = { solution: Solution; onShift: (shift: number) => void };

function Rows({ solution, onShift }: RowsProps) {
  const { settings, output, before, window } = solution;
  const { period, shift, stride, method } = settings;
  const input = useMemo(() => <Wave period={period} />, [period]);
  const middle = (window[0] + window[1] + 1) / 2; // of the first window
  const left = EDGE + middle - stride / 2;
  const longest = Math.max(...[...output, ...before].map((v) => short(v).length));
  const reach = Math.ceil((MOST + EDGE) / stride) + 1; // outputs on the left that slide in
  const old = range(CELLS / stride + reach + 1).map((j) => {
    const at = (((j - reach) % period) + period) % period;
    return before[at];
  });
  const first = (left + shift) % stride; // where a whole cell of them begins
  const whole = first <= 2 * EDGE ? CELLS : CELLS - stride;
  const row = range(CELLS).map((i) => waveAt(i - shift, period));
  return (
    <div
      class="cnl-sub"
      style={`--shift:${shift};--stride:${stride};--longest:${longest};--wide:${CELLS + 2 * EDGE}`}
    >
      <figure role="img" aria-label={words.listOf(`The wave, moved by ${shift}`, row)}>
        <figcaption>{words.describeWave(settings)}</figcaption>
        <div class="cnl-band cnl-drag cnl-grey" {...useDrag(shift, onShift)}>
          <div class="cnl-slide" style={`--from:${EDGE - MOST - 2};--cells:${WAVE}`}>
            {input}
          </div>
          <Unread isRead={solution.isRead} />
          <Beside from={EDGE} end={EDGE + CELLS} />
        </div>
      </figure>
      <Windows stride={stride} window={window} left={left} />
      <figure class="cnl-out" role="img" aria-label={words.listOf("Output", output)}>
        <div class="cnl-band cnl-grey">
          <div class="cnl-fixed" style={`--from:${left}`}>
            {output.map(cellOf)}
          </div>
        </div>
        <figcaption>Output: {words.nameOf(method, stride)}</figcaption>
      </figure>
      <figure
        class="cnl-out"
        role="img"
        aria-label={words.listOf("Output of the unmoved wave", before)}
      >
        <div class="cnl-band cnl-grey">
          <div
            class="cnl-slide"
            style={`--from:${left - reach * stride};--cells:${old.length * stride}`}
          >
            {old.map(cellOf)}
          </div>
          <Beside from={first} end={first + whole} />
        </div>
        <figcaption>{words.describeOld(settings)}</figcaption>
      </figure>
    </div>
  );
}

const cellOf = (value: number, i: number) => (
  <span key={i} class={`cnl-cell s${Math.round(20 * value)}`}>
    {short(value)}
  </span>
);

/** More of the wave than is seen, so that it can slide. */
function Wave({ period }: { period: number }) {
  return <>{range(WAVE).map((i) => cellOf(waveAt(i - MOST - 2, period), i))}</>;
}

/** What lies over cells that no window reads. */
function Unread({ isRead }: { isRead: (i: number) => boolean }) {
  const unread = range(CELLS).filter((i) => !isRead(i));
  return (
    <>
      {unread.map((i) => (
        <i key={i} class="cnl-unread" style={`--at:${EDGE + i};--cells:1`} />
      ))}
    </>
  );
}

/** What lies over both ends of a row, where the wave goes on. */
const Beside = ({ from, end }: { from: number; end: number }) => (
  <>
    <i class="cnl-beside" style={`--out:left;--at:0;--cells:${from}`} />
    <i class="cnl-beside" style={`--out:right;--at:${end};--cells:${CELLS + 2 * EDGE - end}`} />
  </>
);

type WindowsProps = { stride: number; window: readonly [number, number]; left: number };

/** From the cells that a window reads to its output. */
function Windows({ stride, window: [first, last], left }: WindowsProps) {
  const windows = range(CELLS / stride).map((j) => {
    const [from, to] = [EDGE + j * stride + first, EDGE + j * stride + last + 1];
    const [start, end] = [left + j * stride, left + (j + 1) * stride];
    return `M${from + 0.1} 0L${to - 0.1} 0L${end - 0.1} 10L${start + 0.1} 10z`;
  });
  return (
    <svg
      class="cnl-stops"
      viewBox={`0 0 ${CELLS + 2 * EDGE} 10`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={windows.join("")} />
    </svg>
  );
}

/** A row that can be dragged along, a cell at a time. */
function useDrag(shift: number, onShift: (shift: number) => void) {
  const from = useRef<{ x: number; shift: number } | null>(null);
  return {
    onPointerDown: (event: PointerEvent) => {
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      from.current = { x: event.clientX, shift };
    },
    onPointerMove: (event: PointerEvent) => {
      if (!from.current || !event.buttons) return;
      const cell = (event.currentTarget as HTMLElement).querySelector<HTMLElement>(".cnl-cell");
      const by = Math.round((event.clientX - from.current.x) / (cell?.offsetWidth ?? 1));
      onShift(Math.min(MOST, Math.max(0, from.current.shift + by)));
    },
    onPointerUp: () => {
      from.current = null;
    },
  };
}

export default platform.view(SubsampleLab);
