/** Copy the settings away: as a link to this page, or as Python. */

import { useState } from "preact/hooks";
import { copy } from "./copy.ts";
import type { Share } from "./host.ts";

export function ShareButtons({
  settings,
  python,
  share,
  onSay,
}: {
  settings: () => object;
  python: () => string;
  share?: Share;
  onSay: (message: string) => void;
}) {
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
      {share && (
        <button type="button" onClick={() => put("Link", share.link(settings()))}>
          Copy link
        </button>
      )}
      <button type="button" onClick={() => put("Code", python())}>
        Copy as PyTorch
      </button>
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
