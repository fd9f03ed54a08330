/** The LeNet lab: from a trained network to a layer of it to one product, and back (see lab.py). */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { DrawingPad } from "../parts/drawing.tsx";
import { Gallery } from "../parts/gallery.tsx";
import { full } from "../parts/numbers.ts";
import { pictureOf, pixelsOf, rowsOf } from "../parts/pictures.ts";
import { useSignal } from "../parts/signals.ts";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import type { LeNetLab as Settings } from "../settings.ts";
import { Account } from "./account.tsx";
import { Flow, type Hit } from "./flow.tsx";
import { Comparing } from "./inputs.tsx";
import { keyed } from "./keys.ts";
import { flowing, mapOf, planOf } from "./layout.ts";
import { linking, type Network, useNetwork } from "./network.ts";
import { type Show, shadesOf } from "./paint.ts";
import { nameWidth, Scores } from "./scores.tsx";
import {
  best,
  flat,
  hasMaps,
  type Stage,
  stageNamed,
  type Unit,
  unitAt,
  type Values,
  valuesOf,
} from "./stages.ts";
import { type Sum, strongest, sumOf } from "./sum.ts";
import { seenBy } from "./windows.ts";
import * as words from "./words.ts";

type Lab = platform.LabOf<Settings>;

const REST = 600; // milliseconds after which a new picture is spoken of
const WIDE = 800; // pixels of the stage from which the scores stand at its right
const SCORES = 108; // pixels of their height, where they are below
const BARS = 152; // pixels of their width beside, without the names of the classes
const CRUMBS = 44; // pixels of the line above

function LeNetLab(host: platform.Host) {
  const network = useNetwork(host.model);
  const { layers, stages } = network;
  const lab = platform.useLab<Settings>(host, linking(network));
  const { input, kept, picked, level } = lab.state;
  const [choice, setShow] = useState<Show>("B");
  const show = kept ? choice : "B";
  const [drawing, draw] = useState(false);
  const values = useMemo(() => valuesOf(layers, pixelsOf(input)), [layers, input]);
  const others = useMemo(() => (kept ? valuesOf(layers, pixelsOf(kept)) : null), [layers, kept]);
  const shades = useMemo(
    () => shadesOf(stages, values, others, show),
    [stages, values, others, show],
  );
  const ofPicture = show === "A" && others ? others : values;

  const stageBox = useRef<HTMLDivElement | null>(null);
  const flow = useRef<HTMLDivElement | null>(null);
  const size = useSize(stageBox);
  const [pointed, point] = useState<Hit | null>(null);
  const isPointing =
    pointed && (level === "network" ? pointed.role === "map" : pointed.role === "unit");
  const shown = level !== "unit" && isPointing ? pointed.unit : picked;
  const [name, ...at] = picked;
  const stage = stageNamed(stages, name);
  const sum = useMemo(() => sumOf(stage, at, ofPicture), [stage, String(picked), ofPicture]);
  const [chosen, choose] = useState({ stage: "", index: 0 });
  const isChosen = chosen.stage === name && chosen.index < sum.products.length;
  const index = isChosen ? chosen.index : strongest(sum);
  const area = sum.window[0] * sum.window[1] || 1;
  const channel = stage.kind === "conv2d" ? Math.floor(index / area) : mapOf(stage, at);

  const across = size.width >= WIDE;
  const beside = BARS + 13 * nameWidth(network.classes);
  const width = size.width - (across ? beside : 0);
  const height = size.height - CRUMBS - (across ? 0 : SCORES);
  const plan = useMemo(() => {
    const { box } = (stage.from && seenBy(stage, at)[stage.from.name]) || {};
    return planOf({ stages, across, level, stage, at, channel, box, width, height });
  }, [stages, level, level === "network" || String(picked), channel, width, height]);

  const go = (to: Settings["level"], unit: Unit = picked) => {
    point(null);
    if (to !== "unit") choose({ stage: "", index: 0 });
    lab.change({ level: to, picked: unit });
    if (unit[0] !== name || to !== level) flow.current?.focus({ preventScroll: true });
  };
  const back = () => level !== "network" && go(level === "unit" ? "layer" : "network");
  const pick = (unit: Unit) => {
    if (level === "unit" && unit[0] === name) choose({ stage: name, index });
    lab.change({ picked: unit });
  };
  const pickProduct = (i: number) => choose({ stage: name, index: i });
  const press = ({ unit, role }: Hit) => {
    if (role === "product") pickProduct(flat(stage.from as Stage, unit.slice(1) as number[]));
    else if (role === "unit") level === "unit" ? pick(unit) : go("unit", unit);
    else go("layer", unit);
  };
  const onKeyDown = keyed(
    { network, level, stage, at, plan, sum, index, values: ofPicture },
    {
      pick,
      pickProduct,
      enter: () => go(level === "network" ? "layer" : "unit"),
    },
  );
  const onEscape = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (drawing) draw(false);
    else if (back() === false) return;
    event.preventDefault();
  };
  useShowLayer(network, stageBox, (to) => go("layer", unitAt(to, best(values[to.name].data))));

  const hasPad = network.network === "digit_lenet"; // the pad scales and centres as digits are
  const rows = useMemo(() => rowsOf(input), [input]);
  const chosenPicture = network.images.indexOf(input);
  const gallery = useMemo(
    () => (
      <Gallery
        pictures={network.images}
        nameOf={(i) => words.pictureName(network, i)}
        chosen={chosenPicture}
        onChoose={(i) => lab.change({ input: network.images[i] })}
      />
    ),
    [network, chosenPicture],
  ); // not at every stroke of the pen
  const drawButton = hasPad && (
    <button type="button" class="cnl-draw" aria-pressed={drawing} onClick={() => draw(!drawing)}>
      Draw
    </button>
  );
  const isAtHand = lab.controls.includes("input") && !lab.full;
  const told = { network, lab, values, others, level, stage: stageNamed(stages, shown[0]), sum };
  return (
    <Frame
      lab={lab}
      label={`LeNet lab, ${network.network === "lenet" ? "clothes" : "digits"}`}
      said={<Said {...told} shown={shown} picked={picked} index={index} ofPicture={ofPicture} />}
      play={isAtHand && drawButton}
      controls={{
        input: (
          <>
            {gallery}
            {!isAtHand && drawButton}
          </>
        ),
        kept: <Comparing lab={lab} show={show} onShow={setShow} />,
      }}
      rest={<InFull {...told} at={at} />}
      python={() => words.asPython(network.network, input)}
    >
      <div
        ref={stageBox}
        class={`cnl-lenet ${across ? "across" : "down"}`}
        style={`--beside:${beside - 12}px;--name:${nameWidth(network.classes)}em`}
        onKeyDown={onEscape}
      >
        {size.width > 0 && (
          <>
            <Crumbs {...{ network, level, picked, shown, sum, index, back, go }} />
            <Flow
              {...{ network, level, plan, shades, shown, width, height }}
              box={flow}
              label={words.stageLabel(level, stage)}
              onPoint={point}
              onDrag={({ unit }) => {
                point(null); // what was pointed at before the press
                pick(unit);
              }}
              onPress={press}
              onKeyDown={onKeyDown}
            >
              {level === "unit" && (
                <Account
                  key={name}
                  {...{ network, stage, at, sum, plan, index }}
                  onPick={pickProduct}
                />
              )}
            </Flow>
            <Scores
              {...{ network, values, others, picked, across }}
              onPick={(unit) => lab.change({ picked: unit })}
              onEnter={(unit) => go("unit", unit)}
            />
            {drawing && (
              <div class="cnl-over" style={`width:${width}px;height:${height + CRUMBS}px`}>
                <DrawingPad
                  value={rows}
                  onChange={(drawn) => lab.change({ input: pictureOf(drawn) })}
                  label="Draw a digit, or change the picture"
                />
              </div>
            )}
          </>
        )}
      </div>
    </Frame>
  );
}

