/** The teach lab: a pad, the examples of two signs, and what is learned from them (see lab.py). */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { randomFrom, shuffled } from "../arithmetic/random.ts";
import { Choice, Slider } from "../parts/controls.tsx";
import { Examples as Beginnings } from "../parts/examples.tsx";
import { ReaderPad } from "../parts/reader_pad.tsx";
import { useShipped } from "../parts/shipped.ts";
import { spoken } from "../parts/words.ts";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import { RING } from "../platform/theme.ts";
import { useTraits } from "../platform/traits.ts";
import { Examples } from "./examples.tsx";
import { Results } from "./results.tsx";
import {
  countsOf,
  dealt,
  EMPTY,
  type Example,
  Features,
  firstOf,
  judged,
  KINDS,
  type Kind,
  MOST,
  OWN,
  type Pairs,
  type Settings,
  type Sign,
  type Study,
  studied,
  unpacked,
} from "./study.ts";
import * as words from "./words.ts";

type Data = { input: string; drawn: Record<string, Example[]>; pairs: Pairs };

const DATA = ["input", "drawn", "pairs"] as const;
const SLICE = 4; // milliseconds of computing at a time, so that the page stays free
const REST = 600; // milliseconds after which a new sign is spoken of
const HUES = [9, 2].map((i, sign) => `--sign-${sign}:rgb(${RING[i].join(" ")})`).join(";");

function TeachLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host);
  const { state, control, range } = lab;
  const [{ input, drawn: all, pairs }, set] = useTraits<Data>(host.model, DATA);
  const [taught, setTaught] = useState<words.Taught | null>(null);
  const shipped = useShipped(host, lab.complain);
  const features = useMemo(() => shipped && new Features(shipped), [shipped]);
  const { signs, layer } = state;
  const ready = useMemo(() => unpacked(pairs, signs), [pairs, signs]);
  const drawn = all[signs] ?? NONE;
  const { examples, others } = useMemo(
    () => dealt(ready, state, drawn),
    [ready, state.ready, drawn],
  );
  const { study, tested, isBusy } = useStudy(features, ready, state, drawn);
  const names = words.namesOf(pairs, signs);
  const isEmpty = input === EMPTY;
  const known = examples.find(([, picture]) => picture === input);
  const seconds = useMemo(() => {
    const of = (kind: Kind) =>
      study && features && !isEmpty ? judged(study, kind, features, input) : null;
    return Object.fromEntries(KINDS.map((kind) => [kind, of(kind)])) as Record<Kind, number | null>;
  }, [study, features, input]);

  const show = (picture: string) => {
    lab.say("");
    setTaught(null);
    set({ input: picture });
  };
  const teach = (sign: Sign) => {
    if (isEmpty) return lab.complain(words.NOTHING);
    if (known) return lab.complain(words.ALREADY);
    if (countsOf(examples)[sign] >= MOST) return lab.complain(words.full(names[sign]));
    lab.say("");
    setTaught({ sign, second: seconds.trained });
    set({ input: EMPTY, drawn: { ...all, [signs]: [...drawn, [sign, input]] } });
  };
  const remove = (picture: string) => {
    lab.say("");
    if (picture === input) show(EMPTY);
    set({ drawn: { ...all, [signs]: drawn.filter(([, each]) => each !== picture) } });
  };
  const deal = useDeal(ready, others);
  const next = () => {
    const picture = deal();
    if (picture === null) return lab.complain(words.NONE_LEFT);
    show(picture);
  };
  const signsBefore = useRef(signs);
  useEffect(() => {
    if (signsBefore.current === signs) return;
    signsBefore.current = signs;
    show(firstOf(ready));
  }, [signs]);

  const said = words.described({
    names,
    study,
    tested,
    isEmpty,
    known,
    second: seconds.trained,
    taught,
  });
  const isDrawn = known && drawn.includes(known);
  const controls = {
    signs: (
      <Choice
        {...control("signs")}
        label="Signs"
        options={lab.options("signs").map(({ value }) => ({ value, label: words.PAIRS[value] }))}
      />
    ),
    ready: signs !== OWN && (
      <Slider {...control("ready")} {...range("ready")} label="Ready examples" />
    ),
    layer: (
      <Choice
        {...control("layer")}
        label="Features"
        options={lab.options("layer").map(({ value }) => ({ value, label: words.LAYERS[value] }))}
      />
    ),
  };
  return (
    <Frame
      lab={lab}
      label="Teach lab"
      aside="Nothing leaves this page"
      said={<Said told={said} />}
      controls={controls}
      begin={<Beginnings lab={lab} examples={words.EXAMPLES} />}
      rest={
        <div class="cnl-in-full">
          {tested && <p>{words.inFull(tested, state, names)}</p>}
          <p class="cnl-formula">{words.METHOD}</p>
        </div>
      }
      python={() => words.asPython(state, examples, drawn, input === firstOf(ready) ? null : input)}
    >
      <div class="cnl-teach" style={HUES}>
        <ReaderPad digit={input} onDraw={show} label="A sign" kind="cnl-signpad" withUndo>
          <div class="cnl-which">
            {names.map((name, sign) => (
              <button
                key={name}
                type="button"
                class={`cnl-sign-${sign}`}
                onClick={() => teach(sign as Sign)}
              >
                It is {name}
              </button>
            ))}
          </div>
        </ReaderPad>
        <div class="cnl-two">
          {names.map((name, sign) => (
            <Examples
              key={name}
              name={name}
              sign={sign}
              examples={examples.filter(([of]) => of === sign)}
              drawnFrom={examples.filter(([of]) => of === sign).length - countsOf(drawn)[sign]}
              chosen={input}
              onChoose={show}
              onRemove={remove}
            />
          ))}
          <p>
            {isDrawn && (
              <button type="button" onClick={() => remove(input)}>
                Take this example away
              </button>
            )}
            {!isDrawn && ready[0].length > 0 && (
              <button type="button" onClick={next}>
                Show a ready sign
              </button>
            )}
          </p>
        </div>
        <Results study={tested} isBusy={isBusy} layer={layer} names={names} seconds={seconds} />
      </div>
    </Frame>
  );
}

