/** The two pictures of the ladder lab: a bar for each rung, and time against the kernel's size. */
import { climbs, NAMES, type Name, RUNGS } from "../arithmetic/ladder.ts";
import { points } from "../parts/chart.tsx";
import type { LadderLab as Settings } from "../settings.ts";
import { RIVALS, SERIES, type Timing } from "./measure.ts";
import * as words from "./words.ts";

const AXIS = { low: -3, high: 2 }; // powers of ten, of milliseconds
const DECADES = [-3, -2, -1, 0, 1, 2];
const LABELLED = [-3, -1, 1]; // under the bars, which have less room

/** Where a time lies between the ends of the axis, in percent; these are fixed. */
function along(milliseconds: number) {
  const power = Math.min(AXIS.high, Math.max(AXIS.low, Math.log10(milliseconds)));
  return (100 * (power - AXIS.low)) / (AXIS.high - AXIS.low);
}

/** A count of multiplications, on the same axis: as if each took a nanosecond. */
const alongCount = (count: number) => along(count / 1e6);

// im2col multiplies as often as the tap loop
const COUNTED = ["taps", "fft"] as const;

const isRival = (rung: Name) => (RIVALS as readonly Name[]).includes(rung);

/** A line as the chart draws it, to find it there. */
const Key = ({ rung }: { rung: Name }) => (
  <svg class={`cnl-key cnl-${rung}`} viewBox="0 0 26 6" aria-hidden="true">
    {isRival(rung) && <path d="M1,3H25" />}
  </svg>
);

type RungsProps = {
  state: Settings;
  /** of these settings, or of others that were measured before */
  timings: Timing[];
  isOld: boolean;
};

/** Each rung with what it multiplies and, once measured, how long it took, on one axis. */
export function Rungs({ state, timings, isOld }: RungsProps) {
  const best = timings.length ? words.fastestOf(timings).rung : null;
  return (
    <div class={isOld ? "cnl-rungs cnl-old" : "cnl-rungs"}>
      <p class="cnl-heads" aria-hidden="true">
        <span>
          <i class="cnl-counted" /> multiplications, at 1 ns each
        </span>
        <span>
          <i class="cnl-time" /> time <span>(each line: ten times as long)</span>
        </span>
      </p>
      <ul>
        {NAMES.map((rung) => {
          const timing = timings.find((each) => each.rung === rung);
          const isOut = !climbs(rung, state.kernel);
          const names = `${isOut ? "cnl-out" : ""} ${rung === best ? "cnl-best" : ""}`;
          const shown = isOut ? undefined : timing;
          const count = isOut ? 0 : RUNGS[rung].multiplications(state.size, state.kernel);
          const end = shown && along(shown.milliseconds);
          return (
            <li key={rung} class={names}>
              <span class="cnl-hidden">
                {words.describeBar(rung, state, isOld ? undefined : shown)}
              </span>
              <span aria-hidden="true">
                <Key rung={rung} />
                {words.RUNG_NAMES[rung]}
              </span>
              <span aria-hidden="true">{words.describeCount(rung, state)}</span>
              <div class="cnl-track" aria-hidden="true">
                {!isOut && <i class="cnl-counted" style={`width:${alongCount(count)}%`} />}
                {shown && <i class="cnl-time" style={`width:${end}%`} />}
                {shown && <b style={`left:${end}%`}>{words.milliseconds(shown.milliseconds)}</b>}
              </div>
            </li>
          );
        })}
      </ul>
      <p class="cnl-decades" aria-hidden="true">
        {LABELLED.map((power) => (
          <span key={power} style={`left:${along(10 ** power)}%`}>
            {10 ** power} {power > 0 && "ms"}
          </span>
        ))}
      </p>
    </div>
  );
}

type CrossoverProps = {
  state: Settings;
  /** of all kernels that were measured on this size */
  times: Timing[];
  isBusy: boolean;
  onFind: () => void;
};

/** The three between which the kernel decides. */
export function Crossover({ state, times, isBusy, onFind }: CrossoverProps) {
  const last = SERIES[SERIES.length - 1];
  const x = (kernel: number) => (100 * (kernel - 1)) / (last - 1);
  const y = (milliseconds: number) => 100 - along(milliseconds);
  return (
    <figure class="cnl-crossover" aria-busy={isBusy}>
      <figcaption>
        <strong>{words.describeCrossover(times, state, isBusy)}</strong>
        <button type="button" disabled={isBusy} onClick={onFind}>
          Find the crossover
        </button>
      </figcaption>
      <div class="cnl-plot" role="img" aria-label={words.describeChart(times, state)}>
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          {DECADES.map((power) => (
            <path key={power} class="grid" d={`M0,${y(10 ** power)}H100`} />
          ))}
          <path class="here" d={`M${x(state.kernel)},0V100`} />
          {COUNTED.map((rung) => {
            const counts = SERIES.map((k) => RUNGS[rung].multiplications(state.size, k));
            const line = points(
              counts,
              (i) => x(SERIES[i]),
              (count) => 100 - alongCount(count),
            );
            return <polyline key={rung} class="counts" points={line} />;
          })}
          {RIVALS.map((rung) => {
            const own = times
              .filter((each) => each.rung === rung)
              .toSorted((one, two) => one.kernel - two.kernel);
            const line = points(
              own.map((each) => each.milliseconds),
              (i) => x(own[i].kernel),
              y,
            );
            return (
              <g key={rung} class={`cnl-${rung}`}>
                <polyline points={line} />
                {own.map(({ kernel, milliseconds }) => (
                  <path key={kernel} class="dot" d={`M${x(kernel)},${y(milliseconds)}h0`} />
                ))}
              </g>
            );
          })}
        </svg>
        {DECADES.map((power) => (
          <span key={power} class="cnl-tick" style={`top:${y(10 ** power)}%`}>
            {10 ** power}
          </span>
        ))}
        {[1, 5, 9, 13, 17, 21].map((kernel) => (
          <span key={kernel} class="cnl-foot-tick" style={`left:${x(kernel)}%`}>
            {kernel}
          </span>
        ))}
      </div>
      <p class="cnl-axis-name" aria-hidden="true">
        ms against the kernel’s side
      </p>
    </figure>
  );
}
