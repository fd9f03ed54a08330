/** A page's worth of the drawing pad and the signals: what the tests of parts/drawing.jsx and parts/signals.js drive. */
import { render } from "preact";
import { DrawingPad, listen, send, useSignal, useState } from "../../book_utils/explorables/shared.js";

function Page({ examples }) {
  const [value, change] = useState(null);
  Object.assign(globalThis, { value, change, changes: (globalThis.changes ?? -1) + 1 });
  return (
    <section class="cnl" aria-label="Pad">
      <DrawingPad label="Write a digit" value={value} onChange={change} examples={examples} />
    </section>
  );
}

function Listener({ name }) {
  const [heard, hear] = useState([]);
  useSignal("show-layer", name, ({ row, go }) => hear((rows) => [...rows, go ? `${row}!` : row]));
  return <p id={name}>{heard.join(" ")}</p>;
}

const mount = (name) => {
  const place = document.body.appendChild(document.createElement("div"));
  render(<Listener name={name} />, place);
  return () => render(null, place);
};
Object.assign(globalThis, { listen, send, mount });
render(<Page examples={globalThis.examples} />, document.querySelector("#pad"));
