/** The attribution lab: what a network looks at, beside one that has learned nothing (lab.py). */
import { useMemo, useState } from "preact/hooks";
import { aiming } from "../parts/aiming.ts";
import { Choice, Slider } from "../parts/controls.tsx";
import { SIDE } from "../parts/digit.ts";
import { Examples } from "../parts/examples.tsx";
import { Gallery } from "../parts/gallery.tsx";
import { Legend, range } from "../parts/grid.tsx";
import { short } from "../parts/numbers.ts";
import { pixelsOf, textOf } from "../parts/pictures.ts";
import { Pixels } from "../parts/pixels.tsx";
import { Radios } from "../parts/radios.tsx";
import { ReaderPad } from "../parts/reader_pad.tsx";
import { LOADING, useShipped } from "../parts/shipped.ts";
import { StopsSlider } from "../parts/stops.tsx";
import { TenBars } from "../parts/ten.tsx";
import { spoken } from "../parts/words.ts";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import type { AttributionLab as Settings } from "../settings.ts";
import { type Found, useFound } from "./found.ts";
import { cornerOf, type Map2D } from "./solution.ts";
import * as words from "./words.ts";

type Lab = platform.LabOf<Settings>;

const BLANK = textOf(new Uint8Array(SIDE * SIDE));
const FILLS = [0, 0.25, 0.5, 0.75, 1] as const;

function AttributionLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host);
  const { state, change, control } = lab;
  const shipped = useShipped(host, lab.complain, state.seed);
  const [drawing, draw] = useState(false);
  const found = useFound(shipped, state, drawing);
  const pick = (at: number[]) => change({ at });
  const controls = {
    picture: shipped && (
      <Gallery
        pictures={shipped.pictures}
        nameOf={(i) => words.pictureName(shipped.labels, i)}
        chosen={state.drawn ? -1 : state.picture}
        onChoose={(picture) => {
          draw(false);
          change({ picture, drawn: null });
        }}
      />
    ),
    method: (
      <Radios
        {...control("method")}
        label="Method"
        options={lab.options("method").map(({ value }) => value)}
      />
    ),
    size: (
      <Slider
        {...control("size")}
        {...lab.range("size")}
        label="Square"
        format={(n) => `${n}×${n}`}
      />
    ),
    target: (
      <Choice {...control("target")} label="Score of" options={words.targets(found?.answer)} />
    ),
    fill: <StopsSlider {...control("fill")} label="Grey of the square" stops={FILLS} />,
    seed: (
      <Radios
        {...control("seed")}
        label="Random weights"
        options={range(lab.range("seed").max + 1)}
      />
    ),
  };
  return (
    <Frame
      lab={lab}
      label="Attribution lab"
      aside={found && words.named(found)}
      said={<Said state={state} found={found} />}
      play={
        <button
          type="button"
          class="cnl-draw"
          aria-pressed={drawing}
          onClick={() => {
            draw(!drawing);
            if (!drawing && !state.drawn) change({ drawn: BLANK });
            if (drawing && state.drawn === BLANK) change({ drawn: null });
          }}
        >
          Draw
        </button>
      }
      controls={controls}
      begin={<Examples lab={lab} examples={words.EXAMPLES} />}
      rest={
        found && (
          <div class="cnl-in-full">
            {words.inFull(found.seen, found.alike).map((text) => (
              <p key={text}>{text}</p>
            ))}
          </div>
        )
      }
      python={() => words.asPython(state, state.drawn)}
    >
      <div class={`cnl-attribution cnl-by-${state.method}`}>
        {found ? (
          <>
            <Digit {...{ lab, found, drawing, pick }} onDraw={(drawn) => change({ drawn })} />
            <Ten {...{ lab, found }} />
            <MapFigure
              {...{ state, pick }}
              name="trained"
              map={found.maps[0]}
              caption={words.CAPTIONS[state.method]}
            />
            <MapFigure
              {...{ state, pick }}
              name="random weights"
              map={found.maps[1]}
              caption={words.CAPTIONS[state.method]}
            />
          </>
        ) : (
          <p class="cnl-loading">{LOADING}</p>
        )}
      </div>
    </Frame>
  );
}

type SaidProps = { state: Settings; found: Found | null };

