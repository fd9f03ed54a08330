/** What the learning lab says, and its code. */
import { COUNT } from "../arithmetic/training.ts";
import { mean, percent, short, thousands } from "../parts/numbers.ts";
import { listed, plural } from "../parts/words.ts";
import { LENGTH, type Progress, type Settings } from "./orders.ts";

/** The last of each list. */
const last = (lists: number[][]) => lists.map((list) => list[list.length - 1]);

const WHY = { exploded: "each step overshoots", dead: "ReLU lets nothing through" };
const WHAT = { exploded: "exploded", dead: "died" };

/** What went wrong with some of the networks, or nothing. */
export function troubleOf({ troubles }: Progress) {
  const kinds = (["exploded", "dead"] as const).filter((kind) => troubles.includes(kind));
  const all = troubles.length;
  const who = (kind: (typeof kinds)[number]) =>
    all === 1 ? "It" : `${troubles.filter((each) => each === kind).length} of ${all}`;
  const said = kinds.map((kind) => `${who(kind)} ${WHAT[kind]}`);
  if (kinds.length === 1) return `${said[0]}: ${WHY[kinds[0]]}.`;
  return kinds.length ? `${said.join(", ")}.` : "";
}

/** Where training is, in two lines; the accuracy stands out. */
export function verdict(progress: Progress | null, running: boolean) {
  if (!progress) {
    if (running) return { line: "The digits are on their way …" };
    return { line: "Nothing is learned yet: it guesses." };
  }
  const { step, losses, accuracies } = progress;
  const of = losses.length > 1 ? "mean accuracy" : "accuracy";
  return {
    line: `Step ${step}: loss ${short(mean(last(losses)))}, ${of}`,
    result: percent(mean(last(accuracies))),
    trouble: troubleOf(progress),
  };
}

/** What the network takes the reader’s digit for. */
export function reading(probabilities: ArrayLike<number>) {
  const parts = Array.from(probabilities);
  const best = parts.indexOf(Math.max(...parts));
  if (best < 0 || !Number.isFinite(parts[best])) return "The network has no numbers left.";
  return `Your digit: ${best}, ${percent(parts[best])}.`;
}

const spread = (values: number[], say: (v: number) => string) =>
  values.length > 1
    ? `${say(mean(values))} on average, ${say(Math.min(...values))} to ${say(Math.max(...values))}`
    : say(values[0]);

/** A curve for those who do not see it. */
export function describe(name: string, lists: number[][], step: number, say = short) {
  const ends = last(lists).filter((v) => v !== undefined);
  if (!ends.length) return `${name}: empty until training starts.`;
  return `${name}: ${spread(last(lists), say)}, after ${plural(step, "step")}.`;
}

const TRAIN = 1500; // digits to learn from, as in digits.py

/** How far the run is, in full. */
export function inFull(progress: Progress | null, { batch, seeds }: Settings, hasBefore: boolean) {
  const step = progress?.step ?? 0;
  const times = short((step * batch) / TRAIN);
  return listed(
    [
      `${plural(step, "step")} of ${LENGTH}, each on ${plural(batch, "digit")}: each of the ` +
        `${thousands(TRAIN)} was seen ${times} times. ${thousands(COUNT)} weights learn.`,
      seeds > 1 && `The bands span ${seeds} networks, whose initial weights differ.`,
      hasBefore && "The thin line is the run before.",
    ],
    " ",
  );
}

export const asPython = ({ rate, batch, seeds }: Settings, steps: number) => `import torch
import torch.nn.functional as F
from torch import nn
from book_utils import data

train, test = data.mnist()
images, labels = train.images[:1500], train.labels[:1500]
for seed in range(${seeds}):
    torch.manual_seed(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 4, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(576, 10)
    )
    optimiser = torch.optim.SGD(model.parameters(), lr=${rate})
    for step in range(${steps}):
        batch = torch.randperm(1500)[:${batch}]
        loss = F.cross_entropy(model(images[batch]), labels[batch])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    accuracy = (model(test.images[:500]).argmax(1) == test.labels[:500]).float().mean()
    print(f"seed {seed}: loss {loss:.3f}, held-out digits right {accuracy:.1%}")
`;
