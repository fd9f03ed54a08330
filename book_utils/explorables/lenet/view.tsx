/** The LeNet lab: a trained network, every number of it to be looked at (see lab.py). */

import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Fragment } from "preact/jsx-runtime";
import { bytesOf, unpackLayer } from "../arithmetic/network.ts";
import { Choice } from "../parts/controls.tsx";
import { Legend, range } from "../parts/grid.tsx";
import { full, short } from "../parts/numbers.ts";
import { useSignal } from "../parts/signals.ts";
import { useSteady } from "../parts/steady.ts";
import { spoken } from "../parts/words.ts";
import type { Host, LabState } from "../platform/lab.tsx";
import { Lab, Message, Sharing, useLab, view } from "../platform/lab.tsx";
import type { Model } from "../platform/traits.ts";
import { DrawingPad } from "./drawing.tsx";
import type { Frame } from "./maps.tsx";
import { Maps } from "./maps.tsx";
import { lengthen, shorten, textOf } from "./runs.ts";
import type { Account as AccountOfUnit, Box, Part, Pick, Seen, Stage, Values } from "./units.ts";
import {
  accountOf,
  flat,
  hasMaps,
  productsOf,
  seenBy,
  stagesOf,
  unitAt,
  valuesOf,
} from "./units.ts";

type Network = ReturnType<typeof useNetwork>;

const KEYS = ["input", "kept", "picked", "images", "labels"];
const SIDE = 28;
const AREA = SIDE * SIDE;
const WIDE = 600; // pixels of the lab's own width, from which the account stands beside the maps
const REST = 600; // milliseconds
const SHOWS = [
  { value: "beside", label: "A and B" },
  { value: "difference", label: "B − A" },
];

const pixelsOf = (text: string) => Float64Array.from(bytesOf(text), (byte) => byte / 255);
const rowsOf = (pixels: Float64Array) =>
  range(SIDE).map((i) => Array.from(pixels.subarray(SIDE * i, SIDE * (i + 1))));
const percent = (p: number) => `${(100 * p).toFixed(1)} %`;

/** Where the largest number is. */
function best(data: ArrayLike<number>) {
  let top = 0;
  for (let i = 1; i < data.length; i++) if (data[i] > data[top]) top = i;
  return top;
}

/** The largest size of the numbers. */
function most(data: ArrayLike<number>) {
  let top = 0;
  for (let i = 0; i < data.length; i++) top = Math.max(top, Math.abs(data[i]));
  return top;
}

/** What does not change: the network and the pictures to choose from. */
function useNetwork(model: Model) {
  return useMemo(() => {
    const layers = model.get("layers").map(unpackLayer);
    const all = bytesOf(model.get("images"));
    const images = range(all.length / AREA).map((i) =>
      textOf(all.subarray(AREA * i, AREA * (i + 1))),
    );
    return {
      layers,
      images,
      stages: stagesOf(layers),
      network: model.get("network"),
      name: model.get("name"),
      classes: model.get("classes") as string[],
      labels: model.get("labels") as number[],
      about: model.get("about") as string,
    };
  }, [model, model.get("images"), model.get("labels")]);
}

/* Links: a picture is its number, or a drawing in runs. */

const toLink = (text: string | null, { images }: Network) => {
  if (text === null) return null;
  const index = images.indexOf(text);
  return index < 0 ? shorten(bytesOf(text)) : index;
};

const fromLink = (value: unknown, { images }: Network) =>
  typeof value === "number" && images[value] ? images[value] : textOf(lengthen(value, AREA));

/** Settings from a link, or a RangeError that says what is wrong. */
function accept(s: Record<string, any>, network: Network) {
  const [name, ...at] = Array.isArray(s.picked) ? s.picked : [];
  const shape = network.stages.find((stage) => stage.name === name)?.shape;
  const isUnit =
    shape?.length === at.length &&
    at.every((v, d) => Number.isInteger(v) && v >= 0 && v < shape[d]);
  if (!isUnit) throw new RangeError("its picked unit is not one of this network");
  return {
    input: fromLink(s.input, network),
    kept: s.kept === null ? null : fromLink(s.kept, network),
    picked: s.picked,
  };
}

