/** How the weights of a layer are bound: which parameter stands where in its weight matrix. */

type Stage = "dense" | "local" | "shared";

/** All places of a row (one axis) or a picture (two). */
export function placesOf(axes: number, side: number): number[][] {
  const along = Array.from({ length: side }, (_, i) => i);
  return axes === 1 ? along.map((i) => [i]) : along.flatMap((i) => along.map((j) => [i, j]));
}

/**
 * The weight matrix as numbers of parameters: a row for each output, a column for each input;
 * 0 where an output does not read an input.
 */
export function weightMatrix({
  axes,
  side,
  reach,
  stage,
}: {
  axes: number;
  side: number;
  reach: number;
  stage: Stage;
}): number[][] {
  const places = placesOf(axes, side);
  let count = 0;
  return places.map((output) =>
    places.map((input) => {
      const offset = input.map((v, d) => v - output[d]);
      const near = offset.every((v) => Math.abs(v) <= reach);
      if (stage === "shared")
        return near ? 1 + offset.reduce((tap, v) => tap * (2 * reach + 1) + v + reach, 0) : 0;
      return near || stage === "dense" ? ++count : 0;
    }),
  );
}

/**
 * Free parameters of a layer from `side` (or side×side) inputs to as many outputs, counted by
 * formula,
 * so that the side may be a million.
 */
export function parameterCount({
  axes,
  side,
  reach,
  stage,
}: {
  axes: number;
  side: number;
  reach: number;
  stage: Stage;
}) {
  if (stage === "dense") return side ** (2 * axes);
  if (stage === "shared") return (2 * reach + 1) ** axes;
  // At both ends a triangle is cut off.
  return (side * (2 * reach + 1) - reach * (reach + 1)) ** axes;
}
