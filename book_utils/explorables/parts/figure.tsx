/** A grid with its caption, and the colours of its numbers. */

/**
 * @param props
 * `sign` stands before the figure, as in input ⋆ kernel = output
 */
export function Figure({
  sign,
  name,
  shape,
  legend,
  children,
}: {
  sign?: string;
  name: string;
  shape: readonly [number, number];
  legend?: any;
  children: any;
}) {
  return (
    <div class="cnl-term">
      {sign && (
        <span class="cnl-sign" aria-hidden="true">
          {sign}
        </span>
      )}
      <figure class="cnl-figure">
        <figcaption>
          <span>
            {name} {shape[0]}×{shape[1]}
          </span>
          {legend}
        </figcaption>
        {children}
      </figure>
    </div>
  );
}

/** Where numbers lie between the least (0) and the greatest (1) of them: for activations. */
export function activationScale(values: number[]) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return { low, high, of: (v: number) => (high > low ? (v - low) / (high - low) : 0) };
}

/** Where numbers lie between −1 and 1, with 0 in the middle: for weights. */
export function weightScale(values: number[]) {
  const high = Math.max(...values.map(Math.abs)) || 1;
  return { low: -high, high, of: (v: number) => v / high };
}
