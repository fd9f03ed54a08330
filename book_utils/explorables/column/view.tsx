/** The column lab: a window slides, its column fills, and a row of weights multiplies them all. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { aiming } from "../parts/aiming.ts";
import { PlayPause, Slider, Stepper, useTurns } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { inputScale, weightScale } from "../parts/figure.tsx";
import { Grid, marked, range } from "../parts/grid.tsx";
import { short } from "../parts/numbers.ts";
import { Said, SaidInFull } from "../parts/said.tsx";
import { Tiles } from "../parts/tiles.tsx";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import type { ColumnLab as Settings } from "../settings.ts";
import { type Solution, solve } from "./solution.ts";
import * as words from "./words.ts";

type At = [number, number];
const PACE = 700; // milliseconds from window to window

function ColumnLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host, { fits: solve });
  const { state, control } = lab;
  const { size, kernel, padding } = state;
  const solution = platform.useSolved({ ...state, step: 0 }, solve);
  const hand = useHand(lab, solution);
  const fit = (name: "size" | "kernel" | "padding", min: number, max: number) => {
    const whole = lab.range(name);
    const ends = { min: Math.max(whole.min, min), max: Math.min(whole.max, max) };
    return { ...control(name), ...ends };
  };
  const missing = kernel - size; // pixels, of a kernel that is larger than the image
  const controls = {
    size: <Slider {...fit("size", kernel - 2 * padding, Infinity)} label="Image" unit="pixels" />,
    kernel: <Slider {...fit("kernel", 1, size + 2 * padding)} label="Kernel" unit="pixels" />,
    stride: <Slider {...control("stride")} {...lab.range("stride")} label="Stride" unit="pixels" />,
    padding: (
      <Slider
        {...fit("padding", Math.ceil(missing / 2), Infinity)}
        label="Padding"
        unit="pixels a side"
      />
    ),
  };
  const say = (position: number | null) => words.describe(solution, position);
  return (
    <Frame
      lab={lab}
      label="Column lab"
      aside="im2col"
      said={<Said pick={hand} say={say} />}
      play={<PlayPause playing={hand.playing} onPlaying={hand.play} />}
      controls={controls}
      begin={<Examples lab={lab} examples={words.EXAMPLES} />}
      rest={
        <>
          <Stepper what="window" count={solution.positions} at={hand.picked} onStep={hand.stop} />
          <SaidInFull pick={hand} say={say} formula={words.describeCopies(solution)} />
        </>
      }
      python={() => words.asPython(solution)}
    >
      <Stage lab={solution} hand={hand} />
    </Frame>
  );
}

type Hand = ReturnType<typeof useHand>;

/** The picked position of the window, that under the mouse, and the weight that is looked at. */
function useHand(lab: platform.LabOf<Settings>, { positions }: Solution) {
  const [pointed, point] = useState<{ position: number; tap: number | null } | null>(null);
  const [pickedTap, setTap] = useState<number | null>(null);
  const [playing, setPlaying] = useState(false);
  const [moves, setMoves] = useState(0);
  const last = positions - 1;
  const picked = Math.min(lab.state.step, last);
  const isThere = pointed && pointed.position <= last;
  const go = (step: number, tap: number | null = null) => {
    point(null);
    setTap(tap);
    if (step === picked) return; // a drag tells more often than the window moves
    setMoves(moves + 1);
    lab.set({ step });
  };
  useTurns(
    playing,
    () => {
      go(Math.min(picked + 1, last));
      if (picked + 1 >= last) setPlaying(false);
    },
    PACE,
  );
  return {
    picked,
    /** how often the window was moved, by a hand or by the play */
    moves,
    /** the position that is shown */
    shown: isThere ? pointed.position : picked,
    tap: isThere ? pointed.tap : pickedTap,
    playing,
    /** Fills the matrix from the window's position on, or anew once it is full. */
    play(on: boolean) {
      if (on && picked === last) go(0);
      setPlaying(on);
    },
    /** A step of the reader's own ends the play. */
    stop(step: number, tap: number | null = null) {
      setPlaying(false);
      go(step, tap);
    },
    point: (position: number | undefined, tap: number | null = null) =>
      point(position === undefined ? null : { position, tap }),
  };
}

