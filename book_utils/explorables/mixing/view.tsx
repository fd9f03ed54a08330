/** The mixing lab: three channels of a photograph, recombined pixel by pixel (see lab.py). */

import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { conv2d } from "../arithmetic/convolution.ts";
import { blend, outOfRange, toBytes, unpack } from "../arithmetic/mixing.ts";
import { tensor } from "../arithmetic/tensor.ts";
import { Slider, Switch } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { weightScale } from "../parts/figure.tsx";
import { Legend } from "../parts/grid.tsx";
import { Weights } from "../parts/weights.tsx";
import { spoken } from "../parts/words.ts";
import { checkBlock, checkPair } from "../platform/check.ts";
import type { Host } from "../platform/lab.tsx";
import { Lab, Message, Sharing, useLab, view } from "../platform/lab.tsx";
import { HUES } from "../platform/theme.ts";

type At = [number, number];
type Channels = { data: ArrayLike<number>; shape: number[] };

const KEYS = ["weight", "bias", "picked"];
const COLOURS = ["red", "green", "blue"];
const IDENTITY = {
  weight: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  bias: [0, 0, 0],
};
const all = (row: number[]) => [row, row, row];

const PRESETS = [
  { id: "same", label: "unchanged", settings: IDENTITY },
  {
    id: "mean",
    label: "grey: the mean",
    settings: { weight: all([1 / 3, 1 / 3, 1 / 3]), bias: [0, 0, 0] },
  },
  {
    id: "luma",
    label: "grey: as bright as it looks",
    settings: { weight: all([0.299, 0.587, 0.114]), bias: [0, 0, 0] },
  },
  {
    id: "sepia",
    label: "sepia",
    settings: {
      weight: [
        [0.393, 0.769, 0.189],
        [0.349, 0.686, 0.168],
        [0.272, 0.534, 0.131],
      ],
      bias: [0, 0, 0],
    },
  },
  {
    id: "swap",
    label: "swap red and blue",
    settings: {
      weight: [
        [0, 0, 1],
        [0, 1, 0],
        [1, 0, 0],
      ],
      bias: [0, 0, 0],
    },
  },
  {
    id: "red",
    label: "only red",
    settings: {
      weight: [
        [1, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ],
      bias: [0, 0, 0],
    },
  },
  {
    id: "negative",
    label: "negative",
    settings: {
      weight: [
        [-1, 0, 0],
        [0, -1, 0],
        [0, 0, -1],
      ],
      bias: [1, 1, 1],
    },
  },
  {
    id: "orange",
    label: "how orange: red minus blue",
    settings: { weight: all([1, 0, -1]), bias: [0, 0, 0] },
  },
];

function accept(s: Record<string, any>) {
  const square = checkBlock(s.weight, "weights", [3, 3]);
  if (square.length !== 3 || square.some((row: number[]) => row.length !== 3))
    throw new RangeError("its weights are not 3 by 3 numbers");
  if (checkBlock(s.bias, "bias", [3]).length !== 3)
    throw new RangeError("its bias is not three numbers");
  return { weight: s.weight, bias: s.bias, picked: checkPair(s.picked, "picked pixel", [0, 159]) };
}

const asPython = ({ weight, bias }: Record<string, any>) =>
  [
    "import torch",
    "import torch.nn.functional as F",
    "from book_utils import data",
    "",
    'x = data.photo("astronaut")  # (3, h, w), or a photograph of your own',
    `k = torch.tensor(${JSON.stringify(weight).replaceAll(",", ", ")}, dtype=torch.float32)[:, :, None, None]`,
    `b = torch.tensor([${bias.join(", ")}], dtype=torch.float32)`,
    "y = F.conv2d(x[None], k, b)[0].clamp(0, 1)",
    "",
  ].join("\n");

const three = (v: number) => String(Math.round(1000 * v) / 1000 || 0).replace("-", "−");
const inBrackets = (v: number) => (v < 0 ? `(${three(v)})` : three(v));

/** The three sums of one pixel. */
const sums = ({ weight, bias }: Record<string, any>, x: number[], y: number[]) =>
  COLOURS.map((colour, o) => {
    const terms = [
      ...x.map((v, c) => `${inBrackets(weight[o][c])}×${three(v)}`),
      inBrackets(bias[o]),
    ];
    const shown = y[o] < 0 ? ", shown as 0" : y[o] > 1 ? ", shown as 1" : "";
    return `new ${colour} = ${terms.join(" + ")} = ${three(y[o])}${three(y[o]) === three(Math.min(1, Math.max(0, y[o]))) ? "" : shown}`;
  });

/** The pixel of three channels. */
function pixelOf({ data, shape: [, , height, width] }: Channels, [i, j]: At) {
  return [0, 1, 2].map((c) => data[(c * height + i) * width + j]);
}

const css = (rgb: number[]) =>
  `rgb(${rgb.map((v) => Math.round(255 * Math.min(1, Math.max(0, v)))).join(" ")})`;

/**
 * A mixture at part of its strength: the slider leads from the unchanged picture to what was last
 * chosen.
 */
function useStrength(
  { weight, bias }: Record<string, any>,
  change: (changes: Record<string, any>) => void,
) {
  const made = useRef({ goal: { weight, bias }, strength: 100 });
  const { goal, strength } = made.current;
  const ours = strength === 100 ? goal : blend(IDENTITY, goal, strength / 100);
  if (JSON.stringify([weight, bias]) !== JSON.stringify([ours.weight, ours.bias]))
    made.current = { goal: { weight, bias }, strength: 100 };
  return {
    strength: made.current.strength,
    aim: (next: { weight: number[][]; bias: number[] }) =>
      change({ weight: next.weight, bias: next.bias }),
    weaken(percent: number) {
      made.current = { goal: made.current.goal, strength: percent };
      change(
        percent === 100 ? made.current.goal : blend(IDENTITY, made.current.goal, percent / 100),
      );
    },
  };
}

function MixLab(host: Host) {
  const lab = useLab(host, KEYS, accept);
  const { state, initial, change } = lab;
  const { weight, bias } = state;
  const { strength, aim, weaken } = useStrength(state, change);
  const [marking, mark] = useState(false);
  const x = useMemo(() => unpack(host.model.get("photo")), [host.model]);
  const y = useMemo(
    () => conv2d(x, tensor(weight.map((row: number[]) => row.map((v) => [[v]]))), { bias }),
    [x, weight, bias],
  );
  const lost = useMemo(() => outOfRange(y.data), [y]);
  const [height, width] = x.shape.slice(2);
  const picked = [
    Math.min(state.picked[0], height - 1),
    Math.min(state.picked[1], width - 1),
  ] as At;
  const [before, after] = [pixelOf(x, picked), pixelOf(y, picked)];
  const scale = weightScale([...weight.flat(), ...bias, 1]);

  const set = (rows: number[][], [i, j]: At, v: number) =>
    rows.map((row, r) => row.map((old, c) => (r === i && c === j ? v : old)));
  const picking = {
    picked,
    shape: [height, width] as At,
    onPick: (at: At) => change({ picked: at }),
  };
  const lines = sums(state, before, after);

  return (
    <Lab label="Mixing lab">
      <div class="cnl-bar">
        <Examples presets={PRESETS} initial={initial} onChange={(s) => aim(s as any)} />
        <Switch label="mark pixels that leave 0…1" checked={marking} onChange={mark} />
      </div>
      <div class="cnl-mix">
        <Side name="Photograph" channels={x} picking={picking} prefix="" />
        <div class="cnl-matrix">
          <p class="cnl-caption">
            1×1 kernel and bias <Legend scale="weights" {...scale} />
          </p>
          <div class="cnl-matrix-row">
            <div>
              <p class="cnl-caption cnl-heads" aria-hidden="true">
                <span>R</span>
                <span>G</span>
                <span>B</span>
              </p>
              <Weights
                label="Kernel: rows are new red, green and blue; columns are old red, green and blue"
                rows={weight}
                scale={scale}
                says={(o, c) => `${COLOURS[c]} in new ${COLOURS[o]}`}
                onEdit={(at, v) => aim({ weight: set(weight, at, v), bias })}
                onRefuse={lab.complain}
              />
            </div>
            <div>
              <p class="cnl-caption cnl-heads" aria-hidden="true">
                <span>bias</span>
              </p>
              <Weights
                label="Bias of new red, green and blue"
                rows={bias.map((b: number) => [b])}
                scale={scale}
                says={(o) => `bias of new ${COLOURS[o]}`}
                onEdit={(at, v) => aim({ weight, bias: set([bias], [0, at[0]], v)[0] })}
                onRefuse={lab.complain}
              />
            </div>
            <p class="cnl-caption cnl-tails" aria-hidden="true">
              {COLOURS.map((colour) => (
                <span key={colour}>new {colour}</span>
              ))}
            </p>
          </div>
        </div>
        <Side
          name="Mixture"
          channels={y}
          picking={picking}
          prefix="new "
          mask={marking ? lost.mask : null}
        />
      </div>
      <div class="cnl-said">
        <p class="cnl-sum cnl-pixel">
          <span class="cnl-swatch" style={{ background: css(before) }} />→
          <span class="cnl-swatch" style={{ background: css(after) }} /> pixel [{picked.join(", ")}
          ], red, green, blue: {before.map(three).join(", ")} → {after.map(three).join(", ")}
        </p>
        {lines.map((line) => (
          <p key={line} class="cnl-sum-line">
            {line}
          </p>
        ))}
        <p class="cnl-formula">
          {lost.count.toLocaleString("en")} of {(height * width).toLocaleString("en")} pixels leave
          0…1 in some channel; they are clipped when shown. Parameters: 3·3·1·1 + 3 = 12.
          Multiply-adds: {height}·{width} pixels · 9 weights ={" "}
          {(9 * height * width).toLocaleString("en")}.
        </p>
        <div class="cnl-hidden" aria-live="polite">
          {spoken(`pixel ${picked.join(", ")}: ${lines.join("; ")}`)}
        </div>
      </div>
      <div class="cnl-bar">
        <Sharing lab={lab} python={() => asPython(state)} />
      </div>
      <Message lab={lab} />
      <div class="cnl-panel">
        <Slider
          label="Strength"
          unit="%"
          value={strength}
          min={0}
          max={100}
          initial={100}
          onChange={weaken}
        />
      </div>
    </Lab>
  );
}

/** A picture and its three channels. */
function Side({
  name,
  prefix,
  channels,
  picking,
  mask = null,
}: {
  name: string;
  prefix: string;
  channels: Channels;
  picking: any;
  mask?: Uint8Array | null;
}) {
  return (
    <figure class="cnl-side">
      <figcaption>
        {name} {picking.shape.join("×")}
      </figcaption>
      <Pixels
        label={`${name}, ${picking.shape.join(" by ")} pixels`}
        channels={channels}
        channel={null}
        mask={mask}
        {...picking}
      />
      <div class="cnl-thumbs">
        {COLOURS.map((colour, c) => (
          <div key={colour}>
            <Pixels
              label={`${prefix}${colour} channel of ${name.toLowerCase()}`}
              channels={channels}
              channel={c}
              mask={null}
              {...picking}
              small
            />
            <p class="cnl-caption">
              {prefix}
              {colour}
            </p>
          </div>
        ))}
      </div>
    </figure>
  );
}

const STEPS = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
} as Record<string, At>;

