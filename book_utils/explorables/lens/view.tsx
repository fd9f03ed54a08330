/** The lens lab: a window of nine pixels is dragged over a photograph, and makes another of it. */
import { useMemo, useState } from "preact/hooks";
import type { Planes } from "../arithmetic/filter.ts";
import { useDecoded } from "../parts/photograph.tsx";
import { Radios } from "../parts/radios.tsx";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import { useTraits } from "../platform/traits.ts";
import type { LensLab as Settings } from "../settings.ts";
import { lookAt, type Name, solve } from "./solution.ts";
import { Stage } from "./stage.tsx";
import * as words from "./words.ts";

type At = [number, number];
type Lab = platform.LabOf<Settings>;
type Data = { photo: string; pixels: string; kernels: Record<Name, number[][]> };

const LABEL = "Lens lab";

function LensLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host);
  const [data] = useTraits<Data>(host.model, ["photo", "pixels", "kernels"]);
  const photo = useDecoded(data.pixels);
  if (photo) return <Work {...{ lab, data, photo }} />;
  return (
    <Frame lab={lab} label={LABEL} controls={{}}>
      {null}
    </Frame>
  );
}

type WorkProps = { lab: Lab; data: Data; photo: Planes };

/** The lab, once there is a photograph. */
function Work({ lab, data, photo }: WorkProps) {
  const { kernel: name } = lab.state;
  const kernel = data.kernels[name];
  const solution = useMemo(() => solve(photo, kernel), [photo, name]);
  const [pointed, point] = useState<At | null>(null);
  const { height, width } = solution.output;
  const inside = ([i, j]: At): At => [Math.min(i, height - 1), Math.min(j, width - 1)];
  const picked = inside(lab.state.picked);
  const at = inside(pointed ?? picked);
  const looked = lookAt(solution, at);
  const pick = (to: At) => {
    point(null);
    lab.change({ picked: to });
  };
  return (
    <Frame
      lab={lab}
      label={LABEL}
      controls={{
        kernel: <Radios {...lab.control("kernel")} label="Weights for" options={words.NAMES} />,
      }}
      begin={
        <button type="button" onClick={() => lab.change(lab.initial)}>
          Reset
        </button>
      }
      python={() => words.asPython(data.photo, Math.min(photo.height, photo.width), kernel)}
    >
      <Stage {...{ solution, name, looked, at, picked }} onPick={pick} onPoint={point}>
        <div class="cnl-said">
          <p>{words.meaning(name, looked.sum)}</p>
          <div class="cnl-hidden" aria-live="polite">
            {words.heard(name, kernel, lookAt(solution, picked), picked)}
          </div>
        </div>
      </Stage>
    </Frame>
  );
}

export default platform.view(LensLab);
