/** Code to read, and a place for what it gives. */
import { Code } from "./code.tsx";
import { blank, type Prediction, type Typed } from "./predict.ts";

type Props = {
  label: string;
  question: { content: Prediction };
  draft: Typed | null;
  onDraft: (draft: Typed) => void;
};

const HINTS = { number: "", shape: "A shape, such as (2, 3) or 2×3.", text: "", grid: "" };

export function PredictField({ label, question: { content }, draft, onDraft }: Props) {
  const { code, form } = content;
  return (
    <>
      <Code text={code} />
      {form === "grid" ? (
        <Cells answer={content.answer as number[][]} draft={draft} onDraft={onDraft} />
      ) : (
        <p>
          <input
            class={`cnl-number cnl-${form}-field`}
            type="text"
            inputMode={form === "number" ? "decimal" : undefined}
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            aria-labelledby={label}
            value={(draft as string | null) ?? ""}
            onInput={(event) => onDraft(event.currentTarget.value)}
          />
          <span class="cnl-how">{HINTS[form]}</span>
        </p>
      )}
    </>
  );
}

const STEPS = { ArrowUp: -1, ArrowDown: 1 } as Record<string, number>;

/** A cell to fill in for each number; the arrows go to the cells above and below. */
function Cells({ answer, draft, onDraft }: Omit<Props, "label" | "question"> & Sized) {
  const cells = (draft as string[][] | null) ?? blank(answer);
  const [height, width] = [cells.length, cells[0].length];
  const put = (i: number, j: number, text: string) =>
    onDraft(cells.map((row, k) => (k === i ? row.with(j, text) : row)));
  const go = (event: KeyboardEvent, i: number, j: number) => {
    const input = event.currentTarget as HTMLElement;
    const to = i + (STEPS[event.key] ?? 0);
    if (to === i || to < 0 || to >= height) return;
    event.preventDefault();
    input.parentElement?.querySelectorAll("input")[to * width + j].focus();
  };
  return (
    <div
      class="cnl-fill"
      role="group"
      aria-label={`The result, ${height} by ${width}`}
      style={`--across:${width}`}
    >
      {cells.flatMap((row, i) =>
        row.map((text, j) => (
          <input
            key={`${i},${j}`}
            type="text"
            inputMode="decimal"
            autocomplete="off"
            aria-label={`row ${i}, column ${j}`}
            value={text}
            onInput={(event) => put(i, j, event.currentTarget.value)}
            onKeyDown={(event) => go(event, i, j)}
          />
        )),
      )}
    </div>
  );
}

type Sized = { answer: number[][] };