const FLIGHT = 300; // milliseconds

/** Where copies of the window's pixels fly to their column, each time that the window has moved. */
function useCopies({ size, k, stride, padding, taps, weights, placeOf }: Solution, hand: Hand) {
  const layer = useRef<HTMLDivElement | null>(null);
  useLayoutEffect(() => {
    const sky = layer.current;
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!hand.moves || !sky || isStill) return;
    const [image, matrix] = sky.parentElement?.querySelectorAll(".cnl-hold") ?? [];
    const [from, to] = [sky.getBoundingClientRect(), matrix.getBoundingClientRect()];
    const tile = to.height / taps;
    const put = (x: number, y: number, scale: number) => ({
      transform: `translate(${x - from.x}px, ${y - from.y}px) scale(${scale})`,
    });
    const [row, column] = placeOf(hand.picked);
    const copies = weights.map((_, tap) => {
      const [i, j] = [row * stride + Math.floor(tap / k), column * stride + (tap % k)];
      const pixel = image.querySelectorAll(".cnl-cell")[i * (size + 2 * padding) + j];
      const { x, y, width } = pixel.getBoundingClientRect();
      const copy = pixel.cloneNode(true) as HTMLElement;
      const end = put(to.x + hand.picked * tile, to.y + tap * tile, tile / width);
      sky.append(copy);
      const flight = copy.animate([put(x, y, 1), end], { duration: FLIGHT, easing: "ease-in-out" });
      flight.onfinish = () => copy.remove();
      return copy;
    });
    return () => {
      for (const copy of copies) copy.remove();
    };
  }, [hand.moves]);
  return layer;
}

type StageProps = { lab: Solution; hand: Hand };

/** The row of weights to the left of the matrix, the outputs below it: each under its column. */
function Stage({ lab, hand }: StageProps) {
  const { taps, positions, size, padding } = lab;
  const price = words.describePrice(lab);
  const sizes = { taps, positions, pixels: size + 2 * padding };
  const style = Object.entries(sizes).map(([name, n]) => `--${name}:${n}`);
  return (
    <div class="cnl-product" style={style.join(";")}>
      <div class="cnl-grid cnl-grey cnl-copies" ref={useCopies(lab, hand)} aria-hidden="true" />
      <figure class="cnl-windows">
        <figcaption>
          Image {size}×{size}
        </figcaption>
        <Image lab={lab} hand={hand} />
      </figure>
      <p class="cnl-price">
        <b>{price.times}</b>
        <span>{price.sum}</span>
        <span>{price.from}</span>
      </p>
      <figure class="cnl-weights-row">
        <Weights lab={lab} tap={hand.tap} />
        <figcaption>Kernel as a row</figcaption>
      </figure>
      <figure class="cnl-unfolded">
        <figcaption>
          A column for each window: {taps}×{positions}
        </figcaption>
        <Matrix lab={lab} hand={hand} />
      </figure>
      <figure class="cnl-products">
        <Outputs lab={lab} hand={hand} />
        <figcaption>Output: row × matrix</figcaption>
      </figure>
    </div>
  );
}

