/** What charts share: the picture with its description, lines, and the words below an axis. */
import type { ComponentChildren, SVGAttributes } from "preact";

type ChartProps = {
  size: readonly [width: number, height: number];
  says: string;
  /** for the style sheet */
  kind?: string;
  children: ComponentChildren;
} & Pick<SVGAttributes<SVGSVGElement>, "onPointerDown" | "onPointerMove" | "preserveAspectRatio">;

export function Chart({ size, says, kind, ...rest }: ChartProps) {
  const [width, height] = size;
  const names = kind ? `cnl-chart ${kind}` : "cnl-chart";
  const box = `0 0 ${width} ${height}`;
  return <svg class={names} viewBox={box} role="img" aria-label={says} {...rest} />;
}

/** Values as the points of a polyline. */
export const points = (values: number[], x: (i: number) => number, y: (v: number) => number) =>
  values.map((v, i) => `${x(i).toFixed(1)},${y(v).toFixed(1)}`).join(" ");

type BelowProps = {
  y: number;
  /** the ends of the axis: where they are, and what stands there */
  ends: readonly [left: number, right: number];
  from: ComponentChildren;
  to: ComponentChildren;
  children?: ComponentChildren;
};

/** What stands below an axis, at its ends and in the middle. */
export function Below({ y, ends: [left, right], from, to, children }: BelowProps) {
  return (
    <>
      <text x={left} y={y} class="start">
        {from}
      </text>
      {children && (
        <text x={(left + right) / 2} y={y}>
          {children}
        </text>
      )}
      <text x={right} y={y} class="end">
        {to}
      </text>
    </>
  );
}