/** The size of an element, from before the first paint. */
function useSize(box: { current: HTMLElement | null }) {
  const [size, set] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = box.current as HTMLElement;
    const look = () => set({ width: element.clientWidth, height: element.clientHeight });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    look();
    return () => observer.disconnect();
  }, []);
  return size;
}

/** Shows the layer that a ledger asks for: flattening shows nothing new. */
function useShowLayer(
  { name, layers, stages }: Network,
  box: { current: HTMLElement | null },
  show: (stage: Stage) => void,
) {
  useSignal("show-layer", name, ({ name: layer, go }) => {
    const last = layers.findIndex((other) => other.name === layer);
    const names = layers.slice(0, last + 1).map((other) => other.name);
    const wanted = stages.findLast((stage) => stage.name === layer || names.includes(stage.name));
    if (!wanted) return;
    show(wanted);
    if (!go) return;
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    box.current?.closest(".cnl")?.scrollIntoView({ block: "center", behavior });
  });
}

type CrumbsProps = {
  network: Network;
  level: Settings["level"];
  picked: Unit;
  shown: Unit;
  sum: Sum;
  index: number;
  back: () => void;
  go: (level: Settings["level"], unit?: Unit) => void;
};

/** Where the reader is, the way back, and the way on to what a product was made of. */
function Crumbs({ network, level, picked, shown, sum, index, back, go }: CrumbsProps) {
  const { stages, classes } = network;
  const [name, ...at] = shown;
  const stage = stageNamed(stages, name);
  const [n, ...size] = stage.shape;
  if (level === "network") {
    const isOne = !hasMaps(stage) || n === 1;
    const what = isOne ? stage.shape.join("×") : `${n} maps of ${size.join("×")}`;
    return (
      <p class="cnl-crumbs">
        {flowing(stages).includes(stage) && (
          <span>
            <b>{words.mapName(stage, at[0])}</b> <small>{what}</small>
          </span>
        )}
      </p>
    );
  }
  const [pickedName, ...pickedAt] = picked;
  const own = stageNamed(stages, pickedName);
  const product = sum.products[index];
  const up = level === "layer" ? "Network" : words.mapName(own, pickedAt[0], true);
  const source = level === "unit" && product && words.sourceName(stages, product, classes);
  return (
    <p class="cnl-crumbs">
      <button type="button" onClick={back}>
        ‹ {up}
      </button>
      <b>
        {level === "layer" ? words.mapName(stage, at[0]) : words.placeName(own, pickedAt, classes)}
      </b>
      {source && (
        <button
          type="button"
          class="cnl-source"
          onClick={() => go("unit", product.source as Unit)}
          title="Show how it is made"
        >
          <span>from </span>
          {source} ›
        </button>
      )}
    </p>
  );
}