const asPython = ({ network }: Network, input: string) =>
  [
    "import base64",
    "",
    "import numpy as np",
    "import torch",
    "from book_utils import weights",
    "",
    `model = weights.load("${network}")`,
    `pixels = base64.b64decode("${input}")`,
    "x = torch.from_numpy(np.frombuffer(pixels, np.uint8).reshape(1, 1, 28, 28) / np.float32(255))",
    "scores = model(x)  # (1, 10)",
    "probabilities = scores.softmax(1)",
    "",
  ].join("\n");

/** Is the lab wide enough for two columns? */
function useWide(box: RefObject<HTMLDivElement | null>) {
  const [wide, set] = useState(false);
  useLayoutEffect(() => {
    const element = box.current as HTMLElement;
    const look = () => set(element.clientWidth >= WIDE);
    const observer = new ResizeObserver(look);
    observer.observe(element);
    look();
    return () => observer.disconnect();
  }, []);
  return wide;
}

/**
 * Two ways to pick a unit: where the hand is, and by a button that names a unit elsewhere, which
 * gets the focus.
 */
function usePick(lab: LabState, box: RefObject<HTMLDivElement | null>) {
  const going = useRef("");
  const [steady, hold] = useSteady(); // on a phone the account moves with the pick
  useLayoutEffect(() => {
    if (!going.current) return;
    const [maps, cell] = [" ", ""].map(
      (of) => `[data-stage="${going.current}"]${of}[tabindex="0"]`,
    );
    (box.current?.querySelector(`${maps}, ${cell}`) as HTMLElement | null | undefined)?.focus();
    going.current = "";
  });
  const pick = (unit: Pick) => {
    steady.current = box.current?.querySelector(`[data-stage="${unit[0]}"]`) as any;
    hold();
    lab.change({ picked: unit });
  };
  const go = (unit: Pick) => {
    going.current = unit[0];
    lab.change({ picked: unit });
  };
  return [pick, go];
}

/**
 * What a screen reader hears: of a unit as soon as it is picked, of a picture once the pen has come
 * to rest.
 */
function useHeard(picked: string, ofUnit: string, ofPicture: string, values: Values) {
  const [heard, hear] = useState(ofUnit);
  const last = useRef(values);
  useEffect(() => hear(ofUnit), [picked]);
  useEffect(() => {
    if (last.current === values) return;
    last.current = values;
    const timer = setTimeout(() => hear(ofPicture), REST);
    return () => clearTimeout(timer);
  }, [values]);
  return heard;
}

/** The stage that shows a layer: flattening shows nothing new. */
function stageFor(name: string, { layers, stages }: Network) {
  for (let i = layers.findIndex((layer: { name: string }) => layer.name === name); i >= 0; i--) {
    const stage = stages.find(({ layer }) => layer === layers[i]);
    if (stage) return stage;
  }
  return stages.find((stage) => stage.name === name);
}

