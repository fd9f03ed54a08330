/** The examples of one sign: a list through which the arrow keys go. */
import { useMemo } from "preact/hooks";
import { stepIn, Thumb } from "../parts/gallery.tsx";
import type { Example } from "./study.ts";

type ExamplesProps = {
  name: string;
  /** which of the two signs, for its hue */
  sign: number;
  examples: readonly Example[];
  /** those from here on were drawn */
  drawnFrom: number;
  /** the picture on the pad */
  chosen: string;
  onChoose: (picture: string) => void;
  onRemove: (picture: string) => void;
};

export function Examples(props: ExamplesProps) {
  const { name, sign, examples, drawnFrom, onChoose, onRemove } = props;
  const pictures = examples.map(([, picture]) => picture);
  const chosen = pictures.indexOf(props.chosen);
  const thumbs = useMemo(
    () => pictures.map((each) => <Thumb key={each} picture={each} />),
    [pictures.join()],
  );
  const onKeyDown = (event: KeyboardEvent) => {
    const options = [...(event.currentTarget as HTMLElement).children] as HTMLElement[];
    if (event.key === "Delete" || event.key === "Backspace") {
      const here = options.indexOf(event.target as HTMLElement);
      event.preventDefault();
      if (here < drawnFrom) return; // a ready one stays
      options[here ? here - 1 : 1]?.focus();
      onRemove(pictures[here]);
      return;
    }
    const i = stepIn(event, chosen, pictures.length);
    if (i === undefined) return;
    options[i].focus();
    onChoose(pictures[i]);
  };
  return (
    <figure class={`cnl-taught cnl-sign-${sign}`}>
      <figcaption>
        <b>{name}</b> {examples.length || "no"} {examples.length === 1 ? "example" : "examples"}
      </figcaption>
      {pictures.length > 0 && (
        <div
          role="listbox"
          aria-orientation="horizontal"
          aria-label={`Examples of ${name}`}
          onKeyDown={onKeyDown}
        >
          {thumbs.map((thumb, i) => (
            <div
              key={pictures[i]}
              role="option"
              class={i >= drawnFrom ? "drawn" : ""}
              tabIndex={i === Math.max(0, chosen) ? 0 : -1}
              aria-selected={i === chosen}
              aria-label={`Example ${i + 1} of ${name}, ${i >= drawnFrom ? "drawn" : "ready"}`}
              onClick={() => onChoose(pictures[i])}
            >
              {thumb}
            </div>
          ))}
        </div>
      )}
    </figure>
  );
}
