/**
 * A page's worth of the drawing pad and the signals: what the tests of parts/drawing.tsx and
 * parts/signals.ts drive.
 */
import { render } from "preact";
import { useState } from "preact/hooks";
import { DrawingPad } from "../../book_utils/explorables/parts/drawing.tsx";
import { listen, send, useSignal } from "../../book_utils/explorables/parts/signals.ts";

type Example = NonNullable<Parameters<typeof DrawingPad>[0]["examples"]>[number];

/** What the tests find and leave on the page. */
const page = globalThis as unknown as { changes?: number; examples: Example[] };

function Page({ examples }: { examples: Example[] }) {
  const [value, change] = useState<number[][] | null>(null);
  Object.assign(page, { value, change, changes: (page.changes ?? -1) + 1 });
  return (
    <section class="cnl" aria-label="Pad">
      <DrawingPad label="Write a digit" value={value} onChange={change} examples={examples} />
    </section>
  );
}

function Listener({ name }: { name: string }) {
  const [heard, hear] = useState<string[]>([]);
  useSignal("show-layer", name, ({ row, go }) =>
    hear((rows) => [...rows, `${row}${go ? "!" : ""}`]),
  );
  return <p id={name}>{heard.join(" ")}</p>;
}

const mount = (name: string) => {
  const place = document.body.appendChild(document.createElement("div"));
  render(<Listener name={name} />, place);
  return () => render(null, place);
};
Object.assign(page, { listen, send, mount });
render(<Page examples={page.examples} />, document.querySelector("#pad") as Element);