function LeNetLab(host: Host) {
  const network = useNetwork(host.model);
  const { layers, stages, classes } = network;
  const lab = useLab(host, KEYS, (s) => accept(s, network));
  const { input, kept, picked } = lab.state;
  const [show, setShow] = useState("beside");
  const pixels = useMemo(() => pixelsOf(input), [input]);
  const values = useMemo(() => valuesOf(layers, pixels), [layers, pixels]);
  const others = useMemo(
    () => (kept === null ? null : valuesOf(layers, pixelsOf(kept))),
    [layers, kept],
  );
  const box = useRef<HTMLDivElement | null>(null);
  const wide = useWide(box);
  const stage = stages.find(({ name }) => name === picked[0]) as Stage;
  const at = picked.slice(1);
  const [pick, go] = usePick(lab, box);
  const account = useMemo(() => accountOf(stage, at, values, classes), [stage, String(at), values]);
  const before = others?.[stage.name].data[flat(stage, at)] ?? null;

  const said = spoken(
    account.text.replaceAll("e^", "e to the power ") +
      (before === null ? "" : `; A has ${full(before)}`),
  );
  const top = best(values.softmax.data);
  const heard = useHeard(
    String(picked),
    said,
    `The network says ${classes[top]}, ${percent(values.softmax.data[top])}. ${said}`,
    values,
  );

  useSignal("show-layer", network.name, ({ name, go: scroll }) => {
    const wanted = stageFor(name, network);
    if (!wanted) return;
    lab.change({ picked: unitAt(wanted, best(values[wanted.name].data)) });
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (scroll)
      box.current
        ?.querySelector(`[data-stage="${wanted.name}"]`)
        ?.scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
  });

  const told = <Account key={stage.name} {...{ stage, at, account, before, values, pick, go }} />;
  const settings = { input: toLink(input, network), kept: toLink(kept, network), picked };
  return (
    <Lab label={`LeNet lab, ${network.network === "lenet" ? "clothes" : "digits"}`}>
      <Inputs
        network={network}
        lab={lab}
        rows={rowsOf(pixels)}
        {...{ values, others, wide, show, setShow }}
      />
      <div class={`cnl-network${wide ? " wide" : ""}`} ref={box}>
        <Flow {...{ network, values, others, picked, pick, show }} account={wide ? null : told} />
        <div class="cnl-beside-flow">
          <Answers {...{ network, values, others, picked, pick }} />
          {(wide || stages.indexOf(stage) >= stages.length - 2) && told}
        </div>
      </div>
      <div class="cnl-hidden" aria-live="polite">
        {heard}
      </div>
      <p class="cnl-formula">{network.about}</p>
      <div class="cnl-bar">
        <Sharing lab={{ ...lab, state: settings }} python={() => asPython(network, input)} />
      </div>
      <Message lab={lab} />
    </Lab>
  );
}

/**
 * The pictures to choose from, the pad, what the network says, and a second picture to compare
 * with.
 */
function Inputs({
  network,
  lab,
  rows,
  values,
  others,
  wide,
  show,
  setShow,
}: {
  network: Network;
  lab: LabState;
  rows: number[][];
  values: Values;
  others: Values | null;
  wide: boolean;
  show: string;
  setShow: (show: string) => void;
}) {
  const { images, labels, classes } = network;
  const { input, kept } = lab.state;
  const isDigits = network.network === "digit_lenet"; // the pad scales and centres as digits are
  const value = useMemo(() => rows, [input]);
  const chosen = images.indexOf(input);
  const label = labels[chosen];
  const gallery = useMemo(
    () => (
      <div class="cnl-gallery" role="group" aria-label="Pictures to choose from">
        {images.map((image, i) => (
          <button
            key={i}
            type="button"
            aria-pressed={i === chosen}
            onClick={() => lab.change({ input: image })}
            aria-label={`Picture ${i}${labels[i] === undefined ? "" : `: ${classes[labels[i]]}`}`}
          >
            <Thumb image={image} />
          </button>
        ))}
      </div>
    ),
    [network, chosen],
  ); // not at every stroke of the pen
  const draw = (drawn: number[][]) =>
    lab.change({ input: textOf(drawn.flat().map((v) => Math.round(255 * v))) });
  return (
    <>
      {gallery}
      <div class={`cnl-entry${wide && isDigits ? " wide" : ""}`}>
        {isDigits && (
          <DrawingPad value={value} onChange={draw} label="Draw a digit, or change the picture" />
        )}
        <div class="cnl-verdict">
          {others && (
            <p>
              <b>A</b>{" "}
              <Verdict values={others} classes={classes} label={labels[images.indexOf(kept)]} />
            </p>
          )}
          <p>
            {others && <b>B </b>}
            <Verdict values={values} classes={classes} label={label} />
          </p>
          <div class="cnl-bar">
            <button type="button" onClick={() => lab.change({ kept: input })}>
              {others ? "Keep this one as A instead" : "Keep this one as A, to compare"}
            </button>
            {others && (
              <button type="button" onClick={() => lab.change({ kept: input, input: kept })}>
                Swap A and B
              </button>
            )}
            {others && (
              <button type="button" onClick={() => lab.change({ kept: null })}>
                Stop comparing
              </button>
            )}
            {others && <Choice label="Show" value={show} options={SHOWS} onChange={setShow} />}
          </div>
        </div>
      </div>
    </>
  );
}

