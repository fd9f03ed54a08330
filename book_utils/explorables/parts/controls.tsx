/** Sliders, switches and the player: the one panel that every lab shares. */
import type { ComponentChildren } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { Place } from "../platform/frame.tsx";
import { useId } from "./ids.ts";

/**
 * A slider that shows its name, value, unit and range. `0` or a double-click puts it back.
 * @param props  `ends` says the range where its two ends do not
 */
export function Slider({
  label,
  unit = "",
  value,
  min,
  max,
  initial,
  onChange,
  format = String,
  ends = between(format(min), format(max)),
}: {
  label: string;
  unit?: string;
  value: number;
  min: number;
  max: number;
  initial: number;
  onChange: (value: number) => void;
  format?: (value: number) => string;
  ends?: string;
}) {
  const id = useId();
  const reset = () => onChange(Math.min(max, Math.max(min, initial)));
  const longest = Math.max(format(min).length, format(max).length);
  if (useContext(Place) === "beside") return null;
  return (
    <div class="cnl-slider" style={`--longest:${longest}`}>
      <label for={id}>{label}</label>
      <output for={id} aria-live="off">
        {format(value)}
      </output>{" "}
      {/* the slider itself is read aloud */}
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={1}
        value={value}
        aria-valuetext={`${format(value)} ${unit}`.trim()}
        onInput={(event) => onChange(Number(event.currentTarget.value))}
        onDblClick={reset}
        onKeyDown={(event) => {
          if (event.key !== "0") return;
          event.preventDefault();
          reset();
        }}
      />
      <span class="cnl-range" aria-hidden="true">
        {ends}
        {unit && ` ${unit}`}
      </span>
    </div>
  );
}

/** A range: 1–8, but −1 to 3, where a dash would look like a minus. */
const between = (low: string, high: string) =>
  /^[\d.]+$/.test(low + high) ? `${low}–${high}` : `${low} to ${high}`;

/**
 * A slider for height and width together, which may be split into two. At hand it is one; those for
 * height and width are then in the panel.
 */
export function PairSlider({
  label,
  unit = "cells",
  value,
  initial,
  limits,
  onChange,
}: {
  label: string;
  unit?: string;
  value: [number, number];
  initial: [number, number];
  limits: readonly [{ min: number; max: number }, { min: number; max: number }];
  onChange: (value: [number, number]) => void;
}) {
  const [wantsSplit, setSplit] = useState(false);
  const differ = value[0] !== value[1];
  const place = useContext(Place);
  const split = wantsSplit || differ || place === "beside";
  const [down, across] = limits;
  const common = { min: Math.max(down.min, across.min), max: Math.min(down.max, across.max) };

  /** Sliders that are apart stay apart when they meet, so that none vanishes under a hand. */
  const changeOne = (pair: [number, number]) => {
    setSplit(true);
    onChange(pair);
  };
  const join = () => {
    setSplit(false);
    const both = Math.min(common.max, Math.max(common.min, value[0]));
    if (differ) onChange([both, both]);
  };
  if (place === "hand") {
    return (
      <Slider
        label={label}
        unit={unit}
        value={value[0]}
        initial={initial[0]}
        {...common}
        format={differ ? () => value.join("×") : undefined}
        onChange={(v) => onChange([v, v])}
      />
    );
  }
  return (
    <div class="cnl-pair" role="group" aria-label={label}>
      {split ? (
        <Place.Provider value="panel">
          <Slider
            label={`${label}, height`}
            unit={unit}
            value={value[0]}
            initial={initial[0]}
            {...down}
            onChange={(v) => changeOne([v, value[1]])}
          />
          <Slider
            label={`${label}, width`}
            unit={unit}
            value={value[1]}
            initial={initial[1]}
            {...across}
            onChange={(v) => changeOne([value[0], v])}
          />
        </Place.Provider>
      ) : (
        <Slider
          label={label}
          unit={unit}
          value={value[0]}
          initial={initial[0]}
          {...common}
          onChange={(v) => onChange([v, v])}
        />
      )}
      {place === "panel" && (
        <button
          type="button"
          class="cnl-split"
          aria-pressed={split}
          disabled={split && common.min > common.max}
          title={split ? "One slider for both" : "A slider each for height and width"}
          aria-label={`${label}: height and width apart`}
          onClick={() => (split ? join() : setSplit(true))}
        >
          ↕ ↔
        </button>
      )}
    </div>
  );
}

