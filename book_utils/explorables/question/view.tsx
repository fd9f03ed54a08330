/** A question that answers back (see lab.py): choose, type or point, then check. */

import { useEffect, useState } from "preact/hooks";
import { answers, keepAnswer, onAnswers } from "../parts/answers.ts";
import { activationScale } from "../parts/figure.tsx";
import { Grid } from "../parts/grid.tsx";
import { useId } from "../parts/ids.ts";
import { full, parseNumber } from "../parts/numbers.ts";
import type { Host } from "../platform/lab.tsx";
import { view } from "../platform/lab.tsx";
import { useTraits } from "../platform/traits.ts";
import { Prose } from "./prose.tsx";

const KEYS = ["name", "kind", "prompt", "content", "grid", "response"];

type Verdict = { right: boolean; why: string };

/** What is said of a response, for each kind of question. */
const JUDGES = {
  choice: ({ options }, response) => options[response],
  number: ({ answer, tolerance, ...texts }, response) =>
    Math.abs(response - answer) <= tolerance
      ? { right: true, why: texts.right }
      : {
          right: false,
          why: texts.wrong.find((w: any) => w.value === response)?.why ?? texts.otherwise,
        },
  cell: ({ answers: cells, ...texts }, response) =>
    cells.some((at: number[]) => String(at) === String(response))
      ? { right: true, why: texts.right }
      : {
          right: false,
          why:
            texts.wrong.find((w: any) => String(w.at) === String(response))?.why ?? texts.otherwise,
        },
} as Record<string, (content: any, response: any) => Verdict>;

const INPUTS = { choice: Options, number: NumberField, cell: CellField } as Record<
  string,
  (props: any) => any
>;

function Question({ model }: Host) {
  const [{ name, kind, prompt, content, grid, response }, set] = useTraits(model, KEYS);
  const [draft, setDraft] = useState<any>(null);
  const [complaint, complain] = useState("");
  const [done, setDone] = useState(false);
  const id = useId();
  const Input = INPUTS[kind];

  useEffect(() => {
    const recall = () => setDone(answers()[name]?.right === true);
    recall();
    return onAnswers(recall);
  }, [name]);

  const check = (event: Event) => {
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
      <p id={id} class="cnl-prompt">
        <strong>Question.</strong> <Prose text={prompt} />
        {done && <span class="cnl-done"> ✓ answered</span>}
      </p>
      <Input
        label={id}
        content={content}
        grid={grid}
        draft={draft}
        onDraft={(value: any) => {
          setDraft(value);
          complain("");
        }}
        onComplain={complain}
      />
      <button type="submit">Check</button>
      <p
        class={`cnl-feedback${verdict ? (verdict.right ? " right" : " wrong") : ""}`}
        role="status"
      >
        {complaint ||
          (verdict && (
            <>
              <strong>{verdict.right ? "Right." : "Not yet."}</strong> <Prose text={verdict.why} />
            </>
          ))}
      </p>
    </form>
  );
}

function Options({
  label,
  content,
  draft,
  onDraft,
}: {
  label: string;
  content: any;
  draft: number | null;
  onDraft: (i: number) => void;
}) {
  return (
    <div role="radiogroup" aria-labelledby={label}>
      {content.options.map((option: { text: string }, i: number) => (
        <label key={i} class="cnl-option">
          <input type="radio" name={label} checked={draft === i} onChange={() => onDraft(i)} />
          <span>
            <Prose text={option.text} />
          </span>
        </label>
      ))}
    </div>
  );
}

function NumberField({
  label,
  draft,
  onDraft,
}: {
  label: string;
  draft: string | null;
  onDraft: (text: string) => void;
}) {
  return (
    <input
      class="cnl-number"
      type="text"
      inputMode="decimal"
      autocomplete="off"
      aria-labelledby={label}
      value={draft ?? ""}
      onInput={(event) => onDraft(event.currentTarget.value)}
    />
  );
}

function CellField({
  grid,
  draft,
  onDraft,
}: {
  grid: number[][];
  draft: [number, number] | null;
  onDraft: (at: [number, number]) => void;
}) {
  const scale = activationScale(grid.flat());
  return (
    <>
      <Grid
        label={`Pick a cell of ${grid.length} by ${grid[0].length}`}
        shape={[grid.length, grid[0].length]}
        scale="activations"
        picked={draft}
        onPick={onDraft}
        cell={(i, j) => ({ value: grid[i][j], shade: scale.of(grid[i][j]) })}
      />
      <p class="cnl-picked">
        {draft
          ? `row ${draft[0]}, column ${draft[1]}: ${full(grid[draft[0]][draft[1]])}`
          : "no cell picked"}
      </p>
    </>
  );
}

export default view(Question);
