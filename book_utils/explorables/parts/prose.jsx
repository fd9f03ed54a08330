/** Plain text with `code` in backticks. @param {{ text: string }} props */
export function Prose({ text }) {
  return <>{text.split("`").map((part, i) => (i % 2 ? <code key={i}>{part}</code> : part))}</>;
}
