/**
 * Text that drives labs: a link such as `[with a stride of 2](#first?stride=2)` sets a lab of the
 * page. A press is an entry of the browser's history, so Back takes it back; its fragment is in the
 * address, so the page can be opened with it, too.
 */
import type { DrivenLab } from "./driven.ts";
import { isShared, labOf } from "./link.ts";
import { Presses, type Press as PressOf } from "./presses.ts";
import { bringIntoView, painted, standAt } from "./showing.ts";
import { teller } from "./telling.ts";
import { isWritten, readWritten } from "./written.ts";

type Press = PressOf<DrivenLab>;

const BEFORE = "The lab is as it was before.";
/** Why settings were not used, in a sentence. */
const unused = (why: string) => `The link’s settings were not used: ${why.replace(/\.$/, "")}.`;
const noLab = (name: string) => `this page has no lab named ${name} that can be set`;
const same = (one: unknown, two: unknown) => JSON.stringify(one) === JSON.stringify(two);

/** The number of an entry of the history; one that the browser has just made has none. */
const entryOf = (state: { cnl?: number } | null) => state?.cnl;
const numbered = (cnl: number) => ({ ...history.state, cnl });

/** What settings a link has written, in words: "stride 2, padding 1". */
const inWords = (texts: Record<string, string>) =>
  Object.entries(texts)
    .map(([name, text]) => `${name.replaceAll("_", " ")} ${text}`)
    .join(", ");

/**
 * Lets the links of the page set its labs, once all of the page is there.
 * @param labAt  the lab of a name, mounted, or nothing where the page has no such lab
 * @returns whether the last way through the history has set a lab
 */
export function driving(labAt: (name: string) => Promise<DrivenLab | undefined>) {
  const tell = teller();
  const presses = new Presses<DrivenLab>(entryOf(history.state) ?? 0);
  let returned: DrivenLab[] = [];

  /** Sets the lab of a link; `enter` has what that did, if anything. */
  async function set(fragment: string, enter: (press: Press) => void) {
    let lab: DrivenLab | undefined;
    try {
      const { lab: name, settings } = readWritten(fragment);
      lab = await labAt(name);
      if (!lab) throw new RangeError(noLab(name));
      await lab.ready;
      const [before, wanted, says] = [lab.settings(), lab.written(settings), inWords(settings)];
      lab.use(wanted);
      if (!same(before, wanted)) enter({ lab, says, before });
      offerUndo(lab);
      tell(says ? `Set in the lab: ${says}.` : "The lab is as this page sets it.");
      await bringIntoView(lab.place);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      if (lab) lab.refuse(`${unused(error.message)} The lab keeps its own.`);
      else tell(unused(error.message), { seen: true });
    }
  }

  /** Where the link is now is where Back will bring it. */
  function press(link: HTMLAnchorElement) {
    const { hash } = link;
    const from = { link, top: link.getBoundingClientRect().top };
    return set(hash, (made) => {
      if (entryOf(history.state) !== presses.at) history.replaceState(numbered(presses.at), "");
      presses.enter();
      presses.note(presses.at, { ...made, from });
      history.pushState(numbered(presses.at), "", hash);
    });
  }

  /** A link that shares settings is followed by its lab, where there is that lab. */
  async function demandLab(fragment: string) {
    const name = labOf(fragment);
    if (!name) tell(unused("the link names no lab"), { seen: true });
    else if (!(await labAt(name))) tell(unused(noLab(name)), { seen: true });
  }

  /** The address may set a lab: that of the page, or one that was typed. */
  function open(entry: number) {
    const { hash } = location;
    if (isWritten(hash)) set(hash, (made) => presses.note(entry, made));
    else if (isShared(hash)) demandLab(hash);
  }

  /** The browser went to an entry, back or forward. */
  async function arrive(entry: number) {
    const [isBack, isKnown] = [entry < presses.at, presses.knows(entry)];
    const gone = presses.go(entry);
    const last = gone.at(-1);
    returned = gone.map(({ lab }) => lab);
    for (const made of gone) offerUndo(made.lab, made);
    // A page that was loaded since knows no more than the address.
    if (!isKnown) open(entry);
    else if (last) tell(isBack ? BEFORE : `Set in the lab: ${last.says}.`);
    await painted();
    if (!last || presses.at !== entry) return; // it may have gone on
    if (!isBack) await bringIntoView(last.lab.place);
    else if (last.from) standAt(last.from.link, last.from.top);
  }

  function undo(lab: DrivenLab) {
    const [entry, made] = presses.last(lab) ?? [];
    if (entry === undefined) return;
    // A page that was opened with the link has no entry of its own before it.
    if (entry === presses.at && made?.from) return history.back();
    presses.takeBack(entry);
    if (entry === presses.at) history.replaceState(history.state, "", location.href.split("#")[0]);
    offerUndo(lab, made);
    tell(BEFORE);
  }

  /** A button on the frame of a lab, as long as there is a press to take back. */
  function offerUndo(lab: DrivenLab, undone?: Press) {
    const last = presses.last(lab)?.[1];
    const there = lab.place.querySelector<HTMLButtonElement>(":scope > .cnl-undo");
    if (!last) {
      if (there === document.activeElement) undone?.from?.link.focus({ preventScroll: true });
      there?.remove();
      return;
    }
    const button = there ?? document.createElement("button");
    Object.assign(button, { type: "button", className: "cnl-undo", textContent: "↶ Undo" });
    button.setAttribute("aria-label", `Undo: ${last.says || "what the page sets"}`);
    button.onclick = () => undo(lab);
    if (!there) lab.place.append(button);
  }

  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>('a[href^="#"]');
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (!link || elsewhere || event.defaultPrevented || !isWritten(link.hash)) return;
    event.preventDefault();
    press(link);
  });
  addEventListener("popstate", ({ state }) => {
    const entry = entryOf(state);
    if (entry !== undefined) arrive(entry);
  });
  addEventListener("hashchange", () => {
    if (entryOf(history.state) !== undefined) return;
    returned = [];
    presses.enter();
    history.replaceState(numbered(presses.at), "");
    open(presses.at);
  });
  history.replaceState(numbered(presses.at), "");
  open(presses.at);
  return (lab: DrivenLab) => returned.includes(lab);
}
