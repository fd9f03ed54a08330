/** The widget's state as a Preact hook, the same for a live kernel and for the static page. */
import { useEffect, useState } from "preact/hooks";

/** What every view is given: anywidget's model, or the static host's (see host.ts). */
export type Model = {
  get<T>(key: string): T;
  set(key: string, value: unknown): void;
  on(event: string, callback: () => void): void;
  off(event: string, callback: () => void): void;
  save_changes(): void;
  /** a message to Python; a page has nobody to send it to */
  send?(message: unknown): void;
};

/** Current values of some traits, and a function that sets several at once. */
export function useTraits<S extends object>(
  model: Model,
  names: readonly (keyof S & string)[],
): [S, (changes: Partial<S>) => void] {
  const read = () => Object.fromEntries(names.map((name) => [name, model.get(name)])) as S;
  const [state, setState] = useState(read);

  useEffect(() => {
    const follow = () => setState(read());
    const events = names.map((name) => `change:${name}`);
    for (const event of events) model.on(event, follow);
    follow(); // a trait may have changed between the first render and this effect
    return () => {
      for (const event of events) model.off(event, follow);
    };
  }, [model]);

  return [
    state,
    (changes) => {
      for (const [name, value] of Object.entries(changes)) model.set(name, value);
      model.save_changes();
      setState(read());
    },
  ];
}
