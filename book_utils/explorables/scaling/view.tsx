/** The scaling lab: a step on one device and on several, and what is gained by more (lab.py). */
import type { ComponentChildren } from "preact";
import { lengthOf, type Step } from "../arithmetic/scaling.ts";
import { points } from "../parts/chart.tsx";
import { Choice, Switch } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { plainly, thousands } from "../parts/numbers.ts";
import { Said, SaidInFull } from "../parts/said.tsx";
import { StopsSlider } from "../parts/stops.tsx";
import { type Span, TimeBars } from "../parts/time_bars.tsx";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import { RING } from "../platform/theme.ts";
import { useTraits } from "../platform/traits.ts";
import type { ScalingLab as Settings } from "../settings.ts";
import * as words from "./words.ts";

const DECADES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
const COSTS = [0, 0.1, 0.2, 0.5, 1, 2, 5, 10]; // milliseconds

function ScalingLab(host: platform.Host) {
  const [data] = useTraits<words.Data>(host.model, ["counted"]);
  const lab = platform.useLab<Settings>(host);
  const { state, control } = lab;
  const counts = lab.options("devices").map(({ value }) => value);
  const solution = platform.useSolved(state, () => words.solve(state, data, counts));
  const say = () => words.describe(solution);
  const pick = { picked: true, shown: true, playing: false };
  const controls = {
    network: (
      <Choice
        {...control("network")}
        label="Network"
        options={lab
          .options("network")
          .map(({ value }) => ({ value, label: words.NETWORKS[value] }))}
      />
    ),
    devices: <StopsSlider {...control("devices")} label="Devices" stops={counts} />,
    link: (
      <StopsSlider
        {...control("link")}
        label="Link"
        stops={DECADES}
        ends="1 to 1,000"
        format={(v) => `${plainly(v)} Gbit/s`}
      />
    ),
    batch: (
      <StopsSlider
        {...control("batch")}
        label="Batch"
        unit="images"
        stops={lab.options("batch").map(({ value }) => value)}
        format={thousands}
      />
    ),
    shared: <Switch {...control("shared")} label="share the batch" />,
    overlap: <Switch {...control("overlap")} label="overlap the exchange" />,
    rate: (
      <StopsSlider
        {...control("rate")}
        label="Rate of a device"
        stops={DECADES}
        ends="1 to 1,000"
        format={(v) => `${plainly(v)} TFLOP/s`}
      />
    ),
    cost: (
      <StopsSlider
        {...control("cost")}
        label="Cost of any step"
        stops={COSTS}
        ends="0 to 10"
        format={(v) => `${plainly(v)} ms`}
      />
    ),
  };
  return (
    <Frame
      lab={lab}
      label="Scaling lab"
      aside="reckoned, not measured"
      said={<Said pick={pick} say={say} />}
      controls={controls}
      begin={<Examples lab={lab} examples={words.EXAMPLES} />}
      rest={<SaidInFull pick={pick} say={say} formula={words.inFull(solution)} />}
      python={() => words.asPython(state)}
    >
      <div class="cnl-scaling">
        <Bars solution={solution} />
        <Curve solution={solution} />
      </div>
    </Frame>
  );
}

const LONGEST = 75; // percent of the figure, which leaves room for the milliseconds

/** A step on one device and on all; what the latter takes, part by part. */
function Bars({ solution }: { solution: words.Solution }) {
  const { state, one, all, longest } = solution;
  const bar = (n: number, step: Step) => ({
    name: (
      <>
        {words.devicesOf(n)} <small>{words.imagesOf(state, n)}</small>
      </>
    ),
    spans: spansOf(step),
    said: words.milliseconds(lengthOf(step)),
  });
  const hidden = (
    <>
      <i class="cnl-hidden-part" /> {words.milliseconds(all.hidden)} hidden
    </>
  );
  const part = (part: keyof Step, name: string, note?: ComponentChildren) => ({
    part,
    name,
    figure: words.milliseconds(all[part]),
    note: note ?? `on one: ${words.milliseconds(one[part])}`,
  });
  return (
    <TimeBars
      title="Time of a step"
      says={words.describeBars(solution)}
      bars={[bar(1, one), bar(state.devices, all)]}
      scale={LONGEST / longest}
      parts={[
        part("cost", "cost of any step"),
        part("arithmetic", "arithmetic of the images"),
        part("exchange", "exchange of the gradient", hidden),
      ]}
    />
  );
}

/** The parts one after another, and under the arithmetic what is hidden of the exchange. */
const spansOf = ({ cost, arithmetic, exchange, hidden }: Step): Span[] => [
  { part: "cost", length: cost },
  { part: "arithmetic", length: arithmetic },
  { part: "hidden-part", length: hidden, under: true },
  { part: "exchange", length: exchange - hidden },
];

/** Which hue on the ring a network has. */
const HUE: Record<Settings["network"], number> = {
  lenet: 0,
  small_resnet: 2,
  alexnet: 11,
  resnet18: 8,
  resnet50: 7,
};
const FLOOR = -4; // a sixteenth, as a power of two
const TOP = 6; // 64
const TICKS = [0.25, 1, 4, 16, 64];

const y = (speedup: number) => (100 * (TOP - Math.log2(speedup))) / (TOP - FLOOR);
const x = (devices: number) => (100 * Math.log2(devices)) / TOP;

/** What more devices gain, beside what they could. */
function Curve({ solution }: { solution: words.Solution }) {
  const { state, curve, speedup } = solution;
  const line = (of: "speedup" | "withoutExchange" | "devices") => (
    <polyline
      class={`cnl-${of}`}
      points={points(
        curve.map((at) => at[of]),
        (i) => x(curve[i].devices),
        y,
      )}
    />
  );
  const isBelow = Math.log2(speedup) < FLOOR;
  const place = `left:${x(state.devices)}%;top:${Math.min(100, y(speedup))}%`;
  return (
    <figure class="cnl-gain" style={`--hue:rgb(${RING[HUE[state.network]].join(" ")})`}>
      <figcaption>
        <strong>Times as fast</strong>
        <Key of="speedup">{words.NETWORKS[state.network]}</Key>
        <Key of="devices">ideal</Key>
        <Key of="withoutExchange">without exchange</Key>
      </figcaption>
      <div class="cnl-plot" role="img" aria-label={words.describeCurve(solution)}>
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          {TICKS.map((tick) => (
            <path key={tick} class={tick === 1 ? "grid one" : "grid"} d={`M0,${y(tick)}H100`} />
          ))}
          <path class="grid" d={`M${x(state.devices)},0V100`} />
        </svg>
        <span class="cnl-slower" style={`top:${y(1)}%`}>
          slower than one
        </span>
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          {line("devices")}
          {line("withoutExchange")}
          {line("speedup")}
        </svg>
        <i class={isBelow ? "cnl-at cnl-below-it" : "cnl-at"} style={place} />
        {TICKS.map((tick) => (
          <span key={tick} class="cnl-tick" style={`top:${y(tick)}%`}>
            {tick}
          </span>
        ))}
        {curve.map(({ devices }) => (
          <span key={devices} class="cnl-across" style={`left:${x(devices)}%`}>
            {devices}
          </span>
        ))}
      </div>
      <p>devices (both axes logarithmic)</p>
    </figure>
  );
}

type KeyProps = { of: string; children: ComponentChildren };

const Key = ({ of, children }: KeyProps) => (
  <span class="cnl-key">
    <svg viewBox="0 0 26 6" aria-hidden="true">
      <path class={`cnl-${of}`} d="M1,3H25" />
    </svg>
    {children}
  </span>
);

export default platform.view(ScalingLab);
