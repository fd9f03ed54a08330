/** The mixing lab: three channels of a photograph, recombined pixel by pixel (see mix_lab.py). */
import {
  checkBlock, checkPair, conv2d, Examples, factor, Lab, Legend, Message, Sharing, Slider, spoken, Switch, tensor, useLab,
  useLayoutEffect, useMemo, useRef, useState, view, Weights, weightScale,
} from "./shared.js";
import { blend, outOfRange, toBytes, unpack } from "./mixing.js";

/** @typedef {[number, number]} At */
/** @typedef {{ data: ArrayLike<number>, shape: number[] }} Channels */

const KEYS = ["weight", "bias", "picked"];
const COLOURS = ["red", "green", "blue"];
const IDENTITY = { weight: [[1, 0, 0], [0, 1, 0], [0, 0, 1]], bias: [0, 0, 0] };
const all = (/** @type {number[]} */ row) => [row, row, row];

const PRESETS = [
  { id: "same", label: "unchanged", settings: IDENTITY },
  { id: "mean", label: "grey: the mean", settings: { weight: all([1 / 3, 1 / 3, 1 / 3]), bias: [0, 0, 0] } },
  { id: "luma", label: "grey: as bright as it looks", settings: { weight: all([0.299, 0.587, 0.114]), bias: [0, 0, 0] } },
  { id: "sepia", label: "sepia", settings: {
    weight: [[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]], bias: [0, 0, 0] } },
  { id: "swap", label: "swap red and blue", settings: { weight: [[0, 0, 1], [0, 1, 0], [1, 0, 0]], bias: [0, 0, 0] } },
  { id: "red", label: "only red", settings: { weight: [[1, 0, 0], [0, 0, 0], [0, 0, 0]], bias: [0, 0, 0] } },
  { id: "negative", label: "negative", settings: { weight: [[-1, 0, 0], [0, -1, 0], [0, 0, -1]], bias: [1, 1, 1] } },
  { id: "orange", label: "how orange: red minus blue", settings: { weight: all([1, 0, -1]), bias: [0, 0, 0] } },
];

/** @param {Record<string, any>} s */
function accept(s) {
  const square = checkBlock(s.weight, "weights", [3, 3]);
  if (square.length !== 3 || square.some((/** @type {number[]} */ row) => row.length !== 3)) throw new RangeError("its weights are not 3 by 3 numbers");
  if (checkBlock(s.bias, "bias", [3]).length !== 3) throw new RangeError("its bias is not three numbers");
  return { weight: s.weight, bias: s.bias, picked: checkPair(s.picked, "picked pixel", [0, 159]) };
}

/** @param {Record<string, any>} state */
const asPython = ({ weight, bias }) => [
  "import torch", "import torch.nn.functional as F", "from book_utils import data", "",
  'x = data.photo("astronaut")  # (3, h, w), or a photograph of your own',
  `k = torch.tensor(${JSON.stringify(weight).replaceAll(",", ", ")}, dtype=torch.float32)[:, :, None, None]`,
  `b = torch.tensor([${bias.join(", ")}], dtype=torch.float32)`,
  "y = F.conv2d(x[None], k, b)[0].clamp(0, 1)", "",
].join("\n");

const three = (/** @type {number} */ v) => String(Math.round(1000 * v) / 1000 || 0).replace("-", "−");
const inBrackets = (/** @type {number} */ v) => (v < 0 ? `(${three(v)})` : three(v));

/** The three sums of one pixel. @param {Record<string, any>} state @param {number[]} x @param {number[]} y */
const sums = ({ weight, bias }, x, y) => COLOURS.map((colour, o) => {
  const terms = [...x.map((v, c) => `${inBrackets(weight[o][c])}×${three(v)}`), inBrackets(bias[o])];
  const shown = y[o] < 0 ? ", shown as 0" : y[o] > 1 ? ", shown as 1" : "";
  return `new ${colour} = ${terms.join(" + ")} = ${three(y[o])}${three(y[o]) === three(Math.min(1, Math.max(0, y[o]))) ? "" : shown}`;
});

/** The pixel of three channels. @param {Channels} channels @param {At} at */
function pixelOf({ data, shape: [, , height, width] }, [i, j]) {
  return [0, 1, 2].map((c) => data[(c * height + i) * width + j]);
}

/** @param {number[]} rgb */
const css = (rgb) => `rgb(${rgb.map((v) => Math.round(255 * Math.min(1, Math.max(0, v)))).join(" ")})`;

