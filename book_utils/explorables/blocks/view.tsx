/** The blocks lab: a stack of blocks to take out, and what was recorded without them (lab.py). */
import { useState } from "preact/hooks";
import { Switch } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { Said, SaidInFull } from "../parts/said.tsx";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import { useTraits } from "../platform/traits.ts";
import type { BlocksLab as Settings } from "../settings.ts";
import { WithoutOne, WithoutSome } from "./charts.tsx";
import * as words from "./words.ts";

const NAMES = ["recorded", "stages", "counts", "about"] as const;

function BlocksLab(host: platform.Host) {
  const [data] = useTraits<words.Data>(host.model, [...NAMES]);
  const lab = platform.useLab<Settings>(host, { fits: ({ out }) => demand(out, data.stages) });
  const { state, change, control } = lab;
  const say = () => words.describe(state, data);
  const pick = { picked: true, shown: true, playing: false };
  const toggle = (block: number, isSpare: boolean) => {
    if (!isSpare) return lab.say(words.stays(block));
    const { out } = state;
    const next = out.includes(block) ? out.filter((b) => b !== block) : [...out, block];
    change({ out: next.toSorted((a, b) => a - b) });
  };
  const kind = words.kindOf(state);
  return (
    <Frame
      lab={lab}
      label="Blocks lab"
      said={
        <div class={`cnl-left cnl-${kind}`}>
          <Said pick={pick} say={say} />
        </div>
      }
      play={
        <button
          type="button"
          class="cnl-play"
          disabled={!state.out.length}
          onClick={() => change({ out: [] })}
        >
          Put all back
        </button>
      }
      controls={{ shortcut: <Switch {...control("shortcut")} label="shortcuts" /> }}
      begin={<Examples lab={lab} examples={words.EXAMPLES} />}
      rest={<SaidInFull pick={pick} say={say} formula={words.inFull(state, data)} />}
    >
      <div class={`cnl-apart ${state.shortcut ? "cnl-around" : ""}`}>
        <Stack state={state} stages={data.stages} onToggle={toggle} />
        <WithoutOne data={data} out={state.out} kind={kind} />
        <WithoutSome data={data} count={state.out.length} kind={kind} />
      </div>
    </Frame>
  );
}

/** @throws {RangeError} where a block cannot be taken out, or is named twice */
function demand(out: number[], stages: number[]) {
  const spare = words.spareOf(stages);
  const fits = out.every((block, i) => spare.includes(block) && out.indexOf(block) === i);
  if (!fits) throw new RangeError(`its blocks are not different ones of ${spare.join(", ")}`);
}

type StackProps = {
  state: Settings;
  stages: number[];
  onToggle: (block: number, isSpare: boolean) => void;
};

/** The blocks from the input to the output: one composite, through which the arrow keys go. */
function Stack({ state: { out }, stages, onToggle }: StackProps) {
  const [focused, setFocused] = useState(0);
  const blocks = words.blocksOf(stages);
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    if (event.altKey || event.metaKey || event.ctrlKey) return;
    const last = blocks.length - 1;
    const to = {
      ArrowLeft: Math.max(0, focused - 1),
      ArrowRight: Math.min(last, focused + 1),
      Home: 0,
      End: last,
    }[event.key];
    const isPress = event.key === "Enter" || event.key === " ";
    if (to === undefined && !isPress) return;
    event.preventDefault();
    if (isPress) return onToggle(focused + 1, blocks[focused].isSpare);
    setFocused(to as number);
    (event.currentTarget.querySelectorAll("[role=option]")[to as number] as HTMLElement).focus();
  };
  return (
    <div
      class="cnl-stack"
      role="listbox"
      aria-multiselectable="true"
      aria-orientation="horizontal"
      aria-label="Blocks; those selected are taken out"
      onKeyDown={onKeyDown}
    >
      {blocks.map(({ isSpare, stage }, i) => {
        const isOut = out.includes(i + 1);
        return (
          <div
            key={i}
            role="option"
            class={`cnl-part${isSpare ? "" : " cnl-stays"}${stage % 2 ? " cnl-odd" : ""}`}
            tabIndex={i === focused ? 0 : -1}
            aria-selected={isOut}
            aria-disabled={!isSpare}
            aria-label={words.nameOf(i + 1, isSpare, isOut)}
            onFocus={() => setFocused(i)}
            onClick={() => onToggle(i + 1, isSpare)}
          >
            <svg viewBox="0 0 40 20" preserveAspectRatio="none" aria-hidden="true">
              <path d="M2,20C2,-4 38,-4 38,20" />
            </svg>
            <span>{i + 1}</span>
          </div>
        );
      })}
    </div>
  );
}

export default platform.view(BlocksLab);
