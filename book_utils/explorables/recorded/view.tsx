/** Sliders over pictures: recorded ones in the built book, fresh ones where a kernel answers. */
import type { ComponentChildren } from "preact";
import { useContext, useEffect } from "preact/hooks";
import { Slider } from "../parts/controls.tsx";
import { Frame, Place } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import { useTraits } from "../platform/traits.ts";
import type { RecordedSlider as Settings } from "../settings.ts";

/** What the lab holds besides its settings. */
type Data = {
  /** the labels of the values of each slider, by its name */
  choices: Record<string, string[]>;
  /** the present picture, and what it shows */
  frame: string;
  caption: string;
  /** recorded pictures, by the places of the sliders: "0,2" */
  frames: Record<string, { src: string; alt: string }>;
};

/** The places of all sliders, with one of them moved. */
const moved = (at: number[], slider: number, to: number) =>
  at.map((place, s) => (s === slider ? to : place));

function Recorded(host: platform.Host) {
  const lab = platform.useLab<Settings>(host);
  const [{ choices, frame, caption, frames }] = useTraits<Data>(host.model, [
    "choices",
    "frame",
    "caption",
    "frames",
  ]);
  const { value: at, initial, onChange } = lab.control("at");
  const { src, alt } = frames[String(at)] ?? { src: frame, alt: caption };
  const names = Object.keys(choices);

  useEffect(() => {
    // the next move of any slider should find its picture loaded
    const near = names.flatMap((_, s) => [moved(at, s, at[s] - 1), moved(at, s, at[s] + 1)]);
    for (const picture of near.map((places) => frames[String(places)])) {
      if (picture) new Image().src = picture.src;
    }
  }, [String(at)]);

  const sliders = Object.entries(choices).map(([name, labels], s) => (
    <Slider
      key={name}
      label={name.replaceAll("_", " ")}
      value={at[s]}
      min={0}
      max={labels.length - 1}
      initial={initial[s]}
      format={(i) => labels[i]}
      onChange={(i) => onChange(moved(at, s, i))}
    />
  ));
  return (
    <Frame
      lab={lab}
      label={`Picture with ${names.length === 1 ? "a slider" : "sliders"}: ${names.join(", ")}`}
      said={
        <div class="cnl-said">
          <p class="cnl-caption" role="status">
            {alt}
          </p>
        </div>
      }
      controls={{ at: <Sliders all={sliders} /> }}
      rest={
        <div class="cnl-in-full">
          <p>{alt}</p>
        </div>
      }
    >
      <img class="cnl-frame-picture" src={src} alt={alt} />
    </Frame>
  );
}

const AT_HAND = 4;

/** The first sliders are at hand; those for which there is no room are in the panel. */
function Sliders({ all }: { all: ComponentChildren[] }) {
  const place = useContext(Place);
  if (place !== "beside") return <>{place === "hand" ? all.slice(0, AT_HAND) : all}</>;
  return <Place.Provider value="panel">{all.slice(AT_HAND)}</Place.Provider>;
}

export default platform.view(Recorded);
