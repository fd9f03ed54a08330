/**
 * The frame of a lab: what to try, the stage, what is said of it, the controls at hand, and *More
 * settings* for the rest. It is as high as the lab declares (`room` in lab.py), whatever a control
 * does: the stage takes what is left, and the settings open over the frame.
 */
import { type ComponentChildren, createContext } from "preact";
import { useContext, useRef, useState } from "preact/hooks";
import { useId } from "../parts/ids.ts";
import { type LabOf, Message, Sharing, Which } from "./lab.tsx";

/**
 * Where a control stands: in the panel, whole; at hand, where there is room for its essentials
 * alone; or in the panel while it is at hand too, which leaves it what the hand has no room for.
 */
export const Place = createContext<"panel" | "hand" | "beside">("panel");

type Names<S> = keyof S & string;
type FrameProps<S extends object> = {
  lab: LabOf<S>;
  /** the kind of lab: with what to try it is its name, for those who cannot see it */
  label: string;
  /** the stage */
  children: ComponentChildren;
  /** a figure or formula beside the task */
  aside?: ComponentChildren;
  /** what is said of the stage: two lines, or as many as the lab's style gives it */
  said?: ComponentChildren;
  /** every control of a setting, by the setting's name; which are at hand `lab.controls` says */
  controls: Partial<Record<Names<S>, ComponentChildren>>;
  /** what starts and stops the lab, before the controls at hand */
  play?: ComponentChildren;
  /** examples and the like, before the other controls */
  begin?: ComponentChildren;
  /** what few readers need, behind the other controls */
  rest?: ComponentChildren;
  /** what came of it, to send on */
  result?: () => string;
  /** the settings as code */
  python?: () => string;
  /** the name of the full lab on the workbench */
  workbench?: string;
};

export function Frame<S extends object>(props: FrameProps<S>) {
  const { lab, label, aside, said, controls, play, children } = props;
  const [open, setOpen] = useState(false);
  const toggle = useRef<HTMLButtonElement | null>(null);
  const id = useId();
  const name = `${label}${useContext(Which)}`;
  const names = Object.keys(controls) as Names<S>[];
  const atHand = lab.full ? [] : names.filter((name) => lab.controls.includes(name));
  const isOpen = open || lab.full;
  const leave = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !open || event.defaultPrevented) return;
    setOpen(false);
    toggle.current?.focus();
  };
  const states = `${isOpen ? " cnl-open" : ""}${lab.full ? " cnl-full" : ""}`;
  return (
    <section
      class={`cnl cnl-framed${states}`}
      aria-label={lab.task ? `${name}. ${lab.task}` : name}
      onKeyDown={leave}
    >
      <header class="cnl-task">
        <p>{lab.task}</p>
        {aside && <p class="cnl-aside">{aside}</p>}
      </header>
      <div class="cnl-stage">{children}</div>
      {said}
      <Message lab={lab} />
      <div class="cnl-hand">
        <Place.Provider value="hand">{atHand.map((name) => controls[name])}</Place.Provider>
        <div class="cnl-foot">
          {play}
          {!lab.full && (
            <button
              type="button"
              ref={toggle}
              class="cnl-toggle"
              aria-expanded={open}
              aria-controls={id}
              onClick={() => setOpen(!open)}
            >
              More settings
            </button>
          )}
        </div>
      </div>
      {isOpen && (
        <div class="cnl-more" id={id} role="group" aria-label="More settings">
          {props.begin && <div class="cnl-bar">{props.begin}</div>}
          {names.filter((name) => !atHand.includes(name)).map((name) => controls[name])}
          <Place.Provider value="beside">{atHand.map((name) => controls[name])}</Place.Provider>
          {props.rest}
          <Sharing
            lab={lab}
            result={props.result}
            python={props.python}
            workbench={lab.full ? undefined : props.workbench}
          />
        </div>
      )}
    </section>
  );
}
