/** The shift lab: a picture moves by a few pixels; how far do its features change? */
import type { ComponentProps } from "preact";
import { useMemo, useState } from "preact/hooks";
import { Choice, Player, Slider } from "../parts/controls.tsx";
import { Pixels } from "../parts/pixels.tsx";
import { spoken } from "../parts/words.ts";
import * as platform from "../platform/lab.tsx";
import { useTraits } from "../platform/traits.ts";
import type { ShiftLab as Settings } from "../settings.ts";
import { Line, Methods } from "./charts.tsx";
import { type Change, moved, shiftTable } from "./shifting.ts";
import { asPython, describe } from "./words.ts";

/** What the lab holds besides its settings. */
type Data = { images: number[][][]; names: string[]; kernel: number[][] };
type Lab = platform.LabOf<Settings>;

function ShiftLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host);
  const [{ images, names, kernel }] = useTraits<Data>(host.model, ["images", "names", "kernel"]);
  const [playing, play] = useState(false);
  const { state, change, control, range } = lab;
  const { method, shift } = state;
  const image = images[state.image];
  const most = range("shift").max;
  const changes = useMemo(() => shiftTable(image, kernel, most), [image, kernel]);
  const rows = changes["no pooling"][0].map.length;
  const said = describe(changes, state);
  const slide = (to: number) => {
    play(false);
    change({ shift: to });
  };
  return (
    <platform.Lab label="Shift lab">
      <TopBar lab={lab} names={names} />
      <Pictures
        name={names[state.image]}
        image={image}
        changes={changes[method]}
        shift={shift}
        row={state.row}
        rows={rows}
      />
      <div class="cnl-said">
        <p class="cnl-sum">{said}</p>
        <div class="cnl-hidden" aria-live={playing ? "off" : "polite"}>
          {spoken(said).replaceAll("‖", "")}
        </div>
      </div>
      <Methods
        changes={changes}
        method={method}
        shift={shift}
        onPick={(method) => change({ method })}
      />
      <div class="cnl-bar">
        <Player
          what="shift"
          playing={playing}
          onPlaying={play}
          count={most + 1}
          at={shift}
          onStep={(shift) => lab.set({ shift })}
        />
        <platform.Sharing lab={lab} python={() => asPython(state, image, kernel, most)} />
      </div>
      <platform.Message lab={lab} />
      <div class="cnl-panel">
        <Slider
          {...control("shift")}
          {...range("shift")}
          label="Shift to the right"
          unit="pixels"
          onChange={slide}
        />
        <Slider {...control("row")} min={0} max={rows - 1} label="Row drawn as a line" />
      </div>
    </platform.Lab>
  );
}

function TopBar({ lab, names }: { lab: Lab; names: string[] }) {
  const { value, onChange, hidden } = lab.control("image");
  return (
    <div class="cnl-bar">
      {names.length > 1 && (
        <Choice
          label="Picture"
          value={String(value)}
          onChange={(i) => onChange(Number(i))}
          options={names.map((label, i) => ({ value: String(i), label }))}
          hidden={hidden}
        />
      )}
      <button type="button" onClick={() => lab.change(lab.initial)}>
        Reset
      </button>
    </div>
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
  const [before, after] = [changes[0].map, changes[shift].map];
  const picture = useMemo(() => moved(image, shift, changes.length - 1), [image, shift]);
  const difference = useMemo(
    () => after.map((line, i) => line.map((v, j) => v - before[i][j])),
    [before, after],
  );
  const high = Math.max(...changes.flatMap(({ map }) => map.flat()));
  const marked = Math.min(before.length - 1, Math.floor((row * before.length) / rows));
  const size = `${before.length} by ${before[0].length}`;
  const brightest = Math.max(...image.flat());
  const title = `${name}, moved by ${shift}`;
  const features = { high, marked, size };
  return (
    <>
      <div class="cnl-row cnl-pictures">
        <Picture title={title} rows={picture} high={brightest} scale="grey" />
        <Picture {...features} title="features before" rows={before} scale="activations" />
        <Picture {...features} title="features after" rows={after} scale="activations" />
        <Picture {...features} title="after − before" rows={difference} scale="weights" />
      </div>
      <Line before={before[marked]} after={after[marked]} high={high} row={marked} />
    </>
  );
}

type PictureProps = Omit<ComponentProps<typeof Pixels>, "label"> & { title: string; size?: string };

function Picture({ title, size, ...pixels }: PictureProps) {
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <Pixels {...pixels} label={size ? `${title}, ${size}` : title} />
    </figure>
  );
}

export default platform.view(ShiftLab);