const NONE: Example[] = [];

/**
 * What is learned from the examples, a few milliseconds at a time, and what was tested last: until
 * the tests are made again, those before stay.
 */
function useStudy(
  features: Features | null,
  all: string[][],
  settings: Settings,
  drawn: readonly Example[],
) {
  const [study, setStudy] = useState<Study | null>(null);
  const [tested, setTested] = useState<Study | null>(null);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    if (!features) return;
    setBusy(true);
    const work = studied({ all, settings, drawn, features });
    const go = () => {
      const end = performance.now() + SLICE;
      let step = work.next();
      while (!step.value && performance.now() < end) step = work.next();
      if (step.value) setStudy(step.value);
      if (step.done) {
        setTested(step.value);
        setBusy(false);
      } else timer = setTimeout(go);
    };
    let timer = setTimeout(go);
    return () => clearTimeout(timer);
  }, [features, all, settings.ready, settings.layer, drawn]);
  return { study, tested, isBusy };
}

/** Deals ready signs that are no examples, each once before any comes again. */
function useDeal(ready: string[][], others: Example[]) {
  const order = useMemo(() => [...shuffled(ready.flat().length, randomFrom(1))], [ready]);
  const at = useRef(0);
  return () => {
    const pictures = order.map((_, i) => ready.flat()[order[(at.current + i) % order.length]]);
    const left = new Set(others.map(([, picture]) => picture));
    const found = pictures.findIndex((picture) => left.has(picture));
    at.current += found + 1;
    return pictures[found] ?? null;
  };
}

/** The two lines; a screen reader hears them once the pen has come to rest. */
function Said({
  told: { line, result, after, note },
}: {
  told: ReturnType<typeof words.described>;
}) {
  const text = `${[line, result, after].filter(Boolean).join(" ")}. ${note}`;
  const [heard, hear] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => hear(text), REST);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div class="cnl-said">
      <p class="cnl-sum">
        {line} {result && <b>{result}</b>} {after}
        <small>{note}</small>
      </p>
      <div class="cnl-hidden" aria-live="polite">
        {spoken(heard)}
      </div>
    </div>
  );
}

export default platform.view(TeachLab);
