/** A row that does not fit: why, what PyTorch says, and what would fit. */
import type { Refusal, Row } from "./rows.ts";

type TroubleProps = { at: number; refusal: Refusal; onTake: (rows: Row[]) => void };

export function Trouble({ at, refusal: { says, pytorch, fits }, onTake }: TroubleProps) {
  return (
    <div class="cnl-trouble">
      <p>
        <strong>✗ Layer {at + 1} does not fit.</strong> {says}
      </p>
      {pytorch && (
        <p>
          <span>PyTorch: </span>
          <code>{pytorch}</code>
        </p>
      )}
      {fits.length > 0 && (
        <p class="cnl-fits">
          {fits.slice(0, MOST).map(({ says, instead }) => (
            <button key={says} type="button" onClick={() => onTake(instead)}>
              {says}
            </button>
          ))}
        </p>
      )}
    </div>
  );
}

const MOST = 2; // cures, as many as there is room for
