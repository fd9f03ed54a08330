/** What one unit of the picked row sees: its field on a photograph of the input's size. */
import { useEffect, useRef, useState } from "preact/hooks";
import { aiming } from "../parts/aiming.ts";
import { thousands } from "../parts/numbers.ts";
import { square, times } from "../parts/words.ts";
import { fieldOf } from "./account.ts";
import type { Counts } from "./rows.ts";
import { fieldInWords, memoryKept, partInWords } from "./words.ts";

type At = [number, number];
type SightProps = { photo: string; input: number[]; entry: Counts };

/** A unit is picked by pointer or arrow keys; it stays where it is while rows change. */
export function Sight({ photo, input, entry }: SightProps) {
  const [place, setPlace] = useState<At>([0.5, 0.5]); // as parts of height and width
  const [height, width] = [input[1] ?? 1, input[2] ?? 1];
  const maps: At = entry.shape.length === 3 ? [entry.shape[1], entry.shape[2]] : [1, 1];
  const unit = maps.map((n, d) => Math.min(n - 1, Math.floor(place[d] * n))) as At;
  const frame = frameOf(entry, unit, [height, width]);
  const canvas = useGrey(photo, height, width);
  const pick = (at: At) => setPlace(at.map((v, d) => (v + 0.5) / maps[d]) as At);
  const style = frame && {
    top: `${(100 * frame.first[0]) / height}%`,
    left: `${(100 * frame.first[1]) / width}%`,
    height: `${(100 * frame.size[0]) / height}%`,
    width: `${(100 * frame.size[1]) / width}%`,
  };
  return (
    <div class="cnl-sight">
      <div
        class="cnl-photo"
        role="application"
        tabIndex={0}
        aria-label={`Field of unit ${unit.join(", ")}: ${fieldInWords(entry, frame.part)}`}
        {...aiming({ shape: maps, picked: unit, onPick: pick })}
      >
        <canvas ref={canvas} width={width} height={height} aria-hidden="true" />
        <i style={style} />
      </div>
      <Facts entry={entry} part={frame.part} />
    </div>
  );
}

/** What the field covers of the picture: first pixel, pixels, and the part of all of them. */
function frameOf({ reach }: Counts, unit: At, sizes: At) {
  if (!reach) return { first: [0, 0], size: sizes, part: 1 };
  const field = fieldOf(reach, unit);
  const spans = sizes.map((n, d) => {
    const end = field.first[d] + field.size[d];
    const from = Math.max(0, field.first[d]);
    return { from, size: Math.max(0, Math.min(n, end) - from) };
  });
  const size = spans.map((span) => span.size) as At;
  const part = (size[0] * size[1]) / (sizes[0] * sizes[1]);
  return { first: spans.map(({ from }) => from) as At, size, part };
}

function Facts({ entry, part }: { entry: Counts; part: number }) {
  const { shape, parameters, multiplyAdds, kept, reach } = entry;
  const facts = {
    Output: times(shape),
    Parameters: thousands(parameters),
    "Multiply-adds": thousands(multiplyAdds),
    "Memory kept": memoryKept(kept),
    "One unit sees": reach ? times(reach.field) : "all pixels",
    "of the picture": partInWords(part),
    Jump: reach ? square(reach.jump) : "–",
  };
  return (
    <dl class="cnl-facts">
      {Object.entries(facts).map(([what, text]) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A canvas with the photograph in as many pixels as the network reads. */
function useGrey(photo: string, height: number, width: number) {
  const canvas = useRef<HTMLCanvasElement | null>(null);
  useEffect(() => {
    const image = new Image();
    image.onload = () => canvas.current?.getContext("2d")?.drawImage(image, 0, 0, width, height);
    image.src = photo;
    return () => {
      image.onload = null;
    };
  }, [photo, height, width]);
  return canvas;
}
