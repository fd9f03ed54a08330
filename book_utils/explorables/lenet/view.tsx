/** The LeNet lab: a trained network, every number of it to be looked at. */
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { useSignal } from "../parts/signals.ts";
import { useSteady } from "../parts/steady.ts";
import * as platform from "../platform/lab.tsx";
import type { LeNetLab as Settings } from "../settings.ts";
import { Account } from "./account.tsx";
import { Answers } from "./answers.tsx";
import { Flow, type Show } from "./flow.tsx";
import { Inputs } from "./inputs.tsx";
import { linking, type Network, pixelsOf, useNetwork } from "./network.ts";
import type { Values } from "./stages.ts";
import { best, flat, type Stage, stageNamed, type Unit, unitAt, valuesOf } from "./stages.ts";
import { accountOf, asPython, heardOf, heardUnit } from "./words.ts";

type Lab = platform.LabOf<Settings>;
type Frame = RefObject<HTMLDivElement | null>;

const WIDE = 600; // pixels of the lab's own width, from which the account stands beside the maps
const REST = 600; // milliseconds

function LeNetLab(host: platform.Host) {
  const network = useNetwork(host.model);
  const { layers, stages, classes } = network;
  const lab = platform.useLab<Settings>(host, linking(network));
  const { input, kept, picked } = lab.state;
  const [show, setShow] = useState<Show>("beside");
  const values = useMemo(() => valuesOf(layers, pixelsOf(input)), [layers, input]);
  const others = useMemo(() => (kept ? valuesOf(layers, pixelsOf(kept)) : null), [layers, kept]);
  const box: Frame = useRef(null);
  const wide = useWide(box);
  const { pick, go } = usePick(lab, box);
  useShowLayer(network, box, (stage) =>
    lab.change({ picked: unitAt(stage, best(values[stage.name].data)) }),
  );
  const [name, ...at] = picked;
  const stage = stageNamed(stages, name);
  const account = useMemo(() => accountOf(stage, at, values, classes), [stage, picked, values]);
  const before = others?.[name].data[flat(stage, at)] ?? null;
  const ofUnit = heardUnit(account, before);
  const heard = useHeard(picked, ofUnit, values, `${heardOf(network, values)} ${ofUnit}`);

  const shown = { network, values, others, picked, pick, show };
  const told = <Account key={name} {...{ stage, at, account, before, values, pick, go }} />;
  const isAnswer = stages.indexOf(stage) >= stages.length - 2;
  return (
    <platform.Lab label={`LeNet lab, ${network.network === "lenet" ? "clothes" : "digits"}`}>
      <Inputs {...{ network, lab, values, others, wide, show, setShow }} />
      <div class={`cnl-network${wide ? " wide" : ""}`} ref={box}>
        <Flow {...shown} account={wide ? null : told} />
        <div class="cnl-beside-flow">
          <Answers {...shown} />
          {(wide || isAnswer) && told}
        </div>
      </div>
      <div class="cnl-hidden" aria-live="polite">
        {heard}
      </div>
      <p class="cnl-formula">{network.about}</p>
      <div class="cnl-bar">
        <platform.Sharing lab={lab} python={() => asPython(network.network, input)} />
      </div>
      <platform.Message lab={lab} />
    </platform.Lab>
  );
}

/** Is the lab wide enough for two columns? */
function useWide(box: Frame) {
  const [wide, set] = useState(false);
  useLayoutEffect(() => {
    const element = box.current as HTMLElement;
    const look = () => set(element.clientWidth >= WIDE);
    const observer = new ResizeObserver(look);
    observer.observe(element);
    look();
    return () => observer.disconnect();
  }, []);
  return wide;
}

const selectorOf = (stage: string) => `[data-stage="${stage}"]`;

/**
 * Two ways to pick a unit: where the hand is, and by a button that names a unit elsewhere, which
 * gets the focus.
 */
function usePick(lab: Lab, box: Frame) {
  const [steady, hold] = useSteady<HTMLElement>(); // on a phone the account moves with the pick
  const pick = (unit: Unit) => {
    steady.current = box.current?.querySelector<HTMLElement>(selectorOf(unit[0])) ?? null;
    hold();
    lab.change({ picked: unit });
  };
  const go = (unit: Unit) => {
    const [stage, index] = unit;
    const maps = box.current?.querySelector<HTMLElement>(`${selectorOf(stage)} .cnl-maps`);
    const answers = box.current?.querySelectorAll<HTMLElement>(`td${selectorOf(stage)}`);
    (maps ?? answers?.[index])?.focus();
    lab.change({ picked: unit });
  };
  return { pick, go };
}

/** Shows the layer that a ledger asks for: flattening shows nothing new. */
function useShowLayer({ name, layers, stages }: Network, box: Frame, pick: (stage: Stage) => void) {
  useSignal("show-layer", name, ({ name: layer, go }) => {
    const last = layers.findIndex((other) => other.name === layer);
    const names = layers.slice(0, last + 1).map((other) => other.name);
    const wanted = stages.findLast((stage) => stage.name === layer || names.includes(stage.name));
    if (!wanted) return;
    pick(wanted);
    if (!go) return;
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    const maps = box.current?.querySelector(selectorOf(wanted.name));
    maps?.scrollIntoView({ block: "center", behavior });
  });
}

/**
 * What a screen reader hears: of a unit as soon as it is picked, of a picture once the pen has come
 * to rest.
 */
function useHeard(picked: Unit, ofUnit: string, values: Values, ofPicture: string) {
  const [heard, hear] = useState(ofUnit);
  const last = useRef(values);
  useEffect(() => hear(ofUnit), [String(picked)]);
  useEffect(() => {
    if (last.current === values) return;
    last.current = values;
    const timer = setTimeout(() => hear(ofPicture), REST);
    return () => clearTimeout(timer);
  }, [values]);
  return heard;
}

export default platform.view(LeNetLab);
