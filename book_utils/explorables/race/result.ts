/** A result as it is sent in: book_utils/speedrun.py says what each field is, and checks it. */
import { LEAST } from "./orders.ts";
import { isFinished, type Outcome } from "./outcome.ts";

/** Does it keep the rules? */
export const counts = (outcome: Outcome) =>
  outcome.judged === "race" && isFinished(outcome) && outcome.times.length >= LEAST;

type Where = Pick<Navigator, "userAgent" | "hardwareConcurrency">;

const BROWSERS = [
  ["Edge", /Edg\w*\/(\d+)/],
  ["Firefox", /Firefox\/(\d+)/],
  ["Chrome", /Chrome\/(\d+)/],
  ["Safari", /Version\/(\d+).*Safari/],
] as const;
const SYSTEMS = [
  ["Android", /Android/],
  ["iOS", /iPhone|iPad/],
  ["Windows", /Windows/],
  ["macOS", /Mac OS X/],
  ["Linux", /Linux/],
] as const;

/** Chrome 140, Linux, 2 cores. */
export function deviceOf({ userAgent, hardwareConcurrency }: Where) {
  const browsers = BROWSERS.map(([name, in_]) => {
    const found = userAgent.match(in_);
    return found && `${name} ${found[1]}`;
  });
  const system = SYSTEMS.find(([, in_]) => in_.test(userAgent))?.[0];
  const cores = hardwareConcurrency && `${hardwareConcurrency} cores`;
  return [browsers.find(Boolean) ?? "a browser", system, cores].filter(Boolean).join(", ");
}

/** The JSON of a race; `races` says how often the test was looked at before and with it. */
export function asSent(outcome: Outcome, races: number, where: Where, date: Date) {
  const { seeds, ...recipe } = outcome.settings;
  const given = Object.entries(recipe).map(([name, v]) => `${name}=${JSON.stringify(v)}`);
  const content = {
    kind: "tab",
    by: "your name",
    date: date.toISOString().slice(0, 10),
    device: deviceOf(where),
    threads: 1,
    versions: { browser: where.userAgent },
    commit: "the race lab of the page",
    command: `RaceLab(${given.join(", ")}, seeds=${seeds}).race()`,
    data: "MNIST digits",
    n_train: 1500,
    n_test: 500,
    evaluation: "counts once, after the last step; looks before it are outside the clock",
    recipe,
    runs: outcome.accuracies.map((accuracy, seed) => ({
      seed,
      accuracy,
      seconds: Number(outcome.times[seed].toFixed(4)),
    })),
    note: `race ${races} in this browser`,
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}