/** How alike the maps are, and what is seen at the place that is looked at. */
function Said({ state, found }: SaidProps) {
  const isEmpty = state.drawn === BLANK;
  const { result, note, more } = words.likeness(found ? found.alike : null);
  const line = found ? words.describe(found.seen) : LOADING;
  const heard = isEmpty ? words.EMPTY : found ? words.heard(found.seen, found.alike) : LOADING;
  return (
    <div class="cnl-said">
      <p class="cnl-sum">
        {isEmpty ? (
          words.EMPTY
        ) : (
          <>
            {found && (
              <>
                <span>
                  Rank correlation<i> of the two maps</i>
                </span>{" "}
                = <b>{result}</b>
                <small>
                  {" "}
                  {note}
                  <i>{more}</i>
                </small>
                <br />
              </>
            )}
            {line}
          </>
        )}
      </p>
      <div class="cnl-hidden" aria-live="polite">
        {spoken(heard)}
      </div>
    </div>
  );
}

type DigitProps = {
  lab: Lab;
  found: Found;
  drawing: boolean;
  pick: (at: number[]) => void;
  onDraw: (drawn: string) => void;
};

/** The picture with the square on it, or the pad to draw another. */
function Digit({ lab: { state }, found, drawing, pick, onDraw }: DigitProps) {
  const { picture } = found;
  const rows = useMemo(() => rowsOf(pixelsOf(picture), SIDE), [picture]);
  const isSquare = state.method === "occlusion";
  const picked = (state.at ?? [0, 0]) as [number, number];
  const what = isSquare ? "the square" : "the pixel that is looked at";
  return (
    <figure class="cnl-figure cnl-digit">
      {!drawing && <figcaption>{isSquare ? "drag the square" : "the image"}</figcaption>}
      {drawing ? (
        <ReaderPad digit={picture} onDraw={onDraw} />
      ) : (
        <div
          class="cnl-aimed"
          role="application"
          tabIndex={0}
          aria-label={`The image. Arrow keys move ${what}, with Shift ten pixels at a time`}
          {...aiming({ shape: [SIDE, SIDE], picked, onPick: pick })}
        >
          <Pixels rows={rows} high={1} scale="grey" label="The image" />
          <Mark state={state} isFilled />
        </div>
      )}
    </figure>
  );
}

const rowsOf = (data: Float64Array, side: number) =>
  range(side).map((i) => Array.from(data.subarray(side * i, side * (i + 1))));

/** The square, or the pixel that is looked at. */
function Mark({ state, isFilled }: { state: Settings; isFilled?: boolean }) {
  const isSquare = state.method === "occlusion";
  const [row, column] = isSquare ? cornerOf(state) : (state.at ?? [0, 0]);
  const part = (v: number) => `${(100 * v) / SIDE}%`;
  const side = part(isSquare ? state.size : 1);
  const level = Math.round(255 * state.fill);
  const ground = isFilled && isSquare ? `background:rgb(${level} ${level} ${level});` : "";
  return (
    <i
      class={isSquare ? "cnl-square" : "cnl-pixel"}
      style={`${ground}top:${part(row)};left:${part(column)};width:${side};height:${side}`}
    />
  );
}

function Ten({ lab, found }: { lab: Lab; found: Found }) {
  const { probabilities, before, target } = found;
  return (
    <figure class="cnl-figure cnl-asked">
      <figcaption>probabilities</figcaption>
      <TenBars
        probabilities={probabilities}
        before={before}
        label={words.bars(probabilities)}
        asked={target}
        onAsk={(k) => lab.change({ target: String(k) as Settings["target"] })}
      />
    </figure>
  );
}

type MapProps = {
  state: Settings;
  name: string;
  map: Map2D;
  caption: string;
  pick: (at: number[]) => void;
};

/** A map in its place over the picture, with a scale of its own. */
function MapFigure({ state, name, map: { data, side }, caption, pick }: MapProps) {
  const rows = useMemo(() => rowsOf(data, side), [data]);
  const known = data.filter((v) => !Number.isNaN(v));
  const high = Math.max(0, ...known.map(Math.abs));
  const isSigned = state.method === "occlusion";
  const scale = isSigned ? "weights" : "activations";
  const { onPointerDown, onPointerMove } = aiming({
    shape: [SIDE, SIDE],
    picked: [0, 0],
    onPick: pick,
  });
  const edge = (100 * (SIDE - side)) / 2 / SIDE; // where the middle of the square cannot be
  return (
    <figure class="cnl-figure cnl-of-network">
      <figcaption>
        <b>{name}</b>
      </figcaption>
      <div class="cnl-field" {...{ onPointerDown, onPointerMove }}>
        <div style={`inset:${edge}%`}>
          <Pixels rows={rows} high={high} scale={scale} label={`${caption}, ${name}`} />
        </div>
        <Mark state={state} />
      </div>
      <p class="cnl-scale" aria-hidden="true">
        <span>{caption}</span>
        <Legend scale={scale} low={isSigned ? -round(high) : 0} high={round(high)} />
      </p>
    </figure>
  );
}

const round = (value: number) => Number(short(Number(value.toPrecision(2))));

export default platform.view(AttributionLab);
