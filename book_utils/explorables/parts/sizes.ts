/** Sliders for a layer's settings: how far each goes along both axes, and grids that grow. */
import type { LabOf } from "../platform/lab.tsx";
import type { Schema } from "../platform/schema.ts";
import { shapeOf } from "./layer.ts";
import type { GridMemory } from "./memory.ts";

type At = [number, number];
type Range = { min: number; max: number };
type Key = "n" | "k" | "stride" | "padding" | "dilation";

/**
 * The ends of the sliders along height and width, by setting, no further than the schema wants.
 * @param size the setting that gives the size of the window
 * @param ends the ends along one axis, no further than the caps it is given
 */
export function endsOf<Size extends string>(
  schema: Schema,
  size: Size,
  ends: (d: 0 | 1, caps: Partial<Record<Key, number>>) => Record<Key, Range>,
) {
  const settings = {
    n: "input",
    k: size,
    stride: "stride",
    padding: "padding",
    dilation: "dilation",
  };
  const keys = Object.keys(settings) as Key[];
  const caps = Object.fromEntries(keys.map((key) => [key, schema[settings[key]]?.slider]));
  const [down, across] = [ends(0, caps), ends(1, caps)];
  const both = keys.map((key) => [settings[key], [down[key], across[key]]] as const);
  type Setting = Size | "input" | "stride" | "padding" | "dilation";
  return Object.fromEntries(both) as unknown as Record<Setting, readonly [Range, Range]>;
}

/** A control that makes a grid larger or smaller; its memory keeps what was typed. */
export function resizing<S extends Record<K, number[][]>, K extends string>(
  lab: LabOf<S>,
  name: K & keyof S & string,
  memory: GridMemory,
) {
  const { value, initial, onChange } = lab.control(name);
  return {
    value: shapeOf(value),
    initial: shapeOf(initial),
    onChange: (shape: At) => onChange(memory.resized(...shape) as S[typeof name]),
  };
}
