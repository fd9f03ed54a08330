/** Copy away: the settings as a link to this page or as Python, and what came of them. */

import { useState } from "preact/hooks";
import { copy } from "./copy.ts";
import type { Share } from "./host.ts";

type Props = {
  settings: () => object;
  /** what came of it, where there is anything */
  result?: () => string;
  /** the settings as code, where there is any */
  python?: () => string;
  share?: Share;
  /** the name of the full lab on the workbench */
  workbench?: string;
  onSay: (message: string) => void;
};

export function ShareButtons({ settings, result, python, share, workbench, onSay }: Props) {
  const [shown, show] = useState("");
  const put = async (what: string, text: string) => {
    const copied = await copy(text);
    show(copied ? "" : text);
    onSay(
      copied
        ? `${what} copied.`
        : `The browser does not let this page copy; take the ${what.toLowerCase()} from the box.`,
    );
  };
  return (
    <span class="cnl-share">
      {result && (
        <button type="button" onClick={() => put("Result", result())}>
          Copy result
        </button>
      )}
      {share && (
        <button type="button" onClick={() => put("Link", share.link(settings()))}>
          Copy link
        </button>
      )}
      {python && (
        <button type="button" onClick={() => put("Code", python())}>
          Copy as PyTorch
        </button>
      )}
      {share && workbench && (
        <a href={share.workbench(workbench, settings())}>Open on the workbench</a>
      )}
      {shown && (
        <input
          readOnly
          value={shown}
          aria-label="To copy"
          onFocus={(e) => e.currentTarget.select()}
        />
      )}
    </span>
  );
}
