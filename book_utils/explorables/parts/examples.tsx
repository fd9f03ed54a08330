/** Settings to begin from: the page's own and a list of examples. */
import { useState } from "preact/hooks";
import { Choice } from "./controls.tsx";

export function Examples({
  presets,
  initial,
  onChange,
}: {
  presets: readonly { id: string; label: string; group?: string; settings: Record<string, any> }[];
  initial: Record<string, any>;
  onChange: (settings: Record<string, any>) => void;
}) {
  const [chosen, choose] = useState("start");
  const start = (id: string) => presets.find((preset) => preset.id === id)?.settings ?? initial;
  const options = [
    { value: "start", label: "this page’s own" },
    ...presets.map(({ id, label, group }) => ({ value: id, label, group })),
  ];
  return (
    <>
      <Choice
        label="Example"
        value={chosen}
        options={options}
        onChange={(id) => {
          choose(id);
          onChange(start(id));
        }}
      />
      <button type="button" onClick={() => onChange(start(chosen))}>
        Reset
      </button>
    </>
  );
}
