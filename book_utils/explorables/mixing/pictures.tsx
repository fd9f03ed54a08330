/** A picture and its three channels, in which a pixel is picked. */
import { useMemo } from "preact/hooks";
import { toBytes } from "../arithmetic/mixing.ts";
import { aiming } from "../parts/aiming.ts";
import { Bitmap } from "../parts/bitmap.tsx";
import { HUES } from "../platform/theme.ts";

type At = [number, number];
export type Channels = { data: ArrayLike<number>; shape: number[] };
export type Picking = { shape: At; picked: At; onPick: (at: At) => void };

export type PictureProps = {
  name: string;
  channels: Channels;
  picking: Picking;
  mask?: Uint8Array | null;
};

export function Picture({ name, channels, picking, mask = null }: PictureProps) {
  const { shape } = picking;
  const bytes = useBytes(channels, null, mask);
  return (
    <figure class="cnl-side">
      <figcaption>
        {name} {shape.join("×")}
      </figcaption>
      <Pixels label={`${name}, ${shape.join(" by ")} pixels`} bytes={bytes} picking={picking} />
    </figure>
  );
}

type ChannelProps = { label: string; channels: Channels; channel: number; picking: Picking };

/** One channel in grey. */
export function Channel({ label, channels, channel, picking }: ChannelProps) {
  const bytes = useBytes(channels, channel, null);
  return <Pixels small label={label} bytes={bytes} picking={picking} />;
}

/** What a canvas shows of three channels or of one; masked pixels get a colour of their own. */
const useBytes = ({ data }: Channels, channel: number | null, mask: Uint8Array | null) =>
  useMemo(() => {
    const bytes = toBytes(data, channel);
    mask?.forEach((out, i) => {
      if (out) bytes.set(HUES.outOfRange, 4 * i);
    });
    return bytes;
  }, [data, channel, mask]);

type PixelsProps = {
  label: string;
  bytes: Uint8ClampedArray<ArrayBuffer>;
  picking: Picking;
  /** for a pointer alone */
  small?: boolean;
};

/** A picture on a canvas, on which a pixel can be picked by pointer, touch or arrow keys. */
function Pixels({ label, bytes, picking, small }: PixelsProps) {
  const [height, width] = picking.shape;
  const [i, j] = picking.picked;
  const { onKeyDown, ...byPointer } = aiming(picking);
  const byKey = {
    role: "application" as const,
    tabIndex: 0,
    "aria-label": `${label}: arrow keys pick a pixel, with Shift ten at a time`,
    onKeyDown,
  };
  const place = {
    top: `${(100 * (i + 0.5)) / height}%`,
    left: `${(100 * (j + 0.5)) / width}%`,
  };
  return (
    <div class={`cnl-pixels${small ? " small" : ""}`} {...byPointer} {...(small ? {} : byKey)}>
      <Bitmap bytes={bytes} width={width} height={height} role="img" aria-label={label} />
      <i style={place} />
    </div>
  );
}
