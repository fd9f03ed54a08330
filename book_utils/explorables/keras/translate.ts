/** A Keras call in PyTorch, as `book_utils.keras.translate` has it. */
import { settled } from "./arguments.ts";
import { Layer, type Translation } from "./layer.ts";
import { LAYERS } from "./layers.ts";
import { parse } from "./parse.ts";

/**
 * The PyTorch layer that computes what a Keras layer does with the same weights.
 * @param input  (height, width, channels), or (features), unless the call says its own
 * @throws {RangeError} that says what was given, what is known and what to do
 */
export function translate(call: string, input: number[]): Translation {
  const { name, given } = parse(call);
  const { given: all, shape } = settled(name, given, input);
  return LAYERS[name](new Layer(name, all, shape));
}
