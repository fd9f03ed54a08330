/** The slope lab: one block, and the gradient on its way back through many (see lab.py). */
import { useMemo } from "preact/hooks";
import { alongBlocks } from "../arithmetic/slopes.ts";
import { points } from "../parts/chart.tsx";
import { Slider, Switch } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { range } from "../parts/grid.tsx";
import { short } from "../parts/numbers.ts";
import { Said, SaidInFull } from "../parts/said.tsx";
import { StopsSlider } from "../parts/stops.tsx";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import type { SlopeLab as Settings } from "../settings.ts";
import * as words from "./words.ts";

const STEPS = 10; // stops of the slider between two whole numbers

function SlopeLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host);
  const { state, control } = lab;
  const { slope, blocks, shortcut } = state;
  const ways = useMemo(
    () => ({
      residual: alongBlocks(slope, blocks, true).gradient,
      plain: alongBlocks(slope, blocks, false).gradient,
    }),
    [slope, blocks],
  );
  const { min, max } = lab.range("slope");
  const stops = range(STEPS * (max - min) + 1).map((i) => (STEPS * min + i) / STEPS);
  const say = () => words.describe(state, ways);
  const pick = { picked: true, shown: true, playing: false };
  const kind = shortcut ? "residual" : "plain";
  const controls = {
    slope: <StopsSlider {...control("slope")} label="F′" stops={stops} format={short} />,
    blocks: <Slider {...control("blocks")} label="Blocks" {...lab.range("blocks")} />,
    shortcut: <Switch {...control("shortcut")} label="shortcuts" />,
  };
  return (
    <Frame
      lab={lab}
      label="Slope lab"
      aside={shortcut ? "y = relu(x + F(x))" : "y = relu(F(x))"}
      said={
        <div class={`cnl-passed cnl-${kind}`}>
          <Said pick={pick} say={say} />
        </div>
      }
      controls={controls}
      begin={<Examples lab={lab} examples={words.EXAMPLES} />}
      rest={<SaidInFull pick={pick} say={say} formula={words.inFull(state)} />}
      python={() => words.asPython(state)}
    >
      <div class="cnl-slopes">
        <Block state={state} />
        <ByBlock state={state} ways={ways} kind={kind} most={lab.range("blocks").max} />
      </div>
    </Frame>
  );
}

/** One block, and below it what it does to a gradient. */
function Block({ state }: { state: Settings }) {
  const { isOpen } = words.factorOf(state);
  const { slope, shortcut } = state;
  const names = `cnl-unit${shortcut ? " cnl-around" : ""}${isOpen ? "" : " cnl-closed"}`;
  return (
    <svg class={names} viewBox="0 0 360 132" role="img" aria-label={words.describeBlock(state)}>
      <path class="shortcut" d="M36,58C36,-8 228,-8 228,44" />
      {shortcut && (
        <text x="132" y="30">
          × 1
        </text>
      )}
      <path class="wire" d="M22,58H344" />
      <rect x="66" y="42" width="124" height="32" rx="4" />
      <text x="128" y="63">
        F: × {short(slope)}
      </text>
      {shortcut && <circle cx="228" cy="58" r="13" />}
      {shortcut && (
        <text x="228" y="63">
          +
        </text>
      )}
      <rect class="relu" x="266" y="42" width="58" height="32" rx="4" />
      <text x="295" y="63">
        ReLU
      </text>
      <text class="note" x="295" y="90">
        {isOpen ? "open" : "closed"}
      </text>
      <text class="letter" x="12" y="63">
        x
      </text>
      <text class="letter" x="352" y="63">
        y
      </text>
      <path class="back" d="M344,106H22m9,-6l-9,6l9,6" />
      <text class="note" x="180" y="127">
        {words.back(state)}
      </text>
    </svg>
  );
}

const AXIS = { high: 10, low: -30, ticks: [10, 0, -10, -20, -30] }; // powers of ten
const FOOT = 86; // of a plot 100 high, where the powers end: 0 lies below
const NOTHING = 100;

function y(gradient: number) {
  if (gradient === 0) return NOTHING;
  const power = Math.min(AXIS.high, Math.max(AXIS.low, Math.log10(gradient)));
  return (FOOT * (AXIS.high - power)) / (AXIS.high - AXIS.low);
}

type ByBlockProps = { state: Settings; ways: words.Ways; kind: words.Kind; most: number };

/** The gradient from the input of the first block to the output of the last, of both networks. */
function ByBlock({ state, ways, kind, most }: ByBlockProps) {
  const order = words.KINDS.toSorted((a, b) => Number(a === kind) - Number(b === kind));
  const x = (block: number) => (100 * block) / most;
  return (
    <figure class="cnl-by-block">
      <figcaption>
        <strong>Gradient</strong>
        {words.KINDS.map((each) => (
          <span key={each} class={`cnl-key cnl-${each}${each === kind ? " cnl-on" : ""}`}>
            <svg viewBox="0 0 26 6" aria-hidden="true">
              <path d="M1,3H25" />
            </svg>
            {each === "residual" ? "with shortcuts" : "without"}
          </span>
        ))}
      </figcaption>
      <div class="cnl-plot" role="img" aria-label={words.describeChart(state, ways)}>
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          {AXIS.ticks.map((power) => (
            <path key={power} class={power ? "grid" : "grid one"} d={`M0,${y(10 ** power)}H100`} />
          ))}
          <path class="grid" d={`M0,${NOTHING}H100`} />
          {order.map((each) => (
            <g key={each} class={`cnl-${each}${each === kind ? " cnl-on" : ""}`}>
              <polyline points={points(ways[each], x, y)} />
              {ways[each].map((gradient, block) => (
                <path key={block} class="dot" d={`M${x(block)},${y(gradient)}h0`} />
              ))}
            </g>
          ))}
        </svg>
        {AXIS.ticks.map((power) => (
          <span key={power} class="cnl-tick" style={`top:${y(10 ** power)}%`}>
            {power ? `1e${short(power)}` : 1}
          </span>
        ))}
        <span class="cnl-tick" style={`top:${NOTHING}%`}>
          0
        </span>
        <span class="cnl-end" style="left:0">
          first block
        </span>
        <span class="cnl-end" style={`left:${x(state.blocks)}%;translate:-${x(state.blocks)}% 0`}>
          {state.blocks > most / 3 && "output"}
        </span>
      </div>
    </figure>
  );
}

export default platform.view(SlopeLab);
