/** What all labs have in common: traits, their start, links that carry settings, and a line for messages. */
import { render } from "preact";
import { useState } from "preact/hooks";
import { ShareButtons, useSharedLink } from "./sharing.jsx";
import { useTraits } from "./traits.js";

/**
 * @typedef {{ model: import("./traits.js").Model, share?: import("../host.js").Share }} Host
 * @typedef {ReturnType<typeof useLab>} LabState
 */

/**
 * @param {Host} host
 * @param {readonly string[]} keys  the traits that make up the lab's settings
 * @param {(settings: Record<string, any>) => Record<string, any>} accept  checks settings from a link; throws a RangeError
 */
export function useLab({ model, share }, keys, accept) {
  const [state, set] = useTraits(model, keys);
  const [initial] = useState(state);
  const [message, setMessage] = useState({ text: "", wrong: false });
  const say = (/** @type {string} */ text) => setMessage({ text, wrong: false });
  const complain = (/** @type {string} */ text) => setMessage({ text, wrong: true });
  const change = (/** @type {Record<string, any>} */ changes) => {
    say("");
    set(changes);
  };
  useSharedLink(share, (settings) => change(accept(settings)), complain);
  return { state, initial, set, change, message, say, complain, share };
}

/** The frame of a lab. @param {{ label: string, children: any }} props */
export function Lab({ label, children }) {
  return <section class="cnl" aria-label={label}>{children}</section>;
}

/** The lab's line for messages. @param {{ lab: LabState }} props */
export function Message({ lab: { message } }) {
  return <p class={`cnl-message${message.wrong ? " wrong" : ""}`} role="status">{message.text}</p>;
}

/** Buttons that copy a lab's settings. @param {{ lab: LabState, python: () => string }} props */
export function Sharing({ lab, python }) {
  return <ShareButtons share={lab.share} settings={() => lab.state} python={python} onSay={lab.say} />;
}

/**
 * Leaves the keys to what has the focus: JupyterLab takes arrows for moves between cells, and 0 0 for a restart
 * of the kernel, unless the focused element itself says otherwise.
 * @param {FocusEvent} event
 */
const keepKeys = ({ target }) => /** @type {Element} */ (target).setAttribute("data-lm-suppress-shortcuts", "true");

/** A component as the view that anywidget and the static host mount. @param {(host: Host) => any} Component */
export const view = (Component) => ({
  /** @param {Host & { el: HTMLElement }} context */
  render({ model, el, share }) {
    el.addEventListener("focusin", keepKeys);
    render(<Component model={model} share={share} />, el);
    return () => render(null, el);
  },
});
