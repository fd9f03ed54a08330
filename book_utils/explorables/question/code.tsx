/** Code to read: a line too long for the place goes on below, further in. */

/** One line, or a piece of several. */
export function CodeLines({ text }: { text: string }) {
  return (
    <code class="cnl-code-lines">
      {text.split("\n").map((line, i) => (
        <span key={i} class="cnl-code-line" style={`--indent:${line.search(/\S|$/)}`}>
          {line.trim() || " "}
        </span>
      ))}
    </code>
  );
}

export const Code = ({ text }: { text: string }) => (
  <pre class="cnl-code">
    <CodeLines text={text} />
  </pre>
);
