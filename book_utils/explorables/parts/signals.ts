/**
 * Messages between the explorables of one page. They travel as events of the document, and the last
 * one to each lab is kept there, because in a live notebook every view carries its own copy of this
 * module.
 */
import { useEffect, useRef } from "preact/hooks";

/**
 * What is told, by topic. `lab` is the name of the explorable it is for; `go` asks to bring it into
 * view, which is done once.
 */
type Messages = {
  /** a layer, by its row in a table and as PyTorch names it */
  "show-layer": { lab: string; row: number; name: string; label: string; go?: boolean };
};
type Topic = keyof Messages;
type Handler<T extends Topic> = (message: Messages[T]) => void;

const PREFIX = "convnets-live:";
const KEPT: unique symbol = Symbol.for(`${PREFIX}signals`);
const page = () => document as Document & { [KEPT]?: Map<string, Messages[Topic]> };

function kept() {
  page()[KEPT] ??= new Map();
  return page()[KEPT] as Map<string, Messages[Topic]>;
}

export function send<T extends Topic>(topic: T, message: Messages[T]) {
  kept().set(`${topic} ${message.lab}`, message);
  document.dispatchEvent(new CustomEvent(PREFIX + topic, { detail: message }));
}

/** Calls back with every message of a topic until the function it returns is called. */
export function listen<T extends Topic>(topic: T, handler: Handler<T>): () => void {
  const hear = (event: Event) => handler((event as CustomEvent<Messages[T]>).detail);
  document.addEventListener(PREFIX + topic, hear);
  return () => document.removeEventListener(PREFIX + topic, hear);
}

/**
 * Calls back with the messages of a topic to one lab; first with the last one that was sent before
 * the lab was mounted, since labs of the built book are mounted only as they come near.
 */
export function useSignal<T extends Topic>(topic: T, lab: string, handler: Handler<T>) {
  const latest = useRef(handler);
  latest.current = handler;
  useEffect(() => {
    const key = `${topic} ${lab}`;
    const take = (message: Messages[T]) => {
      kept().set(key, { ...message, go: false });
      latest.current(message);
    };
    const missed = kept().get(key);
    if (missed) take(missed);
    return listen(topic, (message) => message.lab === lab && take(message));
  }, [topic, lab]);
}
