/** What a page and whoever races for it say to each other, and the rules. */
import type { Trouble } from "../parts/trouble.ts";
import type { RaceLab as Settings } from "../settings.ts";

export type { Settings };
export type Order = "practise" | "race" | "stop";
/** The digits that judge: 250 kept back from those to learn from, or the 500 of the test. */
export type Judged = "practice" | "race";

export const LINE = 0.95; // mean accuracy to reach, as in book_utils/speedrun.py
export const LEAST = 10; // networks of a result that counts, as there
export const KEPT_BACK = 250; // digits that judge practice, as in attempt.py
export const LOOKS = 20; // times that a run is tested, as in attempt.py

/** The run of one network; its clock stands still while it is tested. */
export type Lane = {
  /** the clock at each look, in seconds */
  at: number[];
  /** the share of the judging digits named right, by look */
  accuracies: number[];
  /** of training so far */
  seconds: number;
  /** how much of the run is behind it, 0 to 1 */
  share: number;
  isDone: boolean;
  trouble: Trouble;
};

/** One network after another, with the settings of the start. */
export type Progress = { judged: Judged; settings: Settings; lanes: Lane[] };