function Thumb({ image }: { image: string }) {
  const canvas = useRef<HTMLCanvasElement | null>(null);
  useLayoutEffect(() => {
    const bytes = new Uint8ClampedArray(4 * AREA).fill(255);
    bytesOf(image).forEach((v, i) => bytes.fill(v, 4 * i, 4 * i + 3));
    canvas.current?.getContext("2d")?.putImageData(new ImageData(bytes, SIDE, SIDE), 0, 0);
  }, [image]);
  return <canvas ref={canvas} width={SIDE} height={SIDE} aria-hidden="true" />;
}

function Verdict({
  values,
  classes,
  label,
}: {
  values: Values;
  classes: string[];
  label: number | undefined;
}) {
  const parts = values.softmax.data;
  const order = range(parts.length).sort((a, b) => parts[b] - parts[a]);
  const [first, second, third] = order;
  return (
    <>
      The network says{" "}
      <b>
        {classes[first]}: {percent(parts[first])}
      </b>
      ; then {classes[second]}: {percent(parts[second])}, {classes[third]}: {percent(parts[third])}.
      {label !== undefined &&
        (label === order[0] ? " It is right." : ` It is wrong: this is ${classes[label]}.`)}
    </>
  );
}

/** How the units of a stage are laid out. */
function layoutOf({ shape }: Stage) {
  if (shape.length === 1)
    return {
      maps: 1,
      rows: Math.ceil(shape[0] / (shape[0] % 30 ? 28 : 30)),
      columns: shape[0] % 30 ? 28 : 30,
      across: 1,
    };
  const [maps, rows, columns] = shape;
  return { maps, rows, columns, across: maps > 8 ? 8 : maps > 1 && columns > 20 ? 3 : maps };
}

const scaleOf = ({ kind }: Stage): "grey" | "activations" | "weights" =>
  kind === "input" ? "grey" : kind === "conv2d" || kind === "linear" ? "weights" : "activations";

const sizeText = ({ shape }: Stage) => shape.join("×");

/** The windows to outline in a stage. */
function framesOf(stage: Stage, seen: Seen | undefined): Frame[] {
  const { columns } = layoutOf(stage);
  const kind = seen?.direct ? "" : "far";
  if (seen?.unit !== undefined)
    return [
      {
        map: 0,
        top: Math.floor(seen.unit / columns),
        left: seen.unit % columns,
        height: 1,
        width: 1,
        kind,
      },
    ];
  if (!seen?.box) return [];
  const [maps, height, width] = stage.shape;
  const box = seen.direct ? seen.box : clip(seen.box, height, width);
  return range(maps)
    .filter((m) => (seen.channel ?? m) === m)
    .map((map) => ({ map, ...box, kind }));
}

function clip({ top, left, height: h, width: w }: Box, height: number, width: number) {
  const [t, l] = [Math.max(0, top), Math.max(0, left)];
  return {
    top: t,
    left: l,
    height: Math.min(height, top + h) - t,
    width: Math.min(width, left + w) - l,
  };
}

