/** A mixture at part of its strength. */
import { useRef } from "preact/hooks";
import { blend } from "../arithmetic/mixing.ts";
import type { MixLab as Settings } from "../settings.ts";

export type Mixture = Pick<Settings, "weight" | "bias">;

const alike = (a: Mixture, b: Mixture) =>
  JSON.stringify([a.weight, a.bias]) === JSON.stringify([b.weight, b.bias]);

/**
 * Leads from a picture that is unchanged to the mixture that was last chosen.
 * @param none the mixture that changes nothing
 */
export function useStrength(present: Mixture, none: Mixture, set: (mixture: Mixture) => void) {
  const made = useRef({ goal: present, percent: 100 });
  const mixed = (goal: Mixture, percent: number) =>
    percent === 100 ? goal : blend(none, goal, percent / 100);
  const { goal, percent } = made.current;
  if (!alike(present, mixed(goal, percent))) made.current = { goal: present, percent: 100 };
  return {
    percent: made.current.percent,
    weaken(percent: number) {
      const { goal } = made.current;
      made.current = { goal, percent };
      set(mixed(goal, percent));
    },
  };
}
