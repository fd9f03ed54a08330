/** The Keras lab: a call typed, the PyTorch layer beside it, and what differs below. */
import { useEffect, useState } from "preact/hooks";
import { Choice } from "../parts/controls.tsx";
import { useId } from "../parts/ids.ts";
import { spoken } from "../parts/words.ts";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import type { KerasLab as Settings } from "../settings.ts";
import type { Note, Translation } from "./layer.ts";
import { KERAS } from "./sentences.ts";
import { translate } from "./translate.ts";
import * as words from "./words.ts";
import { tuple } from "./writing.ts";

/** The translation, or why there is none. */
function solve({ call, input }: Settings): Translation | string {
  try {
    return translate(call, input);
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

/** Two numbers are no input. */
function fits({ input }: Settings) {
  if (input.length === 2) throw new RangeError(`its input is not ${words.INPUT}`);
}

function KerasLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host, { fits });
  const { state } = lab;
  const found = platform.useSolved(state, solve);
  const isFound = typeof found !== "string";
  const [verdict, why] = isFound ? found.verdict : words.UNREAD;
  return (
    <Frame
      lab={lab}
      label="Keras lab"
      aside={isFound ? `input ${tuple(found.input)}` : ""}
      said={
        <div class="cnl-said">
          <p>
            <b>{verdict}</b>
            <br />
            {why}
          </p>
          <Heard text={isFound ? `${found.pytorch}. ${verdict}. ${why}` : found} />
        </div>
      }
      controls={{ call: <Pick lab={lab} />, input: <Input lab={lab} /> }}
      rest={
        isFound && (
          <div class="cnl-in-full">
            {found.notes.map(({ what, why }, i) => (
              <p key={i}>
                <strong>{what}</strong> {why}
              </p>
            ))}
          </div>
        )
      }
      python={() => words.asPython(state.call, found)}
    >
      <div class="cnl-keras">
        <Call lab={lab} />
        <section class="cnl-torch">
          <h4>PyTorch</h4>
          <div class="cnl-code" tabIndex={0} role="region" aria-label="PyTorch code">
            {isFound && found.pytorch.split("\n").map((line) => <Line key={line} line={line} />)}
          </div>
        </section>
        {isFound ? <Notes notes={found.notes} /> : <p class="cnl-why">{found}</p>}
      </div>
    </Frame>
  );
}

/** A line of code, which goes on below at a space alone: not after the minus of -torch.inf. */
const Line = ({ line }: { line: string }) => (
  <code>{line.split(" ").flatMap((word, i) => [i ? " " : "", <span key={i}>{word}</span>])}</code>
);

type Props = { lab: platform.LabOf<Settings> };

/** What a field holds: as it was typed, until the setting is no longer what that text means. */
function useDraft(value: string) {
  const [{ text, means }, set] = useState({ text: value, means: value });
  const keep = (text: string, means: string) => set({ text, means });
  return [means === value ? text : value, keep] as const;
}

/** The text of the call: whatever is typed stays, even what is too long to be read. */
function Call({ lab }: Props) {
  const { call } = lab.state;
  const [draft, keep] = useDraft(call);
  const id = useId();
  const type = (text: string) => {
    const { length } = Array.from(text);
    const isRead = length <= KERAS.most;
    keep(text, isRead ? text : call);
    if (isRead) lab.change({ call: text });
    else lab.complain(words.tooLong(length));
  };
  return (
    <section class="cnl-call">
      <h4>
        <label for={id}>Keras</label>
      </h4>
      <textarea
        id={id}
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        value={draft}
        onInput={(event) => type(event.currentTarget.value)}
      />
    </section>
  );
}

/** A call from a list. */
function Pick({ lab }: Props) {
  const { state, initial } = lab;
  const isOwn = (call: string) => !words.SUCH.some(({ value }) => value === call);
  const own = isOwn(initial.call) ? [{ value: initial.call, label: words.OWN }] : [];
  const isTyped = isOwn(state.call) && state.call !== initial.call;
  const typed = isTyped ? [{ value: state.call, label: words.TYPED }] : [];
  return (
    <Choice
      label="Pick"
      value={state.call}
      options={[...typed, ...own, ...words.SUCH]}
      onChange={(call) => lab.change({ call })}
    />
  );
}

/** What comes in, as numbers with commas. */
function Input({ lab }: Props) {
  const now = lab.state.input.join(", ");
  const [draft, keep] = useDraft(now);
  const type = (text: string) => {
    const input = words.readInput(text);
    keep(text, input ? input.join(", ") : now);
    if (input) lab.change({ input });
    else lab.complain(words.noInput(text));
  };
  return (
    <label class="cnl-input">
      <span>Input (h, w, c)</span>
      <input
        type="text"
        inputmode="numeric"
        autocomplete="off"
        value={draft}
        aria-invalid={!words.readInput(draft)}
        onInput={(event) => type(event.currentTarget.value)}
      />
    </label>
  );
}

function Notes({ notes }: { notes: Note[] }) {
  return (
    <table class="cnl-notes">
      <thead class="cnl-hidden">
        <tr>
          <td />
          <th scope="col">Keras</th>
          <th scope="col">PyTorch</th>
        </tr>
      </thead>
      <tbody>
        {notes.map(({ what, keras, pytorch }, i) => (
          <tr key={i}>
            <th scope="row">{what}</th>
            <td>{keras}</td>
            <td>{pytorch}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const PAUSE = 800; // milliseconds without a key, before what was typed is spoken of

/** What there is to hear, once the typing rests. */
function Heard({ text }: { text: string }) {
  const [heard, setHeard] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setHeard(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div class="cnl-hidden" aria-live="polite">
      {spoken(heard)}
    </div>
  );
}

export default platform.view(KerasLab);
