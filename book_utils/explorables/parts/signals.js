/**
 * Messages between the explorables of one page. They travel as events of the document, and the last
 * one to each lab is kept there, because in a live notebook every view carries its own copy of this module.
 */
import { useEffect, useRef } from "preact/hooks";

/**
 * `lab` is the name of the explorable it is for; `go` asks to bring it into view, which is done once.
 * @typedef {{ lab: string, go?: boolean } & Record<string, any>} Message
 */

const PREFIX = "convnets-live:";
const KEPT = Symbol.for(`${PREFIX}signals`);

/** @returns {Map<string, Message>} */
const kept = () => /** @type {any} */ (document)[KEPT] ??= new Map();

/** @param {string} topic @param {Message} message */
export function send(topic, message) {
  kept().set(`${topic} ${message.lab}`, message);
  document.dispatchEvent(new CustomEvent(PREFIX + topic, { detail: message }));
}

/** Calls back with every message of a topic until the function it returns is called. @param {string} topic @param {(message: Message) => void} handler @returns {() => void} */
export function listen(topic, handler) {
  const hear = (/** @type {Event} */ event) => handler(/** @type {CustomEvent} */ (event).detail);
  document.addEventListener(PREFIX + topic, hear);
  return () => document.removeEventListener(PREFIX + topic, hear);
}

/**
 * Calls back with the messages of a topic to one lab; first with the last one that was sent before
 * the lab was mounted, since labs of the built book are mounted only as they come near.
 * @param {string} topic @param {string} lab @param {(message: Message) => void} handler
 */
export function useSignal(topic, lab, handler) {
  const latest = useRef(handler);
  latest.current = handler;
  useEffect(() => {
    const key = `${topic} ${lab}`;
    const take = (/** @type {Message} */ message) => {
      kept().set(key, { ...message, go: false });
      latest.current(message);
    };
    const missed = kept().get(key);
    if (missed) take(missed);
    return listen(topic, (message) => message.lab === lab && take(message));
  }, [topic, lab]);
}