/** Pixels that leave the range get a colour of their own. */
function marked(bytes: Uint8ClampedArray, mask: Uint8Array | null) {
  mask?.forEach((out, i) => {
    if (out) bytes.set(HUES.outOfRange, 4 * i);
  });
  return bytes;
}

/** A picture on a canvas, on which a pixel can be picked by pointer, touch or arrow keys. */
function Pixels({
  label,
  channels,
  channel,
  mask,
  small,
  shape: [height, width],
  picked,
  onPick,
}: {
  label: string;
  channels: Channels;
  channel: number | null;
  mask: Uint8Array | null;
  small?: boolean;
  shape: At;
  picked: At;
  onPick: (at: At) => void;
}) {
  const canvas = useRef<HTMLCanvasElement | null>(null);
  useLayoutEffect(() => {
    const bytes = marked(toBytes(channels.data, channel), mask);
    canvas.current
      ?.getContext("2d")
      ?.putImageData(new ImageData(bytes as any, width, height), 0, 0);
  }, [channels, channel, mask]);

  const clamp = (v: number, n: number) => Math.min(n - 1, Math.max(0, Math.floor(v)));
  const onPointer = (event: PointerEvent) => {
    if (event.type === "pointermove" && event.buttons === 0) return;
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    onPick([
      clamp(((event.clientY - box.top) / box.height) * height, height),
      clamp(((event.clientX - box.left) / box.width) * width, width),
    ]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (!step || event.altKey || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    const by = event.shiftKey ? 10 : 1;
    onPick([clamp(picked[0] + by * step[0], height), clamp(picked[1] + by * step[1], width)]);
  };
  return (
    <div
      class={`cnl-pixels${small ? " small" : ""}`}
      role={small ? undefined : "application"}
      tabIndex={small ? undefined : 0}
      aria-label={small ? undefined : `${label}: arrow keys pick a pixel, with Shift ten at a time`}
      onPointerDown={onPointer}
      onPointerMove={onPointer}
      onKeyDown={small ? undefined : onKeyDown}
    >
      <canvas ref={canvas} width={width} height={height} role="img" aria-label={label} />
      <i
        style={{
          top: `${(100 * (picked[0] + 0.5)) / height}%`,
          left: `${(100 * (picked[1] + 0.5)) / width}%`,
        }}
      />
    </div>
  );
}

export default view(MixLab);
