/** What a page and whoever trains for it say to each other. */
import type { Weights } from "../arithmetic/training.ts";
import type { Trouble } from "../parts/trouble.ts";
import type { LearningLab as Settings } from "../settings.ts";

export type { Settings };
/** `set` hands on a learning rate or a batch, which hold from the next step on. */
export type Order = "run" | "pause" | "step" | "reset" | "set";

export const LENGTH = 400; // steps of a whole run, as in lab.py
export const TESTED_EVERY = 5; // steps, as in lab.py

/** What has been seen of a run; the lists have an entry for each seed. */
export type Progress = {
  step: number;
  /** by step: the mean loss of its batch, before it */
  losses: number[][];
  /** the steps after which the networks were tested */
  tested: number[];
  /** the share of held-out digits named right, by test */
  accuracies: number[][];
  troubles: Trouble[];
  /** of the first seed */
  weights: Weights;
  /** those of its last step */
  gradients: Weights;
};