/** The image with its padding, and the window, which is dragged or moved by the arrow keys. */
function Image({ lab, hand }: StageProps) {
  const { size, k, stride, padding, side } = lab;
  const wide = size + 2 * padding;
  const [row, column] = lab.placeOf(hand.shown);
  const positionOf = ([i, j]: At) => i * side + j;
  const under = hand.tap === null ? null : [Math.floor(hand.tap / k), hand.tap % k];
  const colours = inputScale([size * size]);
  /** The position whose window has its middle at a place of the image. */
  const positionAt = (part: number) => (part * wide - k / 2) / stride + 0.5;
  const aim = aiming({
    shape: [side, side],
    picked: lab.placeOf(hand.picked),
    onPick: (at) => hand.stop(positionOf(at)),
    at: (down, across) => [positionAt(down), positionAt(across)],
  });
  return (
    <div
      class="cnl-hold"
      role="application"
      tabIndex={0}
      aria-label={words.describeImage(lab, lab.placeOf(hand.picked))}
      {...aim}
    >
      <div class="cnl-grid cnl-grey" style={`--longest:2;--across:${wide}`} aria-hidden="true">
        {range(wide * wide).map((cell) => {
          const [i, j] = [Math.floor(cell / wide) - padding, (cell % wide) - padding];
          const isPadding = Math.min(i, j) < 0 || Math.max(i, j) >= size;
          const value = isPadding ? 0 : i * size + j + 1;
          const [a, b] = [i + padding - row * stride, j + padding - column * stride];
          const marks = marked({
            padding: isPadding,
            picked: under !== null && a === under[0] && b === under[1],
          });
          const shade = `s${Math.round(20 * colours.of(value))}`;
          return (
            <div key={cell} class={`cnl-cell ${marks} ${shade}`}>
              {value}
            </div>
          );
        })}
      </div>
      <Marker at={[row * stride, column * stride]} shape={[k, k]} />
    </div>
  );
}

/** A box that glides from place to place: the window, its column, its output. */
const Marker = ({ at: [row, column], shape: [rows, columns] }: { at: At; shape: At }) => (
  <i
    class="cnl-marker"
    style={`--row:${row};--column:${column};--high:${rows};--wide:${columns}`}
    aria-hidden="true"
  />
);

/** The kernel, row after row. */
function Weights({ lab, tap }: { lab: Solution; tap: number | null }) {
  const colours = weightScale(lab.weights);
  return (
    <div
      class="cnl-grid cnl-weights"
      style={`--longest:2;--across:${lab.taps}`}
      role="img"
      aria-label={words.describeWeights(lab)}
    >
      {lab.weights.map((weight, t) => {
        const marks = marked({ minus: weight < 0, picked: t === tap });
        const shade = `s${Math.round(20 * Math.abs(colours.of(weight)))}`;
        return (
          <div key={t} class={`cnl-cell ${marks} ${shade}`}>
            {short(weight)}
          </div>
        );
      })}
    </div>
  );
}

/** The windows as columns, filled up to the one that is shown. */
function Matrix({ lab, hand }: StageProps) {
  const { taps, positions, columns, pixels, k } = lab;
  const isFilled = (position: number) => position <= hand.picked || position === hand.shown;
  const inks = columns.map((pixel, cell) => ({
    hue: null,
    shade: pixel / pixels,
    strength: isFilled(cell % positions) ? 1 : 0,
    text: String(pixel),
  }));
  return (
    <div class="cnl-hold">
      <Tiles
        shape={[taps, positions]}
        inks={inks}
        glides={`${hand.picked}`}
        type={0.5}
        band={k}
        shown={hand.tap === null ? null : [hand.tap, hand.shown]}
        label={`Matrix, ${taps} rows by ${positions} columns`}
        says={(at) => words.readCell(lab, at, isFilled(at[1]))}
        pick={{
          picked: [hand.tap ?? 0, hand.picked],
          onPick: ([tap, position]) => hand.stop(position, tap),
          onPoint: (at) => hand.point(at?.[1], at?.[0]),
        }}
      />
      <Marker at={[0, hand.shown]} shape={[taps, 1]} />
    </div>
  );
}

/** What the row of weights makes of each column that is filled. */
function Outputs({ lab: { output, positions }, hand }: StageProps) {
  const colours = weightScale(output);
  return (
    <Grid
      label={`Output, ${positions} numbers in a row`}
      shape={[1, positions]}
      scale="weights"
      cell={(_, position) => {
        const isFilled = position <= hand.picked || position === hand.shown;
        return {
          value: output[position],
          shade: isFilled ? colours.of(output[position]) : 0,
          text: isFilled ? undefined : "",
          kind: marked({ waiting: !isFilled }),
          says: isFilled ? "" : "not yet",
        };
      }}
      frame={{ at: [0, hand.shown], shape: [1, 1] }}
      picked={[0, hand.picked]}
      shown={null}
      onPick={([, position]) => hand.stop(position)}
      onPoint={(at) => hand.point(at?.[1])}
    />
  );
}

export default platform.view(ColumnLab);
