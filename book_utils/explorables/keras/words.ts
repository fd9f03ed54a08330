/** What the Keras lab says, and its code. */

import type { Translation } from "./layer.ts";
import { KERAS } from "./sentences.ts";
import { channelsFirst } from "./writing.ts";

/** Calls to pick, by the name of each. */
export const SUCH = KERAS.such.map(([label, call]) => ({ value: call, label }));
export const OWN = "this page’s own";
export const TYPED = "as typed";
export const UNREAD = ["not translated", "Change the call, or pick one."];
export const INPUT = "height, width and channels, such as 28, 28, 1, or a number of features";

export const tooLong = (length: number) =>
  `The text has ${length} characters; at most ${KERAS.most} are read. Shorten it: nothing is lost.`;

export const noInput = (typed: string) =>
  `“${typed.slice(0, 40)}” is no input. Give ${INPUT}, each from 1 to ${KERAS.largest}.`;

/** The numbers of an input as people write it: 28, 28, 1 or (28, 28, 1) or 28×28×1; or nothing. */
export function readInput(typed: string): number[] | null {
  const bare = typed.trim().replace(/^\((.*?),?\)$/, "$1");
  const numbers = bare.split(/\s*[,×x]\s*|\s+/).map((part) => (/^\d{1,5}$/.test(part) ? +part : 0));
  const fits = numbers.every((n) => n >= 1 && n <= KERAS.largest);
  return fits && [1, 3].includes(numbers.length) ? numbers : null;
}

/** The layer as code that runs by itself; a call that is not translated raises its reason. */
export function asPython(call: string, found: Translation | string) {
  if (typeof found === "string") return `raise ValueError(${JSON.stringify(found)})\n`;
  const asked = call.split(/\r\n?|\n/).map((line) => `# ${line}\n`);
  const sizes = channelsFirst(found.input).join(", ");
  return `import torch
from torch import nn

${asked.join("")}layer = ${found.pytorch}
x = torch.zeros(2, ${sizes})  # Keras: (2, ${found.input.join(", ")})
y = layer(x)
shape = tuple(y.shape[1:])
`;
}
