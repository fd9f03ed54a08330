/** A wrong answer to an exercise: its code, and the smallest case in which it goes wrong. */
import { Code } from "./code.tsx";

/** A value of the case: rows of numbers, or words. */
type Part = { label: string; words: string; rows: string[][]; wrong: boolean[][] };
/** Columns, from which on the cells are smaller. */
const WIDE = 6;
export type Slip = { code: string; case: Part[] };

export function WrongAnswer({ content: { code, case: parts } }: { content: Slip }) {
  const isWide = parts.some(({ rows }) => rows.some((row) => row.length > WIDE));
  const firstResult = parts.findIndex(({ label }) => label.startsWith("expected"));
  const named = (part: Part, key: number) =>
    part.rows.length ? (
      <Table key={key} {...part} isWide={isWide} />
    ) : (
      <p key={key} class="cnl-word">
        {part.label} = <code>{part.words}</code>
      </p>
    );
  return (
    <>
      <Code text={code} />
      <p>The smallest case in which it goes wrong:</p>
      <div class="cnl-case">{parts.slice(0, firstResult).map(named)}</div>
      <div class="cnl-case">{parts.slice(firstResult).map(named)}</div>
    </>
  );
}

function Table({ label, rows, wrong, isWide }: Part & { isWide: boolean }) {
  return (
    <div>
      <p aria-hidden="true">{label}</p>
      <table aria-label={label} class={isWide ? "wide" : ""}>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              {row.map((text, j) => (
                <td key={j} class={wrong[i][j] ? "wrong" : ""}>
                  {text}
                  {wrong[i][j] && <span class="cnl-hidden"> (wrong)</span>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
