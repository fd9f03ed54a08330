/** Copy the settings away: as a link to this page, or as Python. */

import { useEffect, useState } from "preact/hooks";
import type { Share } from "./host.ts";
import { copy } from "./link.ts";

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

/**
 * Restores the settings of a link when the page opens and whenever its fragment changes.
 * `accept` throws what is wrong with settings that this lab cannot show.
 */
export function useSharedLink(
  share: Share | undefined,
  accept: (settings: Record<string, unknown>) => void,
  refuse: (message: string) => void,
) {
  useEffect(() => {
    if (!share) return;
    const restore = () => {
      try {
        const settings = share.read();
        if (settings) accept(settings);
      } catch (error) {
        const reason = error instanceof RangeError ? error.message : "it is damaged or incomplete";
        refuse(`The link’s settings were not used: ${reason}. The lab keeps its own.`);
      }
    };
    restore();
    share.changes.addEventListener("link", restore);
    return () => share.changes.removeEventListener("link", restore);
  }, [share]);
}
