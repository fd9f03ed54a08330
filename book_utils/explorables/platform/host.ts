/**
 * The static host: mounts explorables in the built book, with no kernel or server.
 *
 * The page holds, for each explorable, an element with its state as JSON (see base.py), or where
 * that is large, with the name of a file of the book (see sphinx_ext/explorables.py). This module
 * gives the view the same `model` that anywidget gives it in a live notebook.
 */

import { checked } from "./check.ts";
import { DrivenLab, type Settings } from "./driven.ts";
import { driving } from "./driving.ts";
import { fromFragment, labOf, toFragment } from "./link.ts";
import { keepPlace } from "./place.ts";
import type { Schema } from "./schema.ts";
import type { Model } from "./traits.ts";
import { whichOf } from "./which.ts";

export type Share = {
  link(settings: object): string;
  /** The address of the workbench with these settings in its lab of that name. */
  workbench(name: string, settings: object): string;
  /**
   * Hands on the settings of a link when the page opens, and whenever another is followed; says why
   * some were not used. `unpack` makes settings of what the link carries, `use` may throw a
   * RangeError. Returns what ends it.
   */
  follow(to: {
    unpack: (given: Settings) => Settings;
    use: (settings: Settings) => void;
    refuse: (message: string) => void;
  }): () => void;
};
/** What the lab asks for only later, as JSON (see `later` in base.py). */
export type Later = () => Promise<string>;
type View = {
  render(context: {
    model: Model;
    el: HTMLElement;
    share?: Share;
    later?: Later;
  }): undefined | (() => void);
};

// Sphinx says on every page where the book begins.
const WORKBENCH = `${document.documentElement.dataset.content_root ?? ""}chapters/workbench.html`;

function whenParsed(start: () => void) {
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
}

/** When the page's own scripts, which are deferred, have run: those fetched later need them. */
const ownScripts = new Promise<unknown>((resolve) => {
  if (document.readyState === "complete") resolve(null);
  for (const event of ["DOMContentLoaded", "load"]) addEventListener(event, resolve);
});

const NEAR = "100% 0px"; // an explorable is mounted when it comes within a screen of the window
// Until then Tab stops at its place, which brings it near; else the keyboard would pass by.
const waiting = (place: Element) => ({
  tabindex: "0",
  role: "group",
  "aria-label": `Interactive part${whichOf(place, ".cnl-explorable")}, which opens as you reach it`,
});

function wait(place: Element) {
  for (const [name, value] of Object.entries(waiting(place))) place.setAttribute(name, value);
}

function stopWaiting(place: Element) {
  for (const name of Object.keys(waiting(place))) place.removeAttribute(name);
}

/** State and events, as anywidget's model has them. */
class StaticModel implements Model {
  state: Settings;
  listeners = new Map<string, Set<() => void>>();

  constructor(state: Settings) {
    this.state = { ...state };
  }

  get<T>(key: string) {
    return this.state[key] as T;
  }

  set(key: string, value: unknown) {
    if (JSON.stringify(this.state[key]) === JSON.stringify(value)) return;
    this.state[key] = value;
    for (const callback of [...(this.listeners.get(`change:${key}`) ?? [])]) callback();
  }

  on(event: string, callback: () => void) {
    this.listeners.set(event, (this.listeners.get(event) ?? new Set()).add(callback));
  }

  off(event: string, callback: () => void) {
    this.listeners.get(event)?.delete(callback);
  }

  save_changes() {} // nobody else holds a copy
}

/** Links that carry the settings of one lab. What they hold is data from a stranger. */
const sharing = (name: string, schema: Schema, lab: DrivenLab): Share => ({
  link: (settings) => location.href.split("#")[0] + toFragment(name, settings),
  workbench: (lab, settings) => WORKBENCH + toFragment(lab, settings),
  follow({ unpack, use, refuse }) {
    const restore = () => {
      try {
        const given = fromFragment(location.hash, name);
        if (given) use(checked(schema, unpack(given)));
      } catch (error) {
        const reason = error instanceof RangeError ? error.message : "it is damaged or incomplete";
        const said = reason.replace(/\.$/, "");
        refuse(`The link’s settings were not used: ${said}. The lab keeps its own.`);
      }
    };
    const followed = () => {
      if (labOf(location.hash) === name && !hasReturned(lab)) restore();
    };
    lab.takes({ use, refuse });
    restore();
    addEventListener("hashchange", followed);
    return () => removeEventListener("hashchange", followed);
  },
});

/** What has been loaded, by the file of the book: labs that need the same share it. */
const loaded = new Map<string, Promise<string>>();

function load(from: string) {
  const known = loaded.get(from);
  if (known) return known;
  const text = fetchScript(from);
  loaded.set(from, text);
  text.catch(() => loaded.delete(from)); // who asks again may have more luck
  return text;
}

/**
 * A large state, from a file of the book. The file is a script that leaves the JSON on its own
 * element, since a page from a disk may read nothing else.
 */
const fetchScript = (from: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.onload = () => {
      resolve(script.dataset.state ?? "");
      script.remove();
    };
    script.onerror = reject;
    script.src = from;
    document.head.append(script);
  });

