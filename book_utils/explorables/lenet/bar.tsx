/** A number and a bar as long. */
type BarProps = {
  value: number;
  /** what fills the bar */
  high: number;
  /** from the middle, to the left where it is negative */
  signed: boolean;
  text: string;
  /** of two pictures */
  which?: "" | "A" | "B";
};

export function Bar({ value, high, signed, text, which = "" }: BarProps) {
  const part = Math.min(1, Math.abs(value) / (high || 1));
  const sign = signed ? (value < 0 ? " minus" : " plus") : "";
  const style = signed
    ? { left: `${value < 0 ? 50 - 50 * part : 50}%`, width: `${50 * part}%` }
    : { left: 0, width: `${100 * part}%` };
  return (
    <div class={`cnl-score ${which}`}>
      <div class={`cnl-score-bar${sign}`}>
        <i style={style} />
      </div>
      <span>
        {which && <span class="cnl-hidden">{which} </span>}
        {text}
      </span>
    </div>
  );
}
