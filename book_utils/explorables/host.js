/**
 * The static host: mounts explorables in the built book, with no kernel, server or network.
 *
 * The page holds, for each explorable, an element with its state as JSON (see base.py). This module
 * gives the view the same `model` that anywidget gives it in a live notebook.
 */
import { fromFragment, labOf, toFragment } from "./parts/share.js";

/** @typedef {import("./parts/traits.js").Model} Model */
/** @typedef {{ link(settings: object): string, read(): Record<string, unknown> | null, changes: EventTarget }} Share */
/** @typedef {{ render(context: { model: Model, el: HTMLElement, share?: Share }): void | (() => void) }} View */

const NEAR = "400px"; // an explorable is mounted when it comes this near to the window

/** State and events, as anywidget's model has them. @implements {Model} */
class StaticModel {
  /** @param {Record<string, any>} state */
  constructor(state) {
    this.state = { ...state };
    /** @type {Map<string, Set<() => void>>} */
    this.listeners = new Map();
  }

  get(/** @type {string} */ key) {
    return this.state[key];
  }

  set(/** @type {string} */ key, /** @type {any} */ value) {
    if (JSON.stringify(this.state[key]) === JSON.stringify(value)) return;
    this.state[key] = value;
    for (const callback of [...(this.listeners.get(`change:${key}`) ?? [])]) callback();
  }

  on(/** @type {string} */ event, /** @type {() => void} */ callback) {
    this.listeners.set(event, (this.listeners.get(event) ?? new Set()).add(callback));
  }

  off(/** @type {string} */ event, /** @type {() => void} */ callback) {
    this.listeners.get(event)?.delete(callback);
  }

  save_changes() {} // nobody else holds a copy
}

/** Links that carry the settings of one lab. @param {string} name @returns {Share} */
function sharing(name) {
  const changes = new EventTarget();
  addEventListener("hashchange", () => {
    if (labOf(location.hash) === name) changes.dispatchEvent(new Event("link"));
  });
  return {
    changes,
    link: (settings) => location.href.split("#")[0] + toFragment(name, settings),
    read: () => fromFragment(location.hash, name),
  };
}

/** @param {HTMLElement} place @param {View} view */
function mount(place, view) {
  if (place.classList.contains("cnl-mounted")) return;
  const state = JSON.parse(place.querySelector("script")?.textContent ?? "{}");
  const el = document.createElement("div");
  place.append(el);
  view.render({ model: new StaticModel(state), el, share: sharing(state.name) });
  place.classList.add("cnl-mounted");
}

/** Called by every view's bundle: mounts the places that ask for it, as they come near. @param {string} name @param {View} view */
export function register(name, view) {
  const observer = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      mount(/** @type {HTMLElement} */ (target), view);
    }
  }, { rootMargin: NEAR });

  const start = () => {
    for (const place of document.querySelectorAll(`.cnl-explorable[data-explorable="${name}"]`)) {
      observer.observe(place);
    }
    goToLinked();
  };
  const goToLinked = () => {
    const lab = labOf(location.hash);
    const place = lab && document.getElementById(`lab-${lab}`);
    if (!place || place.dataset.explorable !== name) return;
    mount(place, view);
    place.scrollIntoView({ block: "center" });
  };
  addEventListener("hashchange", goToLinked);
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
}
