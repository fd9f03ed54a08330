/** Settings to begin from: the page's own and a list of examples. */
import { useState } from "preact/hooks";
import type { ExamplesOf, LabOf } from "../platform/lab.tsx";
import { Choice } from "./controls.tsx";

const OWN = "this page’s own";

/** `lab` is one of fewer settings where an example leaves the others as they are. */
type Props<S extends object> = {
  lab: Pick<LabOf<S>, "initial" | "change" | "begin">;
  examples: ExamplesOf<S>;
};

export function Examples<S extends object>({ lab, examples }: Props<S>) {
  const [chosen, choose] = useState(OWN);
  const begin = (label: string) => {
    const example = Object.values(examples).find((group) => label in group)?.[label];
    if (example) lab.begin(example);
    else lab.change(lab.initial);
  };
  const options = Object.entries(examples).flatMap(([group, labels]) =>
    Object.keys(labels).map((label) => ({ value: label, label, group })),
  );
  return (
    <>
      <Choice
        label="Example"
        value={chosen}
        options={[{ value: OWN, label: OWN, group: "" }, ...options]}
        onChange={(label) => {
          choose(label);
          begin(label);
        }}
      />
      <button type="button" onClick={() => begin(chosen)}>
        Reset
      </button>
    </>
  );
}