/**
 * A mixture at part of its strength: the slider leads from the unchanged picture to what was last chosen.
 * @param {Record<string, any>} state @param {(changes: Record<string, any>) => void} change
 */
function useStrength({ weight, bias }, change) {
  const made = useRef({ goal: { weight, bias }, strength: 100 });
  const { goal, strength } = made.current;
  const ours = strength === 100 ? goal : blend(IDENTITY, goal, strength / 100);
  if (JSON.stringify([weight, bias]) !== JSON.stringify([ours.weight, ours.bias])) made.current = { goal: { weight, bias }, strength: 100 };
  return {
    strength: made.current.strength,
    aim: (/** @type {{ weight: number[][], bias: number[] }} */ next) => change({ weight: next.weight, bias: next.bias }),
    weaken(/** @type {number} */ percent) {
      made.current = { goal: made.current.goal, strength: percent };
      change(percent === 100 ? made.current.goal : blend(IDENTITY, made.current.goal, percent / 100));
    },
  };
}

/** @param {import("./parts/lab.jsx").Host} host */
function MixLab(host) {
  const lab = useLab(host, KEYS, accept);
  const { state, initial, change } = lab;
  const { weight, bias } = state;
  const { strength, aim, weaken } = useStrength(state, change);
  const [marking, mark] = useState(false);
  const x = useMemo(() => unpack(host.model.get("photo")), [host.model]);
  const y = useMemo(() => conv2d(x, tensor(weight.map((/** @type {number[]} */ row) => row.map((v) => [[v]]))), { bias }), [x, weight, bias]);
  const lost = useMemo(() => outOfRange(y.data), [y]);
  const [height, width] = x.shape.slice(2);
  const picked = /** @type {At} */ ([Math.min(state.picked[0], height - 1), Math.min(state.picked[1], width - 1)]);
  const [before, after] = [pixelOf(x, picked), pixelOf(y, picked)];
  const scale = weightScale([...weight.flat(), ...bias, 1]);

  const set = (/** @type {number[][]} */ rows, /** @type {At} */ [i, j], /** @type {number} */ v) =>
    rows.map((row, r) => row.map((old, c) => (r === i && c === j ? v : old)));
  const picking = { picked, shape: /** @type {At} */ ([height, width]), onPick: (/** @type {At} */ at) => change({ picked: at }) };
  const lines = sums(state, before, after);

  return (
    <Lab label="Mixing lab">
      <div class="cnl-bar">
        <Examples presets={PRESETS} initial={initial} onChange={(s) => aim(/** @type {any} */ (s))} />
        <Switch label="mark pixels that leave 0…1" checked={marking} onChange={mark} />
      </div>
      <div class="cnl-mix">
        <Side name="Photograph" channels={x} picking={picking} prefix="" />
        <div class="cnl-matrix">
          <p class="cnl-caption">1×1 kernel and bias <Legend scale="weights" {...scale} /></p>
          <div class="cnl-matrix-row">
            <div>
              <p class="cnl-caption cnl-heads" aria-hidden="true"><span>R</span><span>G</span><span>B</span></p>
              <Weights label="Kernel: rows are new red, green and blue; columns are old red, green and blue" rows={weight} scale={scale}
                says={(o, c) => `${COLOURS[c]} in new ${COLOURS[o]}`}
                onEdit={(at, v) => aim({ weight: set(weight, at, v), bias })} onRefuse={lab.complain} />
            </div>
            <div>
              <p class="cnl-caption cnl-heads" aria-hidden="true"><span>bias</span></p>
              <Weights label="Bias of new red, green and blue" rows={bias.map((/** @type {number} */ b) => [b])} scale={scale}
                says={(o) => `bias of new ${COLOURS[o]}`}
                onEdit={(at, v) => aim({ weight, bias: set([bias], [0, at[0]], v)[0] })} onRefuse={lab.complain} />
            </div>
            <p class="cnl-caption cnl-tails" aria-hidden="true">{COLOURS.map((colour) => <span key={colour}>new {colour}</span>)}</p>
          </div>
        </div>
        <Side name="Mixture" channels={y} picking={picking} prefix="new " mask={marking ? lost.mask : null} />
      </div>
      <div class="cnl-said">
        <p class="cnl-sum cnl-pixel">
          <span class="cnl-swatch" style={{ background: css(before) }} />→<span class="cnl-swatch" style={{ background: css(after) }} />
          {" "}pixel [{picked.join(", ")}], red, green, blue: {before.map(three).join(", ")} → {after.map(three).join(", ")}
        </p>
        {lines.map((line) => <p key={line} class="cnl-sum-line">{line}</p>)}
        <p class="cnl-formula">{lost.count.toLocaleString("en")} of {(height * width).toLocaleString("en")} pixels leave 0…1 in some channel; they are clipped when shown.
          Parameters: 3·3·1·1 + 3 = 12. Multiply-adds: {height}·{width} pixels · 9 weights = {(9 * height * width).toLocaleString("en")}.</p>
        <div class="cnl-hidden" aria-live="polite">{spoken(`pixel ${picked.join(", ")}: ${lines.join("; ")}`)}</div>
      </div>
      <div class="cnl-bar"><Sharing lab={lab} python={() => asPython(state)} /></div>
      <Message lab={lab} />
      <div class="cnl-panel">
        <Slider label="Strength" unit="%" value={strength} min={0} max={100} initial={100} onChange={weaken} />
      </div>
    </Lab>
  );
}

