/** Pictures of 28×28 pixels to choose from: one composite, through which the arrow keys go. */
import { useContext, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { bytesOf } from "../arithmetic/network.ts";
import { Place } from "../platform/frame.tsx";
import { SIDE } from "./digit.ts";

type GalleryProps = {
  /** each 28×28 bytes in base64 */
  pictures: string[];
  nameOf: (index: number) => string;
  /** −1 where it is none of them */
  chosen: number;
  onChoose: (index: number) => void;
};

/** Where a key leads in a row of `count` pictures, one of them chosen; undefined where nowhere. */
export function stepIn(event: KeyboardEvent, chosen: number, count: number) {
  const last = count - 1;
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
  return Math.min(last, Math.max(0, to));
}

export function Gallery({ pictures, nameOf, chosen, onChoose }: GalleryProps) {
  const place = useContext(Place);
  const thumbs = useMemo(() => pictures.map((picture) => <Thumb picture={picture} />), [pictures]);
  const onKeyDown = (event: KeyboardEvent) => {
    const i = stepIn(event, chosen, pictures.length);
    if (i === undefined) return;
    ((event.currentTarget as HTMLElement).children[i] as HTMLElement).focus();
    onChoose(i);
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
          onClick={() => onChoose(i)}
        >
          {thumb}
        </div>
      ))}
    </div>
  );
}

/** A picture of 28×28 pixels. */
export function Thumb({ picture }: { picture: string }) {
  const canvas = useRef<HTMLCanvasElement | null>(null);
  useLayoutEffect(() => {
    const image = new ImageData(SIDE, SIDE);
    bytesOf(picture).forEach((v, i) => image.data.set([v, v, v, 255], 4 * i));
    canvas.current?.getContext("2d")?.putImageData(image, 0, 0);
  }, [picture]);
  return <canvas ref={canvas} width={SIDE} height={SIDE} aria-hidden="true" />;
}
