/** The widget's state as a Preact hook, the same for a live kernel and for the static page. */
import { useEffect, useState } from "preact/hooks";

/** What every view is given: anywidget's model, or the static host's (see host.ts). */
export type Model = {
  get(key: string): any;
  set(key: string, value: any): void;
  on(event: string, callback: () => void): void;
  off(event: string, callback: () => void): void;
  save_changes(): void;
};

const read = (model: Model, keys: readonly string[]) =>
  Object.fromEntries(keys.map((key) => [key, model.get(key)]));

/** Current values of the traits `keys`, and a function that sets several at once. */
export function useTraits(
  model: Model,
  keys: readonly string[],
): [Record<string, any>, (changes: Record<string, any>) => void] {
  const [state, setState] = useState(() => read(model, keys));

  useEffect(() => {
    const follow = () => setState(read(model, keys));
    const events = keys.map((key) => `change:${key}`);
    events.forEach((event) => model.on(event, follow));
    follow(); // a trait may have changed between the first render and this effect
    return () => events.forEach((event) => model.off(event, follow));
  }, [model]);

  return [
    state,
    (changes) => {
      for (const [key, value] of Object.entries(changes)) model.set(key, value);
      model.save_changes();
      setState(read(model, keys));
    },
  ];
}