export function Switch({
  label,
  value,
  onChange,
  disabled = false,
}: {
  label: string;
  value: boolean;
  onChange: (value: boolean) => void;
  disabled?: boolean;
}) {
  if (useContext(Place) === "beside") return null;
  return (
    <label class="cnl-switch">
      <input
        type="checkbox"
        role="switch"
        checked={value}
        disabled={disabled}
        onChange={(e) => onChange(e.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
}

export function Choice<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: readonly { value: T; label: string; group?: string }[];
  onChange: (value: T) => void;
}) {
  const place = useContext(Place);
  const groups = [...new Set(options.map((option) => option.group))];
  const items = (group: string | undefined) =>
    options
      .filter((option) => option.group === group)
      .map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ));
  if (place === "beside") return null;
  return (
    <label class="cnl-choice">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value as T)}>
        {groups.map((group) =>
          group ? (
            <optgroup key={group} label={group}>
              {items(group)}
            </optgroup>
          ) : (
            items(group)
          ),
        )}
      </select>
    </label>
  );
}

const PACE = 900; // milliseconds between two steps of a play, if not said otherwise

/** While something plays, takes its next turn again and again. */
export function useTurns(playing: boolean, turn: () => void, pace = PACE) {
  const next = useRef(() => {});
  next.current = () => {
    if (playing) turn();
  }; // the timer is taken away a frame after a pause
  useEffect(() => {
    if (!playing) return;
    const timer = setInterval(() => next.current(), pace);
    return () => clearInterval(timer);
  }, [playing]);
}

type StepperProps = {
  what: string;
  at: number;
  count: number;
  /** one more, or one less */
  onStep: (at: number) => void;
  /** between the two buttons */
  children?: ComponentChildren;
};

/** Steps through `count` things, round at both ends. */
export function Stepper({ what, at, count, onStep, children }: StepperProps) {
  const step = (by: number) => onStep((at + by + count) % count);
  return (
    <div class="cnl-player" role="group" aria-label={`Step through the ${what}s`}>
      <button type="button" aria-label={`Previous ${what}`} onClick={() => step(-1)}>
        <Icon path="M13 2L6 8l7 6zM2 2h3v12H2z" />
      </button>
      {children}
      <button type="button" aria-label={`Next ${what}`} onClick={() => step(1)}>
        <Icon path="M3 2l7 6-7 6zm8 0h3v12h-3z" />
      </button>
      <span class="cnl-count">
        {at + 1} of {count}
      </span>
    </div>
  );
}

type PlayerProps = StepperProps & {
  playing: boolean;
  onPlaying: (on: boolean) => void;
  pace?: number;
};

/** Play, pause and step through `count` things. */
export function Player({ playing, onPlaying, pace, ...stepper }: PlayerProps) {
  const { at, count, onStep } = stepper;
  useTurns(playing, () => onStep((at + 1) % count), pace);
  const step = (to: number) => {
    onPlaying(false);
    onStep(to);
  };
  return (
    <Stepper {...stepper} onStep={step}>
      <button
        type="button"
        aria-label={playing ? "Pause" : "Play"}
        onClick={() => onPlaying(!playing)}
      >
        <PlayIcon playing={playing} />
      </button>
    </Stepper>
  );
}

type PlayButtonProps = { playing: boolean; onPlaying: (on: boolean) => void };

/** Starts and stops a play, at hand: who plays calls useTurns. */
export function PlayPause({ playing, onPlaying }: PlayButtonProps) {
  return (
    <button type="button" class="cnl-play" onClick={() => onPlaying(!playing)}>
      <PlayIcon playing={playing} />
      {playing ? "Pause" : "Play"}
    </button>
  );
}

export const PlayIcon = ({ playing }: { playing: boolean }) => (
  <Icon path={playing ? "M3 2h4v12H3zm6 0h4v12H9z" : "M3 2l11 6-11 6z"} />
);

function Icon({ path }: { path: string }) {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={path} fill="currentColor" />
    </svg>
  );
}
