/** A question that answers back (see question.py): choose, type or point, then check. */
import {
  activationScale, answers, full, Grid, keepAnswer, onAnswers, parseNumber, Prose, useEffect, useId, useState, useTraits,
  view,
} from "./shared.js";

const KEYS = ["name", "kind", "prompt", "content", "grid", "response"];

/** @typedef {{ right: boolean, why: string }} Verdict */

/** What is said of a response, for each kind of question. */
const JUDGES = /** @type {Record<string, (content: any, response: any) => Verdict>} */ ({
  choice: ({ options }, response) => options[response],
  number: ({ answer, tolerance, ...texts }, response) => Math.abs(response - answer) <= tolerance
    ? { right: true, why: texts.right }
    : { right: false, why: texts.wrong.find((/** @type {any} */ w) => w.value === response)?.why ?? texts.otherwise },
  cell: ({ answers: cells, ...texts }, response) => cells.some((/** @type {number[]} */ at) => String(at) === String(response))
    ? { right: true, why: texts.right }
    : { right: false, why: texts.wrong.find((/** @type {any} */ w) => String(w.at) === String(response))?.why ?? texts.otherwise },
});

const INPUTS = /** @type {Record<string, (props: any) => any>} */ ({ choice: Options, number: NumberField, cell: CellField });

/** @param {import("./parts/lab.jsx").Host} host */
function Question({ model }) {
  const [{ name, kind, prompt, content, grid, response }, set] = useTraits(model, KEYS);
  const [draft, setDraft] = useState(/** @type {any} */ (null));
  const [complaint, complain] = useState("");
  const [done, setDone] = useState(false);
  const id = useId();
  const Input = INPUTS[kind];

  useEffect(() => {
    const recall = () => setDone(answers()[name]?.right === true);
    recall();
    return onAnswers(recall);
  }, [name]);

  const check = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (draft === null) return complain("Give an answer first.");
    const parsed = kind === "number" ? parseNumber(draft) : { value: draft };
    if ("error" in parsed) return complain(parsed.error);
    complain("");
    set({ response: parsed.value });
    keepAnswer(name, { response: parsed.value, right: JUDGES[kind](content, parsed.value).right });
  };
  const verdict = response === null ? null : JUDGES[kind](content, response);

  return (
    <form class="cnl cnl-question" aria-labelledby={id} onSubmit={check}>
      <p id={id} class="cnl-prompt"><strong>Question.</strong> <Prose text={prompt} />{done && <span class="cnl-done"> ✓ answered</span>}</p>
      <Input label={id} content={content} grid={grid} draft={draft}
        onDraft={(/** @type {any} */ value) => { setDraft(value); complain(""); }} onComplain={complain} />
      <button type="submit">Check</button>
      <p class={`cnl-feedback${verdict ? (verdict.right ? " right" : " wrong") : ""}`} role="status">
        {complaint || (verdict && <><strong>{verdict.right ? "Right." : "Not yet."}</strong> <Prose text={verdict.why} /></>)}
      </p>
    </form>
  );
}

/** @param {{ label: string, content: any, draft: number | null, onDraft: (i: number) => void }} props */
function Options({ label, content, draft, onDraft }) {
  return (
    <div role="radiogroup" aria-labelledby={label}>
      {content.options.map((/** @type {{ text: string }} */ option, /** @type {number} */ i) => (
        <label key={i} class="cnl-option">
          <input type="radio" name={label} checked={draft === i} onChange={() => onDraft(i)} />
          <span><Prose text={option.text} /></span>
        </label>
      ))}
    </div>
  );
}

/** @param {{ label: string, draft: string | null, onDraft: (text: string) => void }} props */
function NumberField({ label, draft, onDraft }) {
  return (
    <input class="cnl-number" type="text" inputMode="decimal" autocomplete="off" aria-labelledby={label}
      value={draft ?? ""} onInput={(event) => onDraft(event.currentTarget.value)} />
  );
}

/** @param {{ grid: number[][], draft: [number, number] | null, onDraft: (at: [number, number]) => void }} props */
function CellField({ grid, draft, onDraft }) {
  const scale = activationScale(grid.flat());
  return (
    <>
      <Grid label={`Pick a cell of ${grid.length} by ${grid[0].length}`} shape={[grid.length, grid[0].length]}
        scale="activations" picked={draft} onPick={onDraft}
        cell={(i, j) => ({ value: grid[i][j], shade: scale.of(grid[i][j]) })} />
      <p class="cnl-picked">{draft ? `row ${draft[0]}, column ${draft[1]}: ${full(grid[draft[0]][draft[1]])}` : "no cell picked"}</p>
    </>
  );
}

export default view(Question);
