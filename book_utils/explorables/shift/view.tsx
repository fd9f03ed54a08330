/** The shift lab: an image moves by a few pixels; how much do its features change? */
import type { ComponentProps } from "preact";
import { useMemo, useState } from "preact/hooks";
import { Choice, PlayPause, Slider, Stepper, Switch, useTurns } from "../parts/controls.tsx";
import { Pixels } from "../parts/pixels.tsx";
import { spoken } from "../parts/words.ts";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import { useTraits } from "../platform/traits.ts";
import type { ShiftLab as Settings } from "../settings.ts";
import { Line, Methods } from "./charts.tsx";
import { type Change, moved, shiftTable } from "./shifting.ts";
import { asPython, describe, IN_FULL } from "./words.ts";

/** What the lab holds besides its settings. */
type Data = { images: number[][][]; names: string[]; kernel: number[][] };

function ShiftLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host);
  const [{ images, names, kernel }] = useTraits<Data>(host.model, ["images", "names", "kernel"]);
  const [playing, play] = useState(false);
  const { state, change, control, range } = lab;
  const { method, shift, realigned } = state;
  const image = images[state.image];
  const most = range("shift").max;
  const table = useMemo(() => shiftTable(image, kernel, most), [image, kernel]);
  const changes = realigned ? table.realigned : table.inPlace;
  const rows = changes["no pooling"][0].map.length;
  const said = describe(changes, state);
  useTurns(playing, () => lab.set({ shift: (shift + 1) % (most + 1) }));
  /** A hand on the shift ends the play. */
  const slide = (to: number) => {
    play(false);
    change({ shift: to });
  };
  const chosen = control("image");
  const controls = {
    shift: (
      <Slider
        {...control("shift")}
        {...range("shift")}
        label="Shift"
        unit="pixels to the right"
        onChange={slide}
      />
    ),
    method: <Choice {...control("method")} label="Shrink by" options={lab.options("method")} />,
    realigned: <Switch {...control("realigned")} label="realign" />,
    image: names.length > 1 && (
      <Choice
        label="Image"
        value={String(chosen.value)}
        onChange={(i) => chosen.onChange(Number(i))}
        options={names.map((label, i) => ({ value: String(i), label }))}
      />
    ),
    row: <Slider {...control("row")} min={0} max={rows - 1} label="Row drawn as a line" />,
  };
  return (
    <Frame
      lab={lab}
      label="Shift lab"
      said={
        <div class="cnl-said">
          <p class="cnl-sum">
            {said.line} = <b>{said.result}</b>
          </p>
          <div class="cnl-hidden" aria-live={playing ? "off" : "polite"}>
            {spoken(`${said.line} = ${said.result}`).replaceAll("‖", "")}
          </div>
        </div>
      }
      controls={controls}
      play={<PlayPause playing={playing} onPlaying={play} />}
      begin={
        <button type="button" onClick={() => lab.change(lab.initial)}>
          Reset
        </button>
      }
      rest={
        <>
          <Stepper what="shift" count={most + 1} at={shift} onStep={slide} />
          <div class="cnl-in-full">
            <p>
              {IN_FULL.change}: {said.line} = {said.result}. {realigned && IN_FULL.realigned}
            </p>
            <p>{IN_FULL.ceiling}</p>
          </div>
        </>
      }
      python={() => asPython(state, image, kernel, most)}
    >
      <div class="cnl-shift">
        <Pictures
          name={names[state.image]}
          image={image}
          changes={changes[method]}
          shift={shift}
          row={state.row}
          rows={rows}
        />
        <Methods changes={changes} axis={table.inPlace} method={method} shift={shift} />
      </div>
    </Frame>
  );
}

type PicturesProps = {
  name: string;
  image: number[][];
  /** of the features, by shift */
  changes: Change[];
  shift: number;
  /** which of the `rows` of the features before any pooling is drawn as a line */
  row: number;
  rows: number;
};

function Pictures({ name, image, changes, shift, row, rows }: PicturesProps) {
  const [before, { map: after, back }] = [changes[0].map, changes[shift]];
  const picture = useMemo(() => moved(image, shift, changes.length - 1), [image, shift]);
  const difference = useMemo(
    () => after.map((line, i) => line.map((v, j) => v - before[i][j])),
    [before, after],
  );
  const high = Math.max(...changes.flatMap(({ map }) => map.flat()));
  const marked = Math.min(before.length - 1, Math.floor((row * before.length) / rows));
  const size = `${before.length} by ${before[0].length}`;
  const brightest = Math.max(...image.flat());
  const features = { high, marked, size };
  return (
    <>
      <div
        class="cnl-pictures"
        style={`--ratio:${Math.min(2, picture[0].length / picture.length)}`}
      >
        <Picture
          title={`Moved by ${shift}`}
          label={`${name}, moved by ${shift}`}
          rows={picture}
          high={brightest}
          scale="grey"
        />
        <Picture {...features} title="Features before" rows={before} scale="activations" />
        <Picture
          {...features}
          title={back ? `After, back by ${back}` : "Features after"}
          rows={after}
          scale="activations"
        />
        <Picture {...features} title="After − before" rows={difference} scale="weights" />
      </div>
      <Line before={before[marked]} after={after[marked]} high={high} row={marked} />
    </>
  );
}

type PictureProps = Omit<ComponentProps<typeof Pixels>, "label"> & {
  title: string;
  /** for those who cannot see it */
  label?: string;
  size?: string;
};

function Picture({ title, size, label = `${title}, ${size}`, ...pixels }: PictureProps) {
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <Pixels {...pixels} label={label} />
    </figure>
  );
}

export default platform.view(ShiftLab);