/** The stages from the picture to the last dense layer, in reading order. */
function Flow({
  network: { stages },
  values,
  others,
  picked,
  pick,
  show,
  account,
}: {
  network: Network;
  values: Values;
  others: Values | null;
  picked: Pick;
  pick: (unit: Pick) => void;
  show: string;
  account: any;
}) {
  const chosen = stages.find(({ name }) => name === picked[0]) as Stage;
  const seen = useMemo(() => seenBy(chosen, picked.slice(1).map(Number)), [chosen, picked]);
  return (
    <div class="cnl-flow">
      {stages.slice(0, -2).map((stage) => (
        <Fragment key={stage.name}>
          <StageMaps
            stage={stage}
            values={values}
            others={others}
            show={show}
            seen={seen[stage.name]}
            picked={stage === chosen ? flat(stage, picked.slice(1).map(Number)) : null}
            onPick={(i) => pick(unitAt(stage, i))}
          />
          {stage === chosen && account}
        </Fragment>
      ))}
    </div>
  );
}

function StageMaps({
  stage,
  values,
  others,
  show,
  seen,
  picked,
  onPick,
}: {
  stage: Stage;
  values: Values;
  others: Values | null;
  show: string;
  seen: Seen | undefined;
  picked: number | null;
  onPick: (index: number) => void;
}) {
  const now = values[stage.name].data;
  const old = others?.[stage.name].data;
  const isDifference = old !== undefined && show === "difference";
  const difference = useMemo(
    () => (isDifference ? Float64Array.from(now, (v, i) => v - old[i]) : null),
    [now, old, isDifference],
  );
  const high = difference
    ? most(difference)
    : stage.kind === "input"
      ? 1
      : Math.max(most(now), most(old ?? []));
  const scale = difference ? "weights" : scaleOf(stage);
  const layout = layoutOf(stage);
  const frames = framesOf(stage, seen);
  const all = seen !== undefined && !seen.box && seen.unit === undefined;
  const shape = hasMaps(stage)
    ? `${stage.shape[0] === 1 ? "1 map" : `${stage.shape[0]} maps`} of ${stage.shape.slice(1).join(" by ")}`
    : `${stage.shape[0]} units`;
  const canvases = difference
    ? [["B − A", difference]]
    : old
      ? [
          ["A", old],
          ["B", now],
        ]
      : [["", now]];
  return (
    <figure class="cnl-stage-maps" data-stage={stage.name}>
      <figcaption>
        <span>
          {stage.title} <small>{sizeText(stage)}</small>
        </span>
        <Legend scale={scale} low={scale === "weights" ? -high : 0} high={high} />
      </figcaption>
      <div class="cnl-pair-of-maps">
        {canvases.map(([which, data]) => (
          <div key={which}>
            {which && <span aria-hidden="true">{which}</span>}
            <Maps
              label={`${which ? `${which}, ` : ""}${stage.title}, ${shape}: arrow keys pick a unit${hasMaps(stage) && stage.shape[0] > 1 ? ", page keys a map" : ""}`}
              data={data as Float64Array}
              layout={layout}
              high={high}
              scale={scale}
              picked={picked}
              onPick={onPick}
              frames={frames}
              whole={all}
            />
          </div>
        ))}
      </div>
    </figure>
  );
}