/**
 * A picture and its three channels.
 * @param {{ name: string, prefix: string, channels: Channels, picking: any, mask?: Uint8Array | null }} props
 */
function Side({ name, prefix, channels, picking, mask = null }) {
  return (
    <figure class="cnl-side">
      <figcaption>{name} {picking.shape.join("×")}</figcaption>
      <Pixels label={`${name}, ${picking.shape.join(" by ")} pixels`} channels={channels} channel={null} mask={mask} {...picking} />
      <div class="cnl-thumbs">
        {COLOURS.map((colour, c) => (
          <div key={colour}>
            <Pixels label={`${prefix}${colour} channel of ${name.toLowerCase()}`} channels={channels} channel={c} mask={null} {...picking} small />
            <p class="cnl-caption">{prefix}{colour}</p>
          </div>
        ))}
      </div>
    </figure>
  );
}

const STEPS = /** @type {Record<string, At>} */ ({ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] });

/** Pixels that leave the range get a colour of their own. @param {Uint8ClampedArray} bytes @param {Uint8Array | null} mask */
function marked(bytes, mask) {
  mask?.forEach((out, i) => { if (out) bytes.set([255, 0, 255], 4 * i); });
  return bytes;
}

/**
 * A picture on a canvas, on which a pixel can be picked by pointer, touch or arrow keys.
 * @param {{
 *   label: string, channels: Channels, channel: number | null, mask: Uint8Array | null, small?: boolean,
 *   shape: At, picked: At, onPick: (at: At) => void,
 * }} props
 */
function Pixels({ label, channels, channel, mask, small, shape: [height, width], picked, onPick }) {
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  useLayoutEffect(() => {
    const bytes = marked(toBytes(channels.data, channel), mask);
    canvas.current?.getContext("2d")?.putImageData(new ImageData(/** @type {any} */ (bytes), width, height), 0, 0);
  }, [channels, channel, mask]);

  const clamp = (/** @type {number} */ v, /** @type {number} */ n) => Math.min(n - 1, Math.max(0, Math.floor(v)));
  const onPointer = (/** @type {PointerEvent} */ event) => {
    if (event.type === "pointermove" && event.buttons === 0) return;
    const box = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect();
    onPick([clamp(((event.clientY - box.top) / box.height) * height, height), clamp(((event.clientX - box.left) / box.width) * width, width)]);
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const step = STEPS[event.key];
    if (!step || event.altKey || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    const by = event.shiftKey ? 10 : 1;
    onPick([clamp(picked[0] + by * step[0], height), clamp(picked[1] + by * step[1], width)]);
  };
  return (
    <div class={`cnl-pixels${small ? " small" : ""}`} role={small ? undefined : "application"} tabIndex={small ? undefined : 0}
      aria-label={small ? undefined : `${label}: arrow keys pick a pixel, with Shift ten at a time`}
      onPointerDown={onPointer} onPointerMove={onPointer} onKeyDown={small ? undefined : onKeyDown}>
      <canvas ref={canvas} width={width} height={height} role="img" aria-label={label} />
      <i style={{ top: `${(100 * (picked[0] + 0.5)) / height}%`, left: `${(100 * (picked[1] + 0.5)) / width}%` }} />
    </div>
  );
}

export default view(MixLab);
