/** Code to read: a line too long for the place goes on below, further in. */
import { Fragment } from "preact";

/** Code that may break after a bracket or a point, so that names stay whole. */
const breakable = (code: string) =>
  code.split(/(?<=[([.])/).map((part, i) => (
    <Fragment key={i}>
      {i > 0 && <wbr />}
      {part}
    </Fragment>
  ));

/** One line, or a piece of several. */
export function CodeLines({ text }: { text: string }) {
  return (
    <code class="cnl-code-lines">
      {text.split("\n").map((line, i) => (
        <span key={i} class="cnl-code-line" style={`--indent:${line.search(/\S|$/)}`}>
          {breakable(line.trim() || " ")}
        </span>
      ))}
    </code>
  );
}

export const Code = ({ text }: { text: string }) => (
  <div class="cnl-code">
    <CodeLines text={text} />
  </div>
);
