/** A network as text: read where it is pasted, never run. */
import { useState } from "preact/hooks";
import { useId } from "../parts/ids.ts";
import { parse } from "./parse.ts";
import type { Row } from "./rows.ts";

type PasteProps = {
  input: number[];
  onUse: (rows: Row[], input: number[]) => void;
};

export function Paste({ input, onUse }: PasteProps) {
  const [text, setText] = useState("");
  const [refused, refuse] = useState("");
  const id = useId();
  const use = () => {
    const found = parse(text, input);
    if ("why" in found) {
      refuse(`Line ${found.line}: ${found.why}`);
      return;
    }
    refuse("");
    onUse(found.rows, found.input);
  };
  return (
    <div class="cnl-paste">
      <label for={id}>Paste a network</label>
      <textarea
        id={id}
        rows={6}
        spellcheck={false}
        autocapitalize="off"
        placeholder={"nn.Sequential(\n    nn.Conv2d(3, 8, 3),\n    nn.ReLU(),\n)"}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="button" disabled={!text.trim()} onClick={use}>
        Use it
      </button>
      <p class="cnl-refused" role="status">
        {refused}
      </p>
    </div>
  );
}
