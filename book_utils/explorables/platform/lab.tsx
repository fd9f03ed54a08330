/** What all labs have in common: settings, their start, links that carry them, and messages. */
import { type ComponentChildren, createContext, render } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Later, Share } from "./host.ts";
import { defaultsOf, type Rule, type Schema } from "./schema.ts";
import { ShareButtons } from "./sharing.tsx";
import { type Model, useTraits } from "./traits.ts";
import { whichOf } from "./which.ts";

/** `share` and `later` are there on a page, and not in a notebook. */
export type Host = { model: Model; share?: Share; later?: Later };

/** What a control of one setting needs, but for its words. */
export type Control<T> = {
  value: T;
  initial: T;
  onChange: (value: T) => void;
};

type Shown = { task: string; controls: string[]; full: boolean };

/**
 * Settings to begin from, by group and label; a group without a name is none. What an example does
 * not say is as in a lab that was told nothing.
 */
export type ExamplesOf<S> = Record<string, Record<string, Partial<S>>>;

export type LabOf<S extends object> = {
  state: S;
  initial: S;
  schema: Schema;
  share?: Share;
  /** what to try, in one line */
  task: string;
  /** the settings whose controls are at hand; those of the others are under *More settings* */
  controls: string[];
  /** all controls stand open, as on the workbench */
  full: boolean;
  /** Sets without a word. */
  set(changes: Partial<S>): void;
  /** Sets, and takes away what was said of the settings before. */
  change(changes: Partial<S>): void;
  message: { text: string; wrong: boolean };
  say(text: string): void;
  complain(text: string): void;
  control<K extends keyof S & string>(name: K): Control<S[K]>;
  /** Ends of a slider for a number, or for a side of a grid. */
  range(name: keyof S & string): { min: number; max: number };
  /** The greatest sizes of an array, by axis. */
  axes(name: keyof S & string): Record<string, number>;
  /** What there is to choose from, each by its own name. */
  options<K extends keyof S & string>(
    name: K,
  ): { value: S[K] & (string | number); label: string }[];
  /** Do these settings go together with the others? */
  can(changes: Partial<S>): boolean;
  begin(example: Partial<S>): void;
  /** Settings as a link carries them. */
  packed(): object;
};

type Options<S> = {
  /** Throws a RangeError where settings that are allowed one by one do not go together. */
  fits?: (settings: S, schema: Schema) => unknown;
  /** Settings as a link carries them, where that is shorter. */
  pack?: (settings: S) => object;
  /** The settings that `pack` has shortened. */
  unpack?: (given: Record<string, unknown>) => Record<string, unknown>;
};

/** The settings of a lab, as its traits name them (see schema.ts). */
export function useLab<S extends object>(
  { model, share }: Host,
  { fits = () => {}, pack = (settings) => settings, unpack = (given) => given }: Options<S> = {},
): LabOf<S> {
  const [schema] = useState<Schema>(() => model.get("_schema"));
  const names = Object.keys(schema) as (keyof S & string)[];
  const [state, set] = useTraits<S>(model, names);
  const [shown] = useTraits<Shown>(model, ["task", "controls", "full"]);
  const [initial] = useState(state);
  const [message, setMessage] = useState({ text: "", wrong: false });
  const complain = (text: string) => setMessage({ text, wrong: true });
  const say = (text: string) => setMessage({ text, wrong: false });
  const change = (changes: Partial<S>) => {
    say("");
    set(changes);
  };
  const use = (settings: Record<string, unknown>) => {
    fits(settings as S, schema);
    change(settings as S);
  };
  useEffect(() => share?.follow({ unpack, use, refuse: complain }), [share]);
  return {
    state,
    initial,
    schema,
    share,
    ...shown,
    set,
    change,
    message,
    say,
    complain,
    control: (name) => ({
      value: state[name],
      initial: initial[name],
      onChange: (value) => change({ [name]: value } as unknown as Partial<S>),
    }),
    range: (name) => {
      const rule = schema[name] as Extract<Rule, { low: number; high: number } | { most: number }>;
      const [min, max] = "most" in rule ? [1, rule.most] : [rule.low, rule.high];
      return { min, max: rule.slider ?? max };
    },
    axes: (name) => (schema[name] as Extract<Rule, { type: "block" }>).axes,
    options: (name) => {
      const { of } = schema[name] as Extract<Rule, { type: "choice" }>;
      return of.map((value) => ({ value: value as never, label: String(value) }));
    },
    can: (changes) => {
      try {
        fits({ ...state, ...changes }, schema);
        return true;
      } catch (error) {
        if (error instanceof RangeError) return false;
        throw error;
      }
    },
    begin: (example) => change({ ...defaultsOf<S>(schema), ...example }),
    packed: () => pack(state),
  };
}

/** What the settings come to, worked out anew when one changes; the pick changes nothing. */
export function useSolved<S extends object, T>(state: S, solve: (state: S) => T): T {
  const settings = Object.entries(state).filter(([name]) => name !== "picked");
  return useMemo(
    () => solve(state),
    settings.map(([, value]) => value),
  );
}

type Messages = Pick<LabOf<object>, "message">;

/** The lab's line for messages. */
export function Message({ lab: { message } }: { lab: Messages }) {
  return (
    <p class={`cnl-message${message.wrong ? " wrong" : ""}`} role="status">
      {message.text}
    </p>
  );
}

type Sharable = Pick<LabOf<object>, "share" | "say" | "packed">;

type SharingProps = {
  lab: Sharable;
  result?: () => string;
  python?: () => string;
  workbench?: string;
};

/** Buttons that copy a lab's settings, those there are, and a link to the workbench. */
export function Sharing({ lab, ...props }: SharingProps) {
  return <ShareButtons share={lab.share} settings={lab.packed} onSay={lab.say} {...props} />;
}

/**
 * Leaves the keys to what has the focus: JupyterLab takes arrows for moves between cells, and 0 0
 * for a restart of the kernel, unless the focused element itself says otherwise.
 */
const keepKeys = ({ target }: FocusEvent) =>
  (target as Element).setAttribute("data-lm-suppress-shortcuts", "true");

/** The heights of a frame, by the name of their style: see `room` in base.py. */
type Room = Record<string, number>;

/** ", 2 of 4" where a page of the book has several labs of this kind. */
export const Which = createContext("");

function whichLab(el: HTMLElement) {
  const place = el.closest<HTMLElement>(".cnl-explorable"); // none in a notebook
  return place
    ? whichOf(place, `.cnl-explorable[data-explorable="${place.dataset.explorable}"]`)
    : "";
}

/** A component as the view that anywidget and the static host mount. */
export const view = (Component: (host: Host) => ComponentChildren) => ({
  render({ model, el, share, later }: Host & { el: HTMLElement }) {
    el.addEventListener("focusin", keepKeys);
    el.classList.add("cnl-place");
    const kind = model.get<string>("_kind"); // in a notebook; a page's place says it already
    if (kind) el.dataset.explorable = kind;
    for (const [name, height] of Object.entries(model.get<Room>("_room") ?? {}))
      el.style.setProperty(`--${name}`, `${height}px`);
    render(
      <Which.Provider value={whichLab(el)}>
        <Component model={model} share={share} later={later} />
      </Which.Provider>,
      el,
    );
    return () => render(null, el);
  },
});
