/** The canyon lab: the loss over two weights as a map, the path of descent on it (see lab.py). */
import { useMemo } from "preact/hooks";
import { Slider, Switch } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { Said, SaidInFull } from "../parts/said.tsx";
import { StopsSlider } from "../parts/stops.tsx";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import { useTraits } from "../platform/traits.ts";
import type { CanyonLab as Settings } from "../settings.ts";
import { Curves } from "./curves.tsx";
import { LossMap } from "./map.tsx";
import { type Rows, solve } from "./solution.ts";
import * as words from "./words.ts";

const RATIOS = [1, 2, 3, 5, 10, 20, 30, 50, 100] as const;
const RATES = [0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.97, 1.03, 1.1, 1.3, 2] as const;
const times = (value: number) => `${value}×`;

function CanyonLab(host: platform.Host) {
  const [{ examples }] = useTraits<{ examples: Rows }>(host.model, ["examples"]);
  const lab = platform.useLab<Settings>(host);
  const { state, control } = lab;
  const [now, other] = useMemo(
    () => [state.normalised, !state.normalised].map((which) => solve(examples, state, which)),
    [examples, state],
  );
  const pick = { picked: true, shown: true, playing: false };
  const say = () => words.describe(state, now);
  const controls = {
    normalised: <Switch {...control("normalised")} label="normalise the inputs" />,
    ratio: (
      <StopsSlider
        {...control("ratio")}
        label="x₂ is larger"
        stops={RATIOS}
        format={times}
        ends="1× to 100×"
      />
    ),
    rate: (
      <StopsSlider
        {...control("rate")}
        label="Rate"
        unit="the limit"
        stops={RATES}
        format={times}
      />
    ),
    steps: <Slider {...control("steps")} {...lab.range("steps")} label="Steps" />,
  };
  return (
    <Frame
      lab={lab}
      label="Canyon lab"
      aside={words.describeRate(state, now)}
      said={<Said pick={pick} say={say} />}
      controls={controls}
      begin={<Examples lab={lab} examples={words.EXAMPLES} />}
      rest={<SaidInFull pick={pick} say={say} formula={words.describeBends(now)} />}
      python={() => words.asPython(examples, state)}
    >
      <div class="cnl-canyon">
        <LossMap settings={state} solution={now} onPick={(at) => lab.change({ at })} />
        <Curves now={now} other={other} settings={state} />
      </div>
    </Frame>
  );
}

export default platform.view(CanyonLab);
