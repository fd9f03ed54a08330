/**
 * What all labs have in common: traits, their start, links that carry settings, and a line for
 * messages.
 */

import { render } from "preact";
import { useState } from "preact/hooks";
import type { Share } from "./host.ts";
import { ShareButtons, useSharedLink } from "./sharing.tsx";
import type { Model } from "./traits.ts";
import { useTraits } from "./traits.ts";

export type Host = { model: Model; share?: Share };
export type LabState = ReturnType<typeof useLab>;

/**
 * @param keys  the traits that make up the lab's settings
 * @param accept  checks settings from a link; throws a RangeError
 */
export function useLab(
  { model, share }: Host,
  keys: readonly string[],
  accept: (settings: Record<string, any>) => Record<string, any>,
) {
  const [state, set] = useTraits(model, keys);
  const [initial] = useState(state);
  const [message, setMessage] = useState({ text: "", wrong: false });
  const say = (text: string) => setMessage({ text, wrong: false });
  const complain = (text: string) => setMessage({ text, wrong: true });
  const change = (changes: Record<string, any>) => {
    say("");
    set(changes);
  };
  useSharedLink(share, (settings) => change(accept(settings)), complain);
  return { state, initial, set, change, message, say, complain, share };
}

/** The frame of a lab. */
export function Lab({ label, children }: { label: string; children: any }) {
  return (
    <section class="cnl" aria-label={label}>
      {children}
    </section>
  );
}

/** The lab's line for messages. */
export function Message({ lab: { message } }: { lab: LabState }) {
  return (
    <p class={`cnl-message${message.wrong ? " wrong" : ""}`} role="status">
      {message.text}
    </p>
  );
}

/** Buttons that copy a lab's settings. */
export function Sharing({ lab, python }: { lab: LabState; python: () => string }) {
  return (
    <ShareButtons share={lab.share} settings={() => lab.state} python={python} onSay={lab.say} />
  );
}

/**
 * Leaves the keys to what has the focus: JupyterLab takes arrows for moves between cells, and 0 0
 * for a restart
 * of the kernel, unless the focused element itself says otherwise.
 */
const keepKeys = ({ target }: FocusEvent) =>
  (target as Element).setAttribute("data-lm-suppress-shortcuts", "true");

/** A component as the view that anywidget and the static host mount. */
export const view = (Component: (host: Host) => any) => ({
  render({ model, el, share }: Host & { el: HTMLElement }) {
    el.addEventListener("focusin", keepKeys);
    render(<Component model={model} share={share} />, el);
    return () => render(null, el);
  },
});