/** The text of a script of the page, or of the file of the book that has it. */
const textOf = async (script: HTMLScriptElement) =>
  script.dataset.from ? load(script.dataset.from) : (script.textContent ?? "");

/** Said below the still picture of a lab whose state could not be loaded. */
const EXCUSE = `<section class="cnl"><p class="cnl-message wrong" role="status">
  What this lab needs could not be loaded. Online: check the connection and load the page again.
  From a disk: the page needs the other files of the book around it.</p></section>`;

const begun: WeakMap<HTMLElement, Promise<void>> = new WeakMap();
const labs: WeakMap<HTMLElement, DrivenLab> = new WeakMap(); // mounted, and with settings

/** Mounts a place, once: at once, or as soon as its state is there. */
function mount(place: HTMLElement, view: View) {
  if (!begun.has(place)) begun.set(place, begin(place, view));
  return begun.get(place);
}

/**
 * What the settings of a lab may be: its own schema, or where the book has left that out, the one
 * before it of a lab of its kind (see sphinx_ext/explorables.py).
 */
function schemaOf(place: HTMLElement): Schema {
  const kind = `[data-explorable="${place.dataset.explorable}"]`;
  const places = [...document.querySelectorAll(kind)];
  const upToHere = places.slice(0, places.indexOf(place) + 1);
  const told = upToHere.map((each) => each.querySelector("script[data-schema]")?.textContent);
  return JSON.parse(told.findLast(Boolean) ?? "{}");
}

async function begin(place: HTMLElement, view: View) {
  const text = await textOf(place.querySelector("script") as HTMLScriptElement).catch(() => "");
  stopWaiting(place);
  if (!text) return place.insertAdjacentHTML("beforeend", EXCUSE);
  const schema = schemaOf(place);
  const state = { ...JSON.parse(text), _schema: schema };
  const el = document.createElement("div");
  place.append(el);
  const model = new StaticModel(state);
  const lab = new DrivenLab(place, model, schema);
  const kept = place.querySelector<HTMLScriptElement>("script[data-later]");
  const later = kept ? () => textOf(kept) : undefined;
  view.render({ model, el, share: sharing(state.name, schema, lab), later });
  if (Object.keys(schema).length) labs.set(place, lab);
  place.classList.add("cnl-mounted");
}

/** The views by name, each as soon as its bundle is there. */
const views = new Map<string, { view: Promise<View>; comes: (view: View) => void }>();

function viewOf(name: string) {
  const known = views.get(name);
  if (known) return known;
  let comes: (view: View) => void = () => {};
  const view = new Promise<View>((resolve) => {
    comes = resolve;
  });
  const made = { view, comes };
  views.set(name, made);
  return made;
}

const placesOf = (kind: string) =>
  document.querySelectorAll<HTMLElement>(`.cnl-explorable[data-explorable="${kind}"]`);

const fetched = new Set<string>();

/** Fetches the bundle of a kind of lab, once, where the page leaves it until it is wanted. */
function fetchView(kind: string) {
  const from = [...placesOf(kind)].find((place) => place.dataset.script)?.dataset.script;
  if (!from || fetched.has(kind)) return;
  fetched.add(kind);
  const script = document.createElement("script");
  script.onerror = () => {
    for (const place of placesOf(kind)) {
      stopWaiting(place);
      place.insertAdjacentHTML("beforeend", EXCUSE);
    }
  };
  script.src = from;
  ownScripts.then(() => document.head.append(script));
}

/** Lets the bundles come whose labs come near. */
function fetchNear() {
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (isIntersecting) fetchView((target as HTMLElement).dataset.explorable ?? "");
      }
    },
    { rootMargin: NEAR },
  );
  for (const { dataset } of document.querySelectorAll<HTMLElement>("[data-script]")) {
    for (const place of placesOf(dataset.explorable ?? "")) {
      wait(place);
      observer.observe(place);
    }
  }
}

/** The lab of a name, mounted. */
async function labAt(name: string) {
  const place = document.getElementById(`lab-${name}`);
  const kind = place?.dataset.explorable;
  if (!place || !kind) return;
  fetchView(kind);
  await mount(place, await viewOf(kind).view);
  return labs.get(place);
}

let hasReturned = (_: DrivenLab) => false;
whenParsed(() => {
  keepPlace();
  fetchNear();
  hasReturned = driving(labAt);
});

/** Called by every view's bundle: mounts the places that ask for it, as they come near. */
export function register(name: string, view: View) {
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        mount(target as HTMLElement, view);
      }
    },
    { rootMargin: NEAR },
  );

  const start = () => {
    for (const place of placesOf(name)) {
      if (begun.has(place)) continue;
      wait(place);
      observer.observe(place);
    }
    goToLinked();
  };
  const goToLinked = async () => {
    const lab = labOf(location.hash);
    const place = lab && document.getElementById(`lab-${lab}`);
    if (!place || place.dataset.explorable !== name) return;
    const show = () =>
      place.scrollIntoView({ block: place.clientHeight > innerHeight ? "start" : "center" });
    show();
    await mount(place, view);
    show();
  };
  addEventListener("hashchange", goToLinked);
  viewOf(name).comes(view);
  whenParsed(start);
}
