/** A wrong answer to an exercise: its code, and the smallest case in which it goes wrong. */
import { Code } from "./code.tsx";

/** A value of the case: rows of numbers, or words. */
type Part = { label: string; words: string; rows: string[][]; wrong: boolean[][] };
/** Columns, from which on the cells are smaller. */
const WIDE = 6;
export type Slip = { code: string; case: Part[] };

export function WrongAnswer({ content: { code, case: parts } }: { content: Slip }) {
  return (
    <>
      <Code text={code} />
      <p>The smallest case in which it goes wrong:</p>
      <div class="cnl-case">
        {parts.map((part, i) =>
          part.rows.length ? (
            <Table key={i} {...part} />
          ) : (
            <p key={i} class="cnl-word">
              {part.label} = <code>{part.words}</code>
            </p>
          ),
        )}
      </div>
    </>
  );
}

function Table({ label, rows, wrong }: Part) {
  return (
    <div>
      <p aria-hidden="true">{label}</p>
      <table aria-label={label} class={rows[0].length > WIDE ? "wide" : ""}>
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
