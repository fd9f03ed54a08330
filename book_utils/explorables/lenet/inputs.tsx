/** A second picture to compare with. */
import { useContext } from "preact/hooks";
import { Radios } from "../parts/radios.tsx";
import { Place } from "../platform/frame.tsx";
import type { LabOf } from "../platform/lab.tsx";
import type { LeNetLab as Settings } from "../settings.ts";
import type { Show } from "./paint.ts";

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
