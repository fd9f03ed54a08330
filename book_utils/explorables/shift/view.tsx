/**
 * The shift lab: a picture moves by a few pixels; how far do its features change? (see lab.py)
 */

import { useMemo, useState } from "preact/hooks";
import { nested } from "../arithmetic/tensor.ts";
import { Choice, Player, Slider } from "../parts/controls.tsx";
import { short } from "../parts/numbers.ts";
import { Pixels } from "../parts/pixels.tsx";
import { python, spoken } from "../parts/words.ts";
import { checkInteger, checkOneOf } from "../platform/check.ts";
import type { Host } from "../platform/lab.tsx";
import { Lab, Message, Sharing, useLab, view } from "../platform/lab.tsx";
import { MARGIN, METHODS, MOST, moved, shiftTable } from "./shifting.ts";

type Table = ReturnType<typeof shiftTable>;

const KEYS = ["images", "names", "kernel", "image", "method", "shift", "row"];

/** Settings from a link, or a RangeError; the pictures are the page's own. */
const accept = (s: any, { images, kernel }: Record<string, any>) => ({
  image: checkInteger(s.image, "image", [0, images.length - 1]),
  method: checkOneOf(s.method, "method", METHODS),
  shift: checkInteger(s.shift, "shift", [0, MOST]),
  row: checkInteger(s.row, "row", [0, lastRow(images, kernel)]),
});

/** The last row of the features before any pooling. */
const lastRow = (images: number[][][], kernel: number[][]) =>
  images[0].length + 2 * MARGIN - kernel.length;

/** The arithmetic of one change. */
function describe(table: Table, method: string, shift: number) {
  const { moved: distance, length, change } = table[method][shift];
  return `${method}, shift ${shift}: ‖after − before‖ / ‖before‖ = ${short(distance)} / ${short(length)} = ${change.toFixed(2)}`;
}

function asPython({ images, image, kernel, method, shift }: Record<string, any>) {
  const reduce = (
    {
      "no pooling": "f",
      "stride 2": "f[..., ::2, ::2]",
      "max 2×2": "F.max_pool2d(f, 2)",
      "average 2×2": "F.avg_pool2d(f, 2)",
      "blur, then stride 2":
        "F.conv2d(f, torch.tensor([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]])[None, None] / 16, stride=2, padding=1)",
    } as Record<string, string>
  )[method];
  return [
    "import torch",
    "import torch.nn.functional as F",
    "",
    `x = torch.tensor(${python.grid(images[image])}, dtype=torch.float32)`,
    `k = torch.tensor(${python.grid(kernel)}, dtype=torch.float32)`,
    "",
    "",
    "def features(shift):",
    `    moved = F.pad(x, (${MARGIN} + shift, ${MARGIN + MOST} - shift, ${MARGIN}, ${MARGIN}))`,
    "    f = F.conv2d(moved[None, None], k[None, None]).relu()",
    `    return ${reduce}`,
    "",
    "",
    `change = (features(${shift}) - features(0)).norm() / features(0).norm()`,
    "",
  ].join("\n");
}

function ShiftLab(host: Host) {
  const lab = useLab(host, KEYS, (settings) => accept(settings, lab.state));
  const { state, initial, change } = lab;
  const { images, names, kernel, image, method, shift, row } = state;
  const [playing, play] = useState(false);
  const table = useMemo(() => shiftTable(images[image], kernel), [images, image, kernel]);
  const most = lastRow(images, kernel);
  const said = describe(table, method, shift);
  return (
    <Lab label="Shift lab">
      <div class="cnl-bar">
        {names.length > 1 && (
          <Choice
            label="Picture"
            value={String(image)}
            onChange={(i) => change({ image: Number(i) })}
            options={names.map((label: string, i: number) => ({ value: String(i), label }))}
          />
        )}
        <button
          type="button"
          onClick={() =>
            change({
              image: initial.image,
              method: initial.method,
              shift: initial.shift,
              row: initial.row,
            })
          }
        >
          Reset
        </button>
      </div>
      <Pictures
        image={images[image]}
        name={names[image]}
        shift={shift}
        maps={table[method]}
        row={Math.min(row, most)}
        rows={most + 1}
      />
      <div class="cnl-said">
        <p class="cnl-sum">{said}</p>
        <div class="cnl-hidden" aria-live={playing ? "off" : "polite"}>
          {spoken(said).replaceAll("‖", "")}
        </div>
      </div>
      <Changes
        table={table}
        method={method}
        shift={shift}
        onPick={(value) => change({ method: value })}
      />
      <div class="cnl-bar">
        <Player
          what="shift"
          playing={playing}
          onPlaying={play}
          count={MOST + 1}
          at={shift}
          onStep={(s) => lab.set({ shift: s })}
        />
        <Sharing
          lab={{ ...lab, state: { image, method, shift, row: Math.min(row, most) } }}
          python={() => asPython(state)}
        />
      </div>
      <Message lab={lab} />
      <div class="cnl-panel">
        <Slider
          label="Shift to the right"
          unit="pixels"
          value={shift}
          initial={initial.shift}
          min={0}
          max={MOST}
          onChange={(value) => {
            play(false);
            change({ shift: value });
          }}
        />
        <Slider
          label="Row drawn as a line"
          value={Math.min(row, most)}
          initial={initial.row}
          min={0}
          max={most}
          onChange={(value) => change({ row: value })}
        />
      </div>
    </Lab>
  );
}

