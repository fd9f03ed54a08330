/** What the teach lab says, its code, and what to begin from. */
import { PENALTY } from "../arithmetic/softmax_regression.ts";
import { wholePercent } from "../parts/numbers.ts";
import { listed, plural } from "../parts/words.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import {
  countsOf,
  type Example,
  KINDS,
  type Kind,
  MOST,
  OWN,
  type Pairs,
  type Settings,
  type Sign,
  type Study,
  score,
} from "./study.ts";

export const PAIRS: Record<Settings["signs"], string> = {
  letters: "K or X",
  arrows: "left or right",
  faces: "glad or sad",
  own: "draw your own",
};
export const LAYERS: Record<Settings["layer"], string> = {
  dense: "last hidden layer",
  conv: "convolutions",
};
export const FEATURES: Record<Kind, string> = {
  trained: "trained",
  random: "random",
  pixels: "pixels",
};
const SIZES: Record<Settings["layer"], number> = { dense: 84, conv: 400 };

/** The two signs by name. */
export const namesOf = (pairs: Pairs, signs: string) => pairs[signs]?.names ?? ["1st", "2nd"];

/** How many numbers the features of a picture are. */
export const numbersOf = (kind: Kind, layer: Settings["layer"]) =>
  `${kind === "pixels" ? 784 : SIZES[layer]} numbers`;

/** What one of the three says of a picture, from the probability of the second sign. */
export function verdict(second: number, names: string[]) {
  const sign = second > 0.5 ? 1 : 0;
  return { name: names[sign], share: wholePercent(sign ? second : 1 - second) };
}

/** What was said of the sign that has just become an example. */
export type Taught = { sign: Sign; second: number | null };

type Told = { line: string; result?: string; after?: string; note: string };

type Case = {
  names: string[];
  study: Study | null;
  /** the last that was tested */
  tested: Study | null;
  isEmpty: boolean;
  /** where the sign on the pad is one of the examples */
  known: Example | undefined;
  second: number | null;
  taught: Taught | null;
};

/** Two lines: what the trained network says of the sign, and how often each is right. */
export function described(now: Case): Told {
  const { study, names, known, isEmpty, taught } = now;
  if (!study) return { line: "The network is on its way …", note: "" };
  const note = now.tested ? summary(now.tested) : "";
  if (isEmpty) return { ...lastly(taught, names, study), note };
  if (now.second === null) return { line: missing(study, names), note };
  const { name, share } = verdict(now.second, names);
  if (known) return { line: "Left out, it is named", result: name, after: share, note };
  return { line: "The trained features say", result: name, after: share, note };
}

/** What was taught last, where the pad is empty. */
function lastly(taught: Taught | null, names: string[], study: Study) {
  if (!taught) return { line: missing(study, names) };
  if (taught.second === null) return { line: missing(study, names) };
  const { name, share } = verdict(taught.second, names);
  const isRight = (taught.second > 0.5 ? 1 : 0) === taught.sign;
  return { line: `It had said ${name}, ${share}:`, result: isRight ? "right" : "wrong" };
}

/** Which examples are missing, or that it is ready. */
function missing(study: Study, names: string[]) {
  const lacks = countsOf(study.examples).flatMap((count, sign) => (count ? [] : [names[sign]]));
  if (lacks.length === 2) return "Draw a first sign, and press what it is.";
  return lacks.length ? `Now draw an example of the ${lacks[0]} sign.` : "Draw a further sign.";
}

/** How often each of the three is right, on what it has not learned from. */
function summary({ of }: Study) {
  const count = (what: "further" | "leftOut") => KINDS.map((kind) => score(of[kind][what]));
  const [further, leftOut] = [count("further"), count("leftOut")];
  const found = further[0].of ? further : leftOut;
  const { of: n } = found[0];
  if (!n) return "";
  const [trained, random, pixels] = found.map(({ right }) => right);
  const signs = further[0].of ? plural(n, "further sign") : `${n} left out in turn`;
  return (
    `Of ${signs}, trained features name ${trained} right, random features ${random}, ` +
    `pixels ${pixels}.`
  );
}