type SaidProps = {
  network: Network;
  lab: Lab;
  values: Values;
  others: Values | null;
  level: Settings["level"];
  /** of the unit that is shown */
  stage: Stage;
  sum: Sum;
};
type SaidOfUnit = SaidProps & { shown: Unit; picked: Unit; index: number; ofPicture: Values };

/** What the network says, or the unit that is shown, or the product that is picked; and spoken. */
function Said({ network, lab, level, stage, sum, index, ...rest }: SaidOfUnit) {
  const { values, others, shown, picked, ofPicture } = rest;
  const { classes, stages } = network;
  const { first, rest: after } = words.verdict(network, values, lab.state.input);
  const at = shown.slice(1) as number[];
  const value = ofPicture[stage.name].data[flat(stage, at)];
  const before = others?.[stage.name].data[flat(stage, at)];
  const old = before === undefined ? "" : `; A has ${full(before)}`;
  const [name, ...pickedAt] = picked;
  const own = stageNamed(stages, name);
  const account =
    level === "unit"
      ? `${words.unitName(own, pickedAt, classes)} ${words.sumInFull(own, sum, pickedAt, classes)}`
      : `${words.unitName(stage, at, classes)} = ${full(value)}`;
  const product = level === "unit" && sum.products.length > 0;
  const told = product ? words.toldOf(own, sum, index, classes) : null;
  const line = told && `${told.line} = ${told.result}`;
  const heardUnit = words.heard(line ? `${line}. ${account}${old}` : `${account}${old}`);
  const heard = useHeard(
    `${picked} ${level} ${index}`,
    level === "network" ? words.heard(words.mapName(own, pickedAt[0])) : heardUnit,
    values,
    `${words.heardOf(network, values)} ${heardUnit}`,
  );
  return (
    <div class="cnl-said">
      <p class="cnl-sum">
        {level === "network" ? (
          <>
            {others
              ? `A (dashed): ${words.verdict(network, others, lab.state.kept as string).first}. B: `
              : "The network says "}
            <b>{first}</b>
            {after}
          </>
        ) : told ? (
          <>
            {told.line} = <b>{told.result}</b>
          </>
        ) : (
          <>
            {words.unitName(stage, at, classes)} = <b>{full(value)}</b>
            {old}
          </>
        )}
      </p>
      <div class="cnl-hidden" aria-live="polite">
        {heard}
      </div>
    </div>
  );
}

/**
 * What a screen reader hears: of a unit as soon as it is picked, of a picture once the pen has come
 * to rest.
 */
function useHeard(key: string, ofUnit: string, values: Values, ofPicture: string) {
  const [heard, hear] = useState(ofUnit);
  const last = useRef(values);
  useEffect(() => hear(ofUnit), [key]);
  useEffect(() => {
    if (last.current === values) return;
    last.current = values;
    const timer = setTimeout(() => hear(ofPicture), REST);
    return () => clearTimeout(timer);
  }, [values]);
  return heard;
}

/** The sum without a word left out, what is said of A, and how good the weights are. */
function InFull({ network, lab, values, others, sum, at }: SaidProps & { at: number[] }) {
  const { classes, stages } = network;
  const own = stageNamed(stages, lab.state.picked[0]);
  const before = others?.[own.name].data[flat(own, at)];
  const said = (of: Values, picture: string) => {
    const { first, rest } = words.verdict(network, of, picture);
    return `${first}${rest}`;
  };
  return (
    <div class="cnl-in-full">
      {others && (
        <p class="cnl-verdict">
          A: the network says {said(others, lab.state.kept as string)} B: it says{" "}
          {said(values, lab.state.input)}
        </p>
      )}
      <p>
        <b class="cnl-unit-name">{words.unitName(own, at, classes)}</b>{" "}
        {words.sumInFull(own, sum, at, classes)}
        {before !== undefined && `; A has ${full(before)}`}
      </p>
      <p class="cnl-formula">{network.about}</p>
    </div>
  );
}

export default platform.view(LeNetLab);
