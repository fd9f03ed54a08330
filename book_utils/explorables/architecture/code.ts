/** A network of rows in PyTorch: code that needs nothing but torch. */
import { product } from "../arithmetic/ledger.ts";
import { thousands } from "../parts/numbers.ts";
import { layerCall } from "../parts/pytorch.ts";
import { account, sums } from "./account.ts";
import { CLASSES } from "./classes.ts";
import { BLOCKS, type Row } from "./rows.ts";

/** A layer as PyTorch writes it. @param x  shape of its input */
export function layerCode(row: Row, x: number[]) {
  const comes = row.expects ?? (row.kind === "Linear" ? product(x) : x[0]);
  return `${BLOCKS.includes(row.kind) ? "" : "nn."}${layerCall(row, comes)}`;
}

/**
 * The network as `nn.Sequential`, the classes of its blocks before it.
 * @throws {RangeError} if a row does not fit
 */
export function code(input: number[], rows: readonly Row[]): string {
  const entries = account(input, rows);
  const layers = rows.map((row, i) => {
    const entry = entries[i];
    if (entry.state !== "counted") throw new RangeError(`Row ${i + 1} does not fit.`);
    return `    ${layerCode(row, entry.input)},  # ${entry.shape.join("×")}`;
  });
  const blocks = BLOCKS.filter((kind) => rows.some((row) => row.kind === kind));
  const before = blocks.map((kind) => `${CLASSES[kind]}\n\n`).join("");
  return `import torch
from torch import nn

${before && `\n${before}`}model = nn.Sequential(
${layers.join("\n")}
)
x = torch.zeros(2, ${input.join(", ")})  # two examples
print(model(x).shape)
print(sum(p.numel() for p in model.parameters()))  # ${thousands(sums(entries).parameters)}
`;
}