/** Scores and probabilities, class by class. */
function Answers({
  network: { stages, classes },
  values,
  others,
  picked,
  pick,
}: {
  network: Network;
  values: Values;
  others: Values | null;
  picked: Pick;
  pick: (unit: Pick) => void;
}) {
  const [scores, parts] = stages.slice(-2);
  const high =
    Math.max(most(values[scores.name].data), most(others?.[scores.name].data ?? [])) || 1;
  const top = best(values.softmax.data);
  const table = useRef<HTMLTableElement | null>(null);
  const refocus = useRef(false);
  const column = picked[0] === "softmax" ? 1 : 0;
  const row = picked[0] === scores.name || picked[0] === "softmax" ? Number(picked[1]) : 0;
  useLayoutEffect(() => {
    if (!refocus.current) return;
    refocus.current = false;
    (table.current?.querySelector('[tabindex="0"]') as HTMLElement | null | undefined)?.focus();
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const to = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, 0],
      ArrowRight: [row, 1],
    }[event.key];
    if (
      event.altKey ||
      event.metaKey ||
      event.ctrlKey ||
      (!to && event.key !== " " && event.key !== "Enter")
    )
      return;
    event.preventDefault();
    refocus.current = true;
    const [r, c] = to ?? [row, column];
    pick([c ? "softmax" : scores.name, Math.min(classes.length - 1, Math.max(0, r))]);
  };
  const cell = (stage: Stage, i: number) => {
    const isPicked = picked[0] === stage.name && picked[1] === i;
    const signed = stage === scores;
    const [now, old] = [values[stage.name].data[i], others?.[stage.name].data[i]];
    const text = signed ? short : percent;
    return (
      <td
        role="gridcell"
        data-stage={stage.name}
        class={isPicked ? "picked" : ""}
        aria-selected={isPicked}
        onClick={() => pick([stage.name, i])}
        tabIndex={row === i && (column === 1) === !signed ? 0 : -1}
      >
        {old !== undefined && (
          <Bar value={old} high={signed ? high : 1} signed={signed} text={text(old)} which="A" />
        )}
        <Bar
          value={now}
          high={signed ? high : 1}
          signed={signed}
          text={text(now)}
          which={old === undefined ? "" : "B"}
        />
      </td>
    );
  };
  return (
    <table
      class="cnl-answers"
      role="grid"
      aria-label="Scores and probabilities of the classes"
      ref={table}
      onKeyDown={onKeyDown}
    >
      <thead>
        <tr role="row">
          <th role="columnheader">{others ? "A above B" : "Class"}</th>
          <th role="columnheader">Score</th>
          <th role="columnheader">Probability</th>
        </tr>
      </thead>
      <tbody>
        {classes.map((name, i) => (
          <tr key={name} role="row" class={i === top ? "top" : ""}>
            <th role="rowheader" scope="row">
              {name}
            </th>
            {cell(scores, i)}
            {cell(parts, i)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A number and a bar as long. */
function Bar({
  value,
  high,
  signed,
  text,
  which = "",
}: {
  value: number;
  high: number;
  signed: boolean;
  text: string;
  which?: string;
}) {
  const part = Math.min(1, Math.abs(value) / (high || 1));
  const style = signed
    ? { left: `${50 - (value < 0 ? 50 * part : 0)}%`, width: `${50 * part}%` }
    : { left: 0, width: `${100 * part}%` };
  return (
    <div class={`cnl-score ${which}`}>
      <div class={`cnl-score-bar${signed ? (value < 0 ? " minus" : " plus") : ""}`}>
        <i style={style} />
      </div>
      <span>
        {which && <span class="cnl-hidden">{which} </span>}
        {text}
      </span>
    </div>
  );
}

/**
 * How the picked unit came about.
 * @param props  `before` is the unit's value for A
 */
function Account({
  stage,
  at,
  account: { parts, name, value, text },
  before,
  values,
  pick,
  go,
}: {
  stage: Stage;
  at: number[];
  account: AccountOfUnit;
  before: number | null;
  values: Values;
  pick: (unit: Pick) => void;
  go: (unit: Pick) => void;
}) {
  const [channel, setChannel] = useState<number | null>(null);
  const sums = parts.filter((part) => part.channel !== undefined);
  const chosen = channel ?? best(sums.map((part) => Math.abs(part.value)));
  const [first] = parts;
  return (
    <div class="cnl-account">
      <p class="cnl-unit-name">
        <b>{name}</b> = {full(value)}
        {before !== null && `; A has ${full(before)}`}
      </p>
      <p class="cnl-sum-line">{text.slice(name.length + 1)}</p>
      {parts.length === 1 && first.source && (
        <p>
          <button type="button" onClick={() => go(first.source as Pick)}>
            {first.label}: {short(first.value)}
          </button>
        </p>
      )}
      {parts.length > 1 && (
        <Parts parts={parts} stage={stage} chosen={chosen} onChannel={setChannel} onPick={go} />
      )}
      {sums.length > 0 && (
        <Products
          rows={productsOf(stage, at, chosen, values)}
          label={sums[chosen].label}
          total={sums[chosen].value}
        />
      )}
      <Steps stage={stage} at={at} onPick={pick} />
    </div>
  );
}

/** The terms of a sum, each with a bar. */
function Parts({
  parts,
  stage,
  chosen,
  onChannel,
  onPick,
}: {
  parts: Part[];
  stage: Stage;
  chosen: number;
  onChannel: (channel: number) => void;
  onPick: (unit: Pick) => void;
}) {
  const high = most(parts.map((part) => part.value));
  const isPool = stage.kind.endsWith("pool2d");
  const isSoftmax = stage.kind === "softmax";
  const factors = parts.some((part) => part.x !== undefined);
  const top = Math.max(...parts.map((part) => part.x ?? 0));
  return (
    <table class="cnl-parts">
      <tbody>
        {parts.map((part) => (
          <tr key={part.label} class={part.wins ? "wins" : ""}>
            <th scope="row">
              {part.channel !== undefined ? (
                <button
                  type="button"
                  aria-pressed={part.channel === chosen}
                  onClick={() => onChannel(part.channel as number)}
                >
                  {part.label}
                </button>
              ) : part.source ? (
                <button type="button" onClick={() => onPick(part.source as Pick)}>
                  {part.label}
                </button>
              ) : (
                part.label
              )}
            </th>
            {factors && (
              <td>
                {part.w !== undefined ? (
                  `${short(part.x ?? 0)} × ${short(part.w)}`
                ) : part.x !== undefined ? (
                  <>
                    e<sup>{short(part.x - top)}</sup>
                  </>
                ) : (
                  ""
                )}
              </td>
            )}
            <td>
              <Bar
                value={part.value}
                high={high}
                signed={!isPool && !isSoftmax}
                text={short(part.value)}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The products of a window and a kernel, each written out. */
function Products({
  rows,
  label,
  total,
}: {
  rows: ReturnType<typeof productsOf>;
  label: string;
  total: number;
}) {
  const high = most(rows.flat().map(({ product }) => product)) || 1;
  // 25 are to fit side by side.
  const write = (v: number) => short(rows.length > 3 ? Number(v.toPrecision(2)) : v);
  return (
    <table class="cnl-products cnl-weights">
      <caption>
        {label}: window × kernel, together {short(total)}
      </caption>
      <tbody>
        {rows.map((row, a) => (
          <tr key={a}>
            {row.map(({ x, w, product, inside }, b) => (
              <td
                key={b}
                class={`s${Math.round(20 * Math.abs(product / high))}${product < 0 ? " minus" : ""}${inside ? "" : " padding"}`}
              >
                <span>{write(x)}</span>
                <span>× {write(w)}</span>
                <b>{write(product)}</b>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Buttons to move the pick, where a finger is too thick for a pixel. */
function Steps({
  stage,
  at,
  onPick,
}: {
  stage: Stage;
  at: number[];
  onPick: (unit: Pick) => void;
}) {
  const { shape, name } = stage;
  const move = (axis: number, by: number) => {
    const to = at.map((v, d) => (d === axis ? (v + by + shape[d]) % shape[d] : v));
    onPick([name, ...to]);
  };
  const down = shape.length - 2;
  const button = (label: string, sign: string, axis: number, by: number) => (
    <button type="button" aria-label={label} title={label} onClick={() => move(axis, by)}>
      {sign}
    </button>
  );
  return (
    <div class="cnl-bar cnl-steps" role="group" aria-label="Move to a neighbouring unit">
      {button(hasMaps(stage) ? "One unit left" : "Previous unit", "←", shape.length - 1, -1)}
      {hasMaps(stage) && button("One unit up", "↑", down, -1)}
      {hasMaps(stage) && button("One unit down", "↓", down, 1)}
      {button(hasMaps(stage) ? "One unit right" : "Next unit", "→", shape.length - 1, 1)}
      {hasMaps(stage) && shape[0] > 1 && button("Previous map", "‹ map", 0, -1)}
      {hasMaps(stage) && shape[0] > 1 && button("Next map", "map ›", 0, 1)}
    </div>
  );
}

export default view(LeNetLab);
