/** What the network is given: pictures to choose from, the pad, and a second picture to compare. */
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { bytesOf } from "../arithmetic/network.ts";
import { Choice } from "../parts/controls.tsx";
import { range } from "../parts/grid.tsx";
import type { LabOf } from "../platform/lab.tsx";
import type { LeNetLab as Settings } from "../settings.ts";
import { SIDE } from "./digit.ts";
import { DrawingPad } from "./drawing.tsx";
import type { Show } from "./flow.tsx";
import { type Network, pixelsOf } from "./network.ts";
import { textOf } from "./runs.ts";
import type { Values } from "./stages.ts";
import { verdict } from "./words.ts";

const SHOWS: { value: Show; label: string }[] = [
  { value: "beside", label: "A and B" },
  { value: "difference", label: "B − A" },
];

function rowsOf(picture: string) {
  const pixels = pixelsOf(picture);
  return range(SIDE).map((i) => Array.from(pixels.subarray(SIDE * i, SIDE * (i + 1))));
}

const pictureOf = (rows: number[][]) => textOf(rows.flat().map((v) => Math.round(255 * v)));

type InputsProps = {
  network: Network;
  lab: LabOf<Settings>;
  values: Values;
  others: Values | null;
  wide: boolean;
  show: Show;
  setShow: (show: Show) => void;
};

export function Inputs({ network, lab, values, others, wide, show, setShow }: InputsProps) {
  const { input, kept } = lab.state;
  const hasPad = network.network === "digit_lenet"; // the pad scales and centres as digits are
  const rows = useMemo(() => rowsOf(input), [input]);
  const chosen = network.images.indexOf(input);
  const choose = (picture: string) => lab.change({ input: picture });
  const gallery = useMemo(
    () => <Gallery network={network} chosen={chosen} onChoose={choose} />,
    [network, chosen],
  ); // not at every stroke of the pen
  const said = (of: Values, picture: string) => {
    const { first, rest } = verdict(network, of, picture);
    return (
      <>
        The network says <b>{first}</b>
        {rest}
      </>
    );
  };
  const { hidden } = lab.control("input");
  return (
    <>
      {!hidden && gallery}
      <div class={`cnl-entry${wide && hasPad ? " wide" : ""}`}>
        {hasPad && !hidden && (
          <DrawingPad
            value={rows}
            onChange={(drawn) => choose(pictureOf(drawn))}
            label="Draw a digit, or change the picture"
          />
        )}
        <div class="cnl-verdict">
          {others && kept && (
            <p>
              <b>A</b> {said(others, kept)}
            </p>
          )}
          <p>
            {others && <b>B </b>}
            {said(values, input)}
          </p>
          <Comparing lab={lab} show={show} setShow={setShow} />
        </div>
      </div>
    </>
  );
}

type ComparingProps = Pick<InputsProps, "lab" | "show" | "setShow">;

/** Buttons for the picture that is kept as A, and how the two are shown. */
function Comparing({ lab, show, setShow }: ComparingProps) {
  const { input, kept } = lab.state;
  if (lab.control("kept").hidden) return null;
  return (
    <div class="cnl-bar">
      <button type="button" onClick={() => lab.change({ kept: input })}>
        {kept ? "Keep this one as A instead" : "Keep this one as A, to compare"}
      </button>
      {kept && (
        <>
          <button type="button" onClick={() => lab.change({ kept: input, input: kept })}>
            Swap A and B
          </button>
          <button type="button" onClick={() => lab.change({ kept: null })}>
            Stop comparing
          </button>
          <Choice label="Show" value={show} options={SHOWS} onChange={setShow} />
        </>
      )}
    </div>
  );
}

type GalleryProps = { network: Network; chosen: number; onChoose: (picture: string) => void };

function Gallery({ network: { images, labels, classes }, chosen, onChoose }: GalleryProps) {
  const nameOf = (i: number) =>
    `Picture ${i}${labels[i] === undefined ? "" : `: ${classes[labels[i]]}`}`;
  return (
    <div class="cnl-gallery" role="group" aria-label="Pictures to choose from">
      {images.map((picture, i) => (
        <button
          key={i}
          type="button"
          aria-pressed={i === chosen}
          onClick={() => onChoose(picture)}
          aria-label={nameOf(i)}
        >
          <Thumb picture={picture} />
        </button>
      ))}
    </div>
  );
}

function Thumb({ picture }: { picture: string }) {
  const canvas = useRef<HTMLCanvasElement | null>(null);
  useLayoutEffect(() => {
    const image = new ImageData(SIDE, SIDE);
    bytesOf(picture).forEach((v, i) => image.data.set([v, v, v, 255], 4 * i));
    canvas.current?.getContext("2d")?.putImageData(image, 0, 0);
  }, [picture]);
  return <canvas ref={canvas} width={SIDE} height={SIDE} aria-hidden="true" />;
}