/** All there is to say, for the panel. */
export function inFull(study: Study, settings: Settings, names: string[]) {
  const counts = countsOf(study.examples).map(
    (n, sign) => `${plural(n, "example")} of ${names[sign]}`,
  );
  const told = KINDS.map((kind) => {
    const [left, further] = [score(study.of[kind].leftOut), score(study.of[kind].further)];
    const numbers = numbersOf(kind, settings.layer);
    return (
      `${FEATURES[kind]} features (${numbers}): ${left.right} of ${left.of} right when left out, ` +
      `${further.right} of ${further.of} further signs`
    );
  });
  return `${counts.join(", ")}; at most ${MOST} of each. ${told.join(". ")}.`;
}

export const METHOD =
  "The features stay, each vector of length 1. A last layer learns at once: softmax regression, " +
  `mean cross-entropy + ${PENALTY}/2 · the sum of all squared weights. Further signs are the ` +
  "ready ones that are no examples, and each that you draw, before it is learned. The ready " +
  "signs were written down as strokes and varied by chance. Nothing that you draw leaves this " +
  "page.";

export const NOTHING = "Nothing is drawn yet: draw a sign on the pad first.";
export const ALREADY = "This sign is an example already: draw another.";
export const full = (name: string) =>
  `There are ${MOST} examples of ${name}, and no room for more: take one away first.`;
export const NONE_LEFT = "All ready signs were shown: draw one.";

const numbers = { dense: 84, conv: 400 };
const made = {
  dense: "network.dense[:5](network.features(x))",
  conv: "network.features(x).flatten(1)",
};

/** @param input  the picture on the pad, unless it is the one that is there at first */
export function asPython(
  { signs, ready, layer }: Settings,
  examples: readonly Example[],
  drawn: readonly Example[],
  input: string | null,
) {
  const given = listed([
    `signs="${signs}"`,
    signs !== OWN && `ready=${ready}`,
    `layer="${layer}"`,
    drawn.length > 0 && `drawn={"${signs}": ${JSON.stringify(drawn)}}`,
    input && `input="${input}"`,
  ]);
  const lab = `lab = TeachLab(${given})`;
  if (countsOf(examples).includes(0))
    return `from book_utils.explorables import TeachLab

${lab}
y = lab.output  # an error: one of the signs has no example yet
`;
  return `import torch
import torch.nn.functional as F
from torch import nn

from book_utils import weights
from book_utils.explorables import TeachLab

${lab}
images, labels = lab.examples
network = weights.load("digit_lenet")


def features(x):  # (n, 1, 28, 28) -> (n, ${numbers[layer]}), each row of length 1
    with torch.no_grad():
        return F.normalize(${made[layer]}, dim=1).double()


x, last = features(images), nn.Linear(${numbers[layer]}, 2).double()
optimizer = torch.optim.LBFGS(
    last.parameters(), max_iter=1000, tolerance_grad=1e-9, line_search_fn="strong_wolfe"
)


def loss():
    optimizer.zero_grad()
    penalty = sum(weight.square().sum() for weight in last.parameters())
    loss = F.cross_entropy(last(x), labels) + ${PENALTY} / 2 * penalty
    loss.backward()
    return loss


optimizer.step(loss)
y = last(features(lab.input[None, None])).softmax(1)[0]
`;
}

export const EXAMPLES: ExamplesOf<Settings> = {
  "": {
    "K or X, five of each": {},
    "K or X, ten of each": { ready: 10 },
    "arrows: pixels are enough": { signs: "arrows" },
    "faces: too much for the last layer": { signs: "faces", ready: 10 },
    "faces, from the convolutions": { signs: "faces", ready: 10, layer: "conv" },
    "two signs of your own": { signs: "own" },
  },
};