/** @param props  `row` counts in the `rows` of the map before pooling */
function Pictures({
  image,
  name,
  shift,
  maps,
  row,
  rows,
}: {
  image: number[][];
  name: string;
  shift: number;
  maps: Table[string];
  row: number;
  rows: number;
}) {
  const [before, after] = useMemo(
    () => [maps[0], maps[shift]].map(({ map }) => nested(map)[0][0] as number[][]),
    [maps, shift],
  );
  const pictures = useMemo(() => moved(image, shift), [image, shift]);
  const difference = useMemo(
    () => after.map((line, i) => line.map((v, j) => v - before[i][j])),
    [before, after],
  );
  const high = Math.max(...maps.flatMap(({ map }) => Array.from(map.data)));
  const marked = Math.min(before.length - 1, Math.floor((row * before.length) / rows));
  const size = `${before.length} by ${before[0].length}`;
  const figures = [
    {
      title: `${name}, moved by ${shift}`,
      rows: pictures,
      high: Math.max(...image.flat()),
      scale: "grey",
      at: null,
    },
    { title: "features before", rows: before, high, scale: "activations", at: marked },
    { title: "features after", rows: after, high, scale: "activations", at: marked },
    { title: "after − before", rows: difference, high, scale: "weights", at: marked },
  ];
  return (
    <>
      <div class="cnl-row cnl-pictures">
        {figures.map(({ title, rows: grid, high: most, scale, at }) => (
          <figure key={title.replace(/\d/, "")}>
            <figcaption>{title}</figcaption>
            <Pixels
              rows={grid}
              high={most}
              scale={scale as any}
              marked={at}
              label={at === null ? title : `${title}, ${size}`}
            />
          </figure>
        ))}
      </div>
      <Line before={before[marked]} after={after[marked]} high={high} row={marked} />
    </>
  );
}

const CHART = { width: 640, height: 90, pad: 4 };

/** One row of the features before and after, as steps. */
function Line({
  before,
  after,
  high,
  row,
}: {
  before: number[];
  after: number[];
  high: number;
  row: number;
}) {
  const { width, height, pad } = CHART;
  const steps = (values: number[]) =>
    values
      .map((v, i) => {
        const y = height - pad - (v / (high || 1)) * (height - 2 * pad);
        return `${i ? "L" : "M"}${(i * width) / values.length},${y}H${((i + 1) * width) / values.length}`;
      })
      .join("");
  const list = (values: number[]) => values.map(short).join(", ");
  return (
    <figure class="cnl-line">
      <figcaption>
        Row {row}: <span class="cnl-line-before">before (dashed)</span>,{" "}
        <span class="cnl-line-after">after</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Row ${row} before: ${list(before)}. After: ${list(after)}.`}
      >
        <path d={steps(after)} class="cnl-line-after" />
        <path d={steps(before)} class="cnl-line-before" />
      </svg>
    </figure>
  );
}

/** The change of every method: as a bar at this shift, and as a curve over all shifts. */
function Changes({
  table,
  method,
  shift,
  onPick,
}: {
  table: Table;
  method: string;
  shift: number;
  onPick: (method: string) => void;
}) {
  const high = Math.max(
    1e-9,
    ...METHODS.flatMap((name) => table[name].map(({ change }) => change)),
  );
  return (
    <div class="cnl-changes-box">
      <table class="cnl-changes">
        <thead>
          <tr>
            <th scope="col">After the kernel</th>
            <th scope="col" colSpan={2}>
              Change at shift {shift}
            </th>
            <th scope="col">Shifts 0 to {MOST}</th>
          </tr>
        </thead>
        <tbody>
          {METHODS.map((name) => (
            <tr key={name}>
              <th scope="row">
                <button type="button" aria-pressed={name === method} onClick={() => onPick(name)}>
                  {name}
                </button>
              </th>
              <td class="cnl-figures">{table[name][shift].change.toFixed(2)}</td>
              <td>
                <div class="cnl-change">
                  <div style={`width:${(100 * table[name][shift].change) / high}%`} />
                </div>
              </td>
              <td>
                <Curve values={table[name].map(({ change }) => change)} high={high} at={shift} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A small curve of five points, the present one marked. */
function Curve({ values, high, at }: { values: number[]; high: number; at: number }) {
  const point = (i: number) => [8 + i * 26, 32 - (values[i] / high) * 26];
  return (
    <svg
      class="cnl-curve"
      viewBox="0 0 120 38"
      width="120"
      height="38"
      role="img"
      aria-label={values.map((v) => v.toFixed(2)).join(", ")}
    >
      <path d={`M${values.map((_, i) => point(i).join(",")).join("L")}`} />
      {values.map((_, i) => (
        <circle key={i} cx={point(i)[0]} cy={point(i)[1]} r={i === at ? 5 : 2.5} />
      ))}
    </svg>
  );
}

export default view(ShiftLab);
