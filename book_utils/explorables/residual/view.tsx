/** The residual lab: signal and gradient, layer by layer, with and without shortcuts. */
import { useEffect, useMemo } from "preact/hooks";
import { Choice, Slider, Switch } from "../parts/controls.tsx";
import { nearest, StopsSlider } from "../parts/stops.tsx";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import { useTraits } from "../platform/traits.ts";
import type { ResidualLab as Settings } from "../settings.ts";
import { Block } from "./block.tsx";
import { ByLayer, Ways } from "./charts.tsx";
import { axesOf, curvesOf, type Data, demandCurves, depthsOf, nameOf } from "./solution.ts";
import * as words from "./words.ts";

const REST = 350; // milliseconds that a slider must rest before the kernel is asked

function ResidualLab(host: platform.Host) {
  const live = !host.share; // in the built book the host shares links, and has no kernel to ask
  const [data] = useTraits<Data>(host.model, ["recorded", "measured"]);
  const lab: platform.LabOf<Settings> = platform.useLab(host, {
    fits: (settings) => demandCurves(settings, depthsFor(settings)),
  });
  const { state, change, control } = lab;
  const { depth, shortcut, norm } = state;
  const every = lab.options("depth").map(({ value }) => value);
  const depthsFor = (settings: Settings) => depthsOf(every, settings, data, live);
  const axes = useMemo(() => axesOf(data), [data.recorded, data.measured]);
  const layer = Math.min(state.layer, depth);
  const name = nameOf(state, shortcut);
  const curves = curvesOf(data, name);
  const other = curvesOf(data, nameOf(state, !shortcut));
  const shown: words.Shown = { layer, depth, shortcut, curves, other };
  useKernel(host, live && curves === undefined, state);

  /** Settings that may need another depth, since not every network is recorded. */
  const switchTo = (changes: Partial<Settings>) => {
    const possible = depthsFor({ ...state, ...changes });
    if (!possible.length) return lab.complain(words.UNKNOWN);
    const next = possible[nearest(possible, depth)];
    change({ ...changes, depth: next, layer: Math.min(layer, next) });
    if (next !== depth) lab.say(words.otherDepth(depth, next));
  };
  const moveTo = (next: number) => change({ depth: next, layer: Math.min(next, layer) });
  const pick = (at: number) => change({ layer: at });
  const weights = lab
    .options("weights")
    .map(({ value }) => ({ value, label: words.STATES[value] }));
  const inFull = words.describeInFull(shown, name in data.recorded);
  const { initial, ...ofLayer } = control("layer");
  const controls = {
    shortcut: <Switch {...control("shortcut")} label="shortcuts" />,
    depth: (
      <StopsSlider
        {...control("depth")}
        label="Depth"
        unit="layers"
        stops={depthsFor(state)}
        onChange={moveTo}
      />
    ),
    layer: (
      <Slider
        {...ofLayer}
        label="Layer"
        value={layer}
        min={lab.range("layer").min}
        max={depth}
        initial={Math.min(initial, depth)}
      />
    ),
    norm: (
      <Switch
        {...control("norm")}
        label="batch normalisation"
        onChange={(on) => switchTo({ norm: on })}
      />
    ),
    weights: (
      <Choice
        {...control("weights")}
        label="Weights"
        options={weights}
        onChange={(value) => switchTo({ weights: value })}
      />
    ),
  };
  return (
    <Frame
      lab={lab}
      label="Residual lab"
      aside={shortcut ? "y = relu(x + F(x))" : "y = relu(F(x))"}
      said={<Said shown={shown} inFull={inFull} />}
      controls={controls}
      rest={
        <>
          <Ways blocks={(depth - 2) / 2} shortcut={shortcut} />
          <div class="cnl-in-full">
            {inFull.map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
          </div>
        </>
      }
      python={() => words.asPython(state)}
    >
      <div class="cnl-depths">
        <Block layer={layer} depth={depth} shortcut={shortcut} norm={norm} />
        <ByLayer what="forward" shown={shown} axes={axes} onPick={pick} />
        <ByLayer what="gradient" shown={shown} axes={axes} onPick={pick} />
      </div>
    </Frame>
  );
}

type SaidProps = { shown: words.Shown; inFull: string[] };

/** How much of the gradient gets to the picked layer; the figure has its network's colour. */
function Said({ shown, inFull }: SaidProps) {
  const { before, figure, after } = words.describe(shown);
  return (
    <div class={`cnl-said ${shown.shortcut ? "cnl-with" : "cnl-without"}`}>
      <p class="cnl-sum">
        {before} {figure && <b>{figure}</b>}
        {after}
      </p>
      <div class="cnl-hidden" aria-live="polite">
        {words.aloud(inFull.join(" "))}
      </div>
    </div>
  );
}

/** Asks the kernel for curves that are missing, once the hand has come to rest. */
function useKernel({ model }: platform.Host, missing: boolean, asked: Settings) {
  const { depth, norm, weights } = asked;
  useEffect(() => {
    if (!missing) return;
    const timer = setTimeout(() => {
      model.set("request", { depth, norm, weights });
      model.save_changes();
    }, REST);
    return () => clearTimeout(timer);
  }, [missing, depth, norm, weights]);
}

export default platform.view(ResidualLab);
