/**
 * Settings in the URL fragment: `#lab=NAME&s=…`. What a link holds is data from a stranger, checked
 * before use.
 */

import { isWritten } from "./written.ts";

const toBase64Url = (text: string) => {
  const bytes = Array.from(new TextEncoder().encode(text), (byte) =>
    String.fromCharCode(byte),
  ).join("");
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};

const fromBase64Url = (text: string) => {
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) =>
    c.charCodeAt(0),
  );
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
};

export function toFragment(name: string, state: object) {
  return `#lab=${encodeURIComponent(name)}&s=${toBase64Url(JSON.stringify(state))}`;
}

/** Does a fragment carry settings, for whichever lab? */
export const isShared = (fragment: string) => /^#(lab|s)=/.test(fragment);

/** Which lab a fragment is for, or null. */
export function labOf(fragment: string) {
  if (isWritten(fragment)) return null; // a link in the text, which writes its settings out
  return new URLSearchParams(fragment.replace(/^#/, "")).get("lab");
}

/**
 * The settings in a fragment meant for the lab `name`; null when it is for another, or for none.
 * @throws {Error} when the fragment is for this lab but cannot be read
 */
export function fromFragment(fragment: string, name: string): Record<string, unknown> | null {
  if (labOf(fragment) !== name) return null;
  const packed = new URLSearchParams(fragment.replace(/^#/, "")).get("s") ?? "";
  const state = JSON.parse(fromBase64Url(packed));
  if (state === null || typeof state !== "object" || Array.isArray(state))
    throw new Error("not an object");
  return state;
}
