/** One number out of a few, as radio buttons in a row. */
import { useId } from "./ids.js";

/** @param {{ label: string, value: number, options: number[], onChange: (value: number) => void }} props */
export function Radios({ label, value, options, onChange }) {
  const id = useId();
  return (
    <div class="cnl-radios" role="radiogroup" aria-labelledby={id}>
      <span id={id}>{label}</span>
      {options.map((option) => (
        <label key={option}>
          <input type="radio" name={id} checked={option === value} onChange={() => onChange(option)} />
          <span>{option}</span>
        </label>
      ))}
    </div>
  );
}
