/** What the race lab says, its result to send in, and its code. */
import { inPercent, percent, short, thousands } from "../parts/numbers.ts";
import { listed, plural } from "../parts/words.ts";
import type { Kept } from "./best.ts";
import { type Judged, KEPT_BACK, LINE, type Progress, type Settings } from "./orders.ts";
import { isFinished, isOver, type Outcome, outcomeOf } from "./outcome.ts";

const TRAIN = 1500; // digits to learn from, as in bundled_digits.py
const TEST = 500;

/** A time as the clock shows it: 3.41 s. */
export const clock = (seconds: number) =>
  `${seconds < 100 ? seconds.toFixed(2) : Math.round(seconds)} s`;

/** The time of the present network; at the end the mean of all. */
export function onTheClock(progress: Progress | null) {
  const lanes = progress?.lanes ?? [];
  const outcome = progress && isOver(progress) && outcomeOf(progress);
  if (outcome) return { shown: outcome.seconds, of: `mean of ${lanes.length}` };
  const now = lanes[lanes.length - 1];
  return { shown: now?.seconds ?? 0, of: now ? `network ${lanes.length}` : "" };
}

export const name = (judged: Judged) => (judged === "race" ? "Race" : "Practice");

const WHY = {
  exploded: "exploded: each step overshoots.",
  dead: "died: ReLU lets nothing through.",
};

/** 96.2 ± 0.3 %, or without the error where there is one network. */
const accuracyOf = ({ accuracy, accuracyError, times }: Outcome) =>
  times.length > 1 ? `${inPercent(accuracy)} ± ${inPercent(accuracyError)} %` : percent(accuracy);

const finish = percent(LINE).replace(".0", "");

/** Where the race is, in two lines; the time stands out. */
export function verdict(progress: Progress | null, running: boolean) {
  if (!progress) {
    if (running) return { line: "The digits are on their way …", words: "" };
    return {
      line: `Practice: judged by ${KEPT_BACK} digits kept back.`,
      words: `Race: judged by the ${TEST} test digits.`,
    };
  }
  const { judged, settings, lanes } = progress;
  const outcome = outcomeOf(progress);
  if (running) {
    const { trouble, accuracies } = lanes[lanes.length - 1] ?? { trouble: "", accuracies: [] };
    const reached = accuracies.length ? `, ${percent(accuracies[accuracies.length - 1])}` : "";
    return {
      line: `${name(judged)}: network ${Math.max(1, lanes.length)} of ${settings.seeds}${reached}`,
      words: trouble && `Network ${lanes.length} ${WHY[trouble]}`,
    };
  }
  if (!outcome || !isOver(progress))
    return { line: `${name(judged)}: stopped.`, words: "A race that is stopped has no result." };
  const troubled = lanes.findIndex(({ trouble }) => trouble);
  const short = inPercent(LINE - outcome.accuracy);
  return {
    line: `${name(judged)}: ${accuracyOf(outcome)} after`,
    result: clock(outcome.seconds),
    words:
      troubled >= 0
        ? `Network ${troubled + 1} ${WHY[lanes[troubled].trouble || "dead"]}`
        : isFinished(outcome)
          ? judged === "race"
            ? "Over the line!"
            : "Over the line! Faster still, or race?"
          : `${short} points short: no time counts.`,
  };
}

/** The best race, beside the clock. */
export function record({ best, races }: Kept) {
  if (!races) return "No race yet in this browser.";
  const all = plural(races, "race");
  return best ? `Best of ${all}: ${clock(best.seconds)}` : `${all}, none over the line yet`;
}

/** Settings in a line: those of what is shown. */
export const recipe = ({ epochs, rate, shift, batch, momentum, schedule }: Settings) =>
  listed([
    plural(epochs, "epoch"),
    `rate ${short(rate)}${schedule === "one cycle" ? " in one cycle" : ""}`,
    shift > 0 && `shifts of ${plural(shift, "pixel")}`,
    `batches of ${thousands(batch)}`,
    momentum > 0 && `momentum ${short(momentum)}`,
  ]);

/** The rules, and what they protect from. */
export function rules({ seeds }: Settings, { races }: Kept) {
  return (
    `The clock counts the training of each network, mean of ${seeds}; making it and testing it ` +
    `are outside. Only the test after its last step counts. Practice learns from ` +
    `${thousands(TRAIN - KEPT_BACK)} digits and is judged by ${KEPT_BACK} others; a race learns ` +
    `from ${thousands(TRAIN)} and is judged by the ${TEST} of the test, which were looked at in ` +
    `${plural(races, "race")} here. Choose the settings in practice: each choice made on the ` +
    "test fits it a little."
  );
}

/** The tries for those who do not see them. */
export function describe(progress: Progress | null, tries: Outcome[]) {
  if (!progress) return `Accuracy by seconds of training; the finish is ${finish}.`;
  const now = progress.lanes[progress.lanes.length - 1];
  const reached = now?.accuracies[now.accuracies.length - 1] ?? 0;
  const before = tries.map((each) => `${accuracyOf(each)} after ${clock(each.seconds)}`);
  return listed(
    [
      `Accuracy by seconds of training: ${percent(reached)} after ${clock(now?.seconds ?? 0)}, ` +
        `network ${progress.lanes.length} of ${progress.settings.seeds}; the finish is ${finish}.`,
      before.length > 0 && `Tries: ${before.join(", ")}.`,
    ],
    " ",
  );
}

export const asPython = (settings: Settings) => {
  const { epochs, rate, shift, batch, momentum, schedule, seeds } = settings;
  return `from book_utils.explorables import RaceLab

lab = RaceLab(
    epochs=${epochs}, rate=${rate}, shift=${shift}, batch=${batch},
    momentum=${momentum}, schedule="${schedule}", seeds=${seeds},
)
attempt = lab.practise()  # or lab.race(), judged by the test
print(f"{attempt.accuracy:.1%} after {attempt.seconds:.2f} s")
`;
};
