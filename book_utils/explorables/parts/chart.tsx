/** What charts share: the picture with its description, and lines. */
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
