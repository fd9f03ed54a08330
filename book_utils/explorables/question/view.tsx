/** A question that answers back: choose, type or point, then check. */
import type { ComponentChildren } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { answers, keepAnswer, onAnswers } from "../parts/answers.ts";
import { activationScale, weightScale } from "../parts/figure.tsx";
import { Grid } from "../parts/grid.tsx";
import { useId } from "../parts/ids.ts";
import { full } from "../parts/numbers.ts";
import { type Host, view, Which } from "../platform/lab.tsx";
import { useTraits } from "../platform/traits.ts";
import {
  type Choices,
  type Content,
  type Draft,
  judge,
  type Kind,
  type Response,
} from "./judge.ts";
import { used } from "./order.ts";
import { OrderField } from "./order.tsx";
import { readPrediction } from "./predict.ts";
import { PredictField } from "./predict.tsx";
import { Prose } from "./prose.tsx";
import { NOTHING_YET, type Reading, readAnswer } from "./reading.ts";
import { WrongAnswer } from "./slip.tsx";

type Question<K extends Kind> = {
  name: string;
  kind: K;
  prompt: string;
  content: Content<K>;
  /** of a question about a cell */
  grid: number[][];
  response: Response<K> | null;
};

type InputProps<K extends Kind> = {
  /** id of the prompt */
  label: string;
  question: Question<K>;
  draft: Draft<K> | null;
  onDraft: (draft: Draft<K>) => void;
};

/** For each kind how it is answered, and how what is typed or picked is read. */
const KINDS: {
  [K in Kind]: {
    Input: (props: InputProps<K>) => ComponentChildren;
    read: (draft: Draft<K>, content: Content<K>) => Reading<Response<K>>;
  };
} = {
  choice: { Input: Options, read: (value) => ({ value }) },
  number: { Input: NumberField, read: readAnswer },
  cell: { Input: CellField, read: (value) => ({ value }) },
  order: { Input: OrderField, read: (arranged) => ({ value: used(arranged) }) },
  predict: { Input: PredictField, read: readPrediction },
  slip: { Input: SlipOptions, read: (value) => ({ value }) },
};

function Question<K extends Kind>({ model }: Host) {
  const [question, set] = useTraits<Question<K>>(model, [
    "name",
    "kind",
    "prompt",
    "content",
    "grid",
    "response",
  ]);
  const { name, kind, prompt, content, response } = question;
  const [draft, setDraft] = useState<Draft<K> | null>(null);
  const [complaint, complain] = useState("");
  const [done, setDone] = useState(false);
  const id = useId();
  const { Input, read } = KINDS[kind];

  useEffect(() => {
    const recall = () => setDone(answers()[name]?.right === true);
    recall();
    return onAnswers(recall);
  }, [name]);

  const onDraft = (value: Draft<K>) => {
    setDraft(value);
    complain("");
  };
  const check = (event: Event) => {
    event.preventDefault();
    if (draft === null) return complain(NOTHING_YET);
    const answer = read(draft, content);
    if ("error" in answer) return complain(answer.error);
    complain("");
    set({ response: answer.value });
    keepAnswer(name, { response: answer.value, right: judge(kind, content, answer.value).right });
  };
  const verdict = response === null ? null : judge(kind, content, response);
  const tone = verdict && (verdict.right ? " right" : " wrong");

  return (
    <form class="cnl cnl-question" aria-labelledby={id} onSubmit={check}>
      <p id={id} class="cnl-prompt">
        <strong>
          Question<span class="cnl-hidden">{useContext(Which)}</span>.
        </strong>{" "}
        <Prose text={prompt} />
        {done && <span class="cnl-done"> ✓ answered</span>}
      </p>
      <Input label={id} question={question} draft={draft} onDraft={onDraft} />
      <button type="submit">Check</button>
      <p class={`cnl-feedback${tone ?? ""}`} role="status">
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

/** What both kinds with options have. */
type Choosing = Pick<InputProps<"choice">, "label" | "draft" | "onDraft"> & {
  question: { content: Choices };
};

function Options({ label, question, draft, onDraft }: Choosing) {
  const { options, order } = question.content;
  return (
    <div role="radiogroup" aria-labelledby={label}>
      {order.map((i) => (
        <label key={i} class="cnl-option">
          <input type="radio" name={label} checked={draft === i} onChange={() => onDraft(i)} />
          <span>
            <Prose text={options[i].text} />
          </span>
        </label>
      ))}
    </div>
  );
}

function SlipOptions(props: InputProps<"slip">) {
  return (
    <>
      <WrongAnswer content={props.question.content} />
      <Options {...props} />
    </>
  );
}

function NumberField({ label, draft, onDraft }: InputProps<"number">) {
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

function CellField({ question: { grid }, draft, onDraft }: InputProps<"cell">) {
  const [height, width] = [grid.length, grid[0].length];
  const isSigned = grid.flat().some((v) => v < 0);
  const colours = (isSigned ? weightScale : activationScale)(grid.flat());
  const said = ([i, j]: Draft<"cell">) => `row ${i}, column ${j}: ${full(grid[i][j])}`;
  return (
    <>
      <Grid
        label={`Pick a cell of ${height} by ${width}`}
        shape={[height, width]}
        scale={colours.scale}
        picked={draft}
        onPick={onDraft}
        cell={(i, j) => ({ value: grid[i][j], shade: colours.of(grid[i][j]) })}
      />
      <p class="cnl-picked">{draft ? said(draft) : "no cell picked"}</p>
    </>
  );
}

export default view(Question);
