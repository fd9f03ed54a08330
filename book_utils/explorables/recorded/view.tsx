/**
 * Sliders over pictures: recorded ones in the built book, fresh ones where a kernel answers (see lab.py).
 */

import { useEffect } from "preact/hooks";
import { Slider } from "../parts/controls.tsx";
import type { Host } from "../platform/lab.tsx";
import { Lab, Message, useLab, view } from "../platform/lab.tsx";

const KEYS = ["at"];

function accept(values: string[][], { at }: Record<string, any>) {
  const fits =
    Array.isArray(at) &&
    at.length === values.length &&
    at.every((i, s) => Number.isInteger(i) && i >= 0 && i < values[s].length);
  if (!fits) throw new RangeError("its slider positions are not on these sliders");
  return { at };
}

function Recorded(host: Host) {
  const names = Object.keys(host.model.get("choices"));
  const values = Object.values(host.model.get("choices")) as string[][];
  const lab = useLab(host, [...KEYS, "frame", "caption", "frames"], (settings) =>
    accept(values, settings),
  );
  const { at, frame, caption, frames } = lab.state;
  const recorded = frames[String(at)];
  const [src, alt] = recorded ? [recorded.src, recorded.alt] : [frame, caption];

  useEffect(() => {
    // the next move of any slider should find its picture loaded
    for (const [s, options] of values.entries()) {
      for (const step of [-1, 1]) {
        const near = at.map((i: number, t: number) =>
          t === s ? Math.min(options.length - 1, Math.max(0, i + step)) : i,
        );
        const picture = frames[String(near)];
        if (picture) new Image().src = picture.src;
      }
    }
  }, [String(at)]);

  return (
    <Lab label={`Picture with ${names.length === 1 ? "a slider" : "sliders"}: ${names.join(", ")}`}>
      <img class="cnl-frame-picture" src={src} alt={alt} />
      <p class="cnl-caption" role="status">
        {alt}
      </p>
      <div class="cnl-panel">
        {names.map((name, s) => (
          <Slider
            key={name}
            label={name.replaceAll("_", " ")}
            value={at[s]}
            min={0}
            max={values[s].length - 1}
            initial={lab.initial.at[s]}
            format={(i) => values[s][i]}
            onChange={(i) =>
              lab.change({ at: at.map((old: number, t: number) => (t === s ? i : old)) })
            }
          />
        ))}
      </div>
      <Message lab={lab} />
    </Lab>
  );
}

export default view(Recorded);
