/** A network of rows in PyTorch: code that needs nothing but torch. */
import { product } from "../arithmetic/ledger.ts";
import { thousands } from "../parts/numbers.ts";
import { account, sums } from "./account.ts";
import { CLASSES } from "./classes.ts";
import { type Argument, BLOCKS, type Row, SIGNATURES } from "./rows.ts";

const tuple = (numbers: readonly unknown[]) =>
  `(${numbers.map((n) => n ?? "None").join(", ")}${numbers.length === 1 ? "," : ""})`;

/** A value as Python writes it; one number for all where they agree. */
function written(argument: Argument, value: unknown): string {
  if (argument.takes === "truth") return value ? "True" : "False";
  if (argument.takes === "number")
    return typeof value === "string" ? `float("${value}")` : `${value}`;
  if (!Array.isArray(value)) return typeof value === "string" ? `"${value}"` : String(value);
  const [first] = value;
  const isOne = argument.takes !== "maps" && argument.takes !== "shape" && first !== null;
  return isOne && value.every((n) => n === first) ? String(first) : tuple(value);
}

/** Is a value what PyTorch takes where nothing is said? */
function isUsual({ usual }: Argument, value: unknown, row: Record<string, unknown>) {
  return String(value) === String(usual === "kernel" ? row.kernel : usual);
}

/** A layer as PyTorch writes it. @param x  shape of its input */
export function layerCode(row: Row, x: number[]) {
  const values = row as unknown as Record<string, unknown>;
  const comes = row.kind === "Linear" ? product(x) : x[0];
  const given = SIGNATURES[row.kind].flatMap((argument) => {
    const { name, field } = argument;
    if (argument.input) return [String(row.expects ?? comes)];
    if (!field) return [];
    const value = written(argument, values[field]);
    if (!("usual" in argument) || argument.takes === "share") return [value];
    return isUsual(argument, values[field], values) ? [] : [`${name}=${value}`];
  });
  return `${BLOCKS.includes(row.kind) ? "" : "nn."}${row.kind}(${given.join(", ")})`;
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
