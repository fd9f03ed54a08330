/** What the network is given: pictures to choose from, and a second picture to compare. */
import { useContext, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { bytesOf } from "../arithmetic/network.ts";
import { SIDE } from "../parts/digit.ts";
import { Radios } from "../parts/radios.tsx";
import { Place } from "../platform/frame.tsx";
import type { LabOf } from "../platform/lab.tsx";
import type { LeNetLab as Settings } from "../settings.ts";
import type { Network } from "./network.ts";
import type { Show } from "./paint.ts";

type GalleryProps = { network: Network; chosen: number; onChoose: (picture: string) => void };

/** The pictures to choose from: one composite, through which the arrow keys go. */
export function Gallery({ network, chosen, onChoose }: GalleryProps) {
  const { images, labels, classes } = network;
  const place = useContext(Place);
  const nameOf = (i: number) =>
    `Picture ${i}${labels[i] === undefined ? "" : `: ${classes[labels[i]]}`}`;
  const thumbs = useMemo(() => images.map((picture) => <Thumb picture={picture} />), [images]);
  const onKeyDown = (event: KeyboardEvent) => {
    const last = images.length - 1;
    const to = {
      ArrowLeft: chosen - 1,
      ArrowUp: chosen - 1,
      ArrowRight: chosen + 1,
      ArrowDown: chosen + 1,
      Home: 0,
      End: last,
      Enter: chosen,
      " ": chosen,
    }[event.key];
    if (to === undefined || event.altKey || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    const i = Math.min(last, Math.max(0, to));
    ((event.currentTarget as HTMLElement).children[i] as HTMLElement).focus();
    onChoose(images[i]);
  };
  if (place === "beside") return null;
  return (
    <div
      class="cnl-gallery"
      role="listbox"
      aria-orientation="horizontal"
      aria-label="Pictures to choose from"
      onKeyDown={onKeyDown}
    >
      {thumbs.map((thumb, i) => (
        <div
          key={i}
          role="option"
          tabIndex={i === Math.max(0, chosen) ? 0 : -1}
          aria-selected={i === chosen}
          aria-label={nameOf(i)}
          title={nameOf(i)}
          onClick={() => onChoose(images[i])}
        >
          {thumb}
        </div>
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

type ComparingProps = { lab: LabOf<Settings>; show: Show; onShow: (show: Show) => void };

const SHOWS = ["B", "A", "B − A"] as const;

/** Buttons for the picture that is kept as A, and which of the two the maps are of. */
export function Comparing({ lab, show, onShow }: ComparingProps) {
  const { input, kept } = lab.state;
  if (useContext(Place) === "beside") return null;
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
          <Radios label="Maps of" value={show} options={SHOWS} onChange={onShow} />
        </>
      )}
    </div>
  );
}
