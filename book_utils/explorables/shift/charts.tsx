/** How features change: one row of them as a line, and each method by a bar and a curve. */
import { short } from "../parts/numbers.ts";
import type { ShiftLab as Settings } from "../settings.ts";
import type { Changes } from "./shifting.ts";

const CHART = { width: 640, height: 90, pad: 4 };

export type LineProps = { before: number[]; after: number[]; high: number; row: number };

/** One row of the features before and after, as steps. */
export function Line({ before, after, high, row }: LineProps) {
  const { width, height, pad } = CHART;
  const steps = (values: number[]) => {
    const x = (i: number) => (i * width) / values.length;
    const y = (v: number) => height - pad - (v / (high || 1)) * (height - 2 * pad);
    return values.map((v, i) => `${i ? "L" : "M"}${x(i)},${y(v)}H${x(i + 1)}`).join("");
  };
  const list = (values: number[]) => values.map(short).join(", ");
  return (
    <figure class="cnl-line">
      <figcaption>
        Row {row}: <span class="cnl-line-before">before (dashed)</span>,{" "}
        <span class="cnl-line-after">after</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Row ${row} before: ${list(before)}. After: ${list(after)}.`}
      >
        <path d={steps(after)} class="cnl-line-after" />
        <path d={steps(before)} class="cnl-line-before" />
      </svg>
    </figure>
  );
}

type Method = Settings["method"];
export type MethodsProps = { changes: Changes; axis: Changes; method: Method; shift: number };

/** Two maps without a feature in common: as long, never negative, at right angles. */
const CEILING = Math.SQRT2;

/**
 * The change by every method: as a bar at this shift, and as a curve over all shifts.
 * @param axis  changes for which there is room, whichever are shown
 */
export function Methods({ changes, axis, method, shift }: MethodsProps) {
  const rows = (Object.keys(changes) as Method[]).map((name) => ({
    name,
    values: changes[name].map(({ change }) => change),
  }));
  const most = Object.values(axis).flatMap((all) => all.map(({ change }) => change));
  const high = Math.max(1.04 * CEILING, ...most);
  return (
    <table class="cnl-changes">
      <thead>
        <tr>
          <th scope="col">Change at shift {shift}</th>
          <th scope="col">
            <div class="cnl-ceiling" style={`width:${(100 * CEILING) / high}%`}>
              <span>nothing alike: </span>√2
            </div>
          </th>
          <td />
          <th scope="col">Shift 0–{changes[method].length - 1}, to √2</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, values }) => (
          <tr key={name} aria-current={name === method ? "true" : undefined}>
            <th scope="row">{name}</th>
            <td>
              <div class="cnl-change">
                <div style={`width:${(100 * values[shift]) / high}%`} />
                <span style={`left:${(100 * CEILING) / high}%`} />
              </div>
            </td>
            <td class="cnl-figures">{values[shift].toFixed(2)}</td>
            <td>
              <Curve values={values} high={high} at={shift} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const SMALL = { width: 104, height: 22, radius: 2 };

/** A small curve of five points between 0 and the ceiling, the present one marked. */
function Curve({ values, high, at }: { values: number[]; high: number; at: number }) {
  const { width, height, radius } = SMALL;
  const edge = 2 * radius;
  const y = (v: number) => height - edge - (v / high) * (height - 2 * edge);
  const points = values.map((v, i) => [
    edge + (i * (width - 2 * edge)) / (values.length - 1),
    y(v),
  ]);
  return (
    <svg
      class="cnl-curve"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={values.map((v) => v.toFixed(2)).join(", ")}
    >
      <path class="cnl-curve-ends" d={`M0 ${y(0)}h${width}M0 ${y(CEILING)}h${width}`} />
      <path d={`M${points.map(String).join("L")}`} />
      {points.map(([x, y], i) => (
        <circle key={i} cx={x} cy={y} r={i === at ? 2 * radius : radius} />
      ))}
    </svg>
  );
}
