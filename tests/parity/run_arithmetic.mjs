// Calls the front-end arithmetic: a list of [function, ...arguments] comes in as JSON on stdin,
// a list of { value } or { refused } goes out. Any error but a RangeError ends the run.
import { readFileSync } from "node:fs";
import * as arithmetic from "../../book_utils/explorables/arithmetic.js";
import * as binding from "../../book_utils/explorables/parts/binding.js";
import * as descent from "../../book_utils/explorables/parts/descent.js";

const functions = { ...arithmetic, ...binding, ...descent };

function answer([name, ...args]) {
  try {
    return { value: functions[name](...args) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { refused: error.message };
  }
}

// JSON has no infinities and would write typed arrays as objects.
function plain(_, value) {
  if (ArrayBuffer.isView(value)) return Array.from(value);
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

const calls = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(calls.map(answer), plain));
