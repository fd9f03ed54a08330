/**
 * Messages between the explorables of one page. They travel as events of the document, and the last
 * one to each lab is kept there, because in a live notebook every view carries its own copy of this
 * module.
 */
import { useEffect, useRef } from "preact/hooks";

/**
 * `lab` is the name of the explorable it is for; `go` asks to bring it into view, which is done
 * once.
 */
type Message = { lab: string; go?: boolean } & Record<string, any>;

const PREFIX = "convnets-live:";
const KEPT = Symbol.for(`${PREFIX}signals`);

const kept = (): Map<string, Message> => ((document as any)[KEPT] ??= new Map());

export function send(topic: string, message: Message) {
  kept().set(`${topic} ${message.lab}`, message);
  document.dispatchEvent(new CustomEvent(PREFIX + topic, { detail: message }));
}

/** Calls back with every message of a topic until the function it returns is called. */
export function listen(topic: string, handler: (message: Message) => void): () => void {
  const hear = (event: Event) => handler((event as CustomEvent).detail);
  document.addEventListener(PREFIX + topic, hear);
  return () => document.removeEventListener(PREFIX + topic, hear);
}

/**
 * Calls back with the messages of a topic to one lab; first with the last one that was sent before
 * the lab was mounted, since labs of the built book are mounted only as they come near.
 */
export function useSignal(topic: string, lab: string, handler: (message: Message) => void) {
  const latest = useRef(handler);
  latest.current = handler;
  useEffect(() => {
    const key = `${topic} ${lab}`;
    const take = (message: Message) => {
      kept().set(key, { ...message, go: false });
      latest.current(message);
    };
    const missed = kept().get(key);
    if (missed) take(missed);
    return listen(topic, (message) => message.lab === lab && take(message));
  }, [topic, lab]);
}
