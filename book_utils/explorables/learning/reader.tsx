/** What the network takes the reader's own digit for at this moment. */
import { useMemo, useState } from "preact/hooks";
import { Pass, type Weights } from "../arithmetic/training.ts";
import { pixelsOf } from "../parts/pictures.ts";

/** The ten probabilities of a picture: anew with each step, and with each stroke. */
export function useReading(digit: string, weights: Weights) {
  const [pass] = useState(() => new Pass());
  return useMemo(() => {
    pass.forward(weights, pixelsOf(digit));
    return [...pass.probabilities];
  }, [digit, weights]);
}
