/** One of a few numbers or words, as radio buttons in a row. */
import { useContext } from "preact/hooks";
import { Place } from "../platform/frame.tsx";
import { useId } from "./ids.ts";

export function Radios<T extends string | number>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: readonly T[];
  onChange: (value: T) => void;
}) {
  const id = useId();
  if (useContext(Place) === "beside") return null;
  return (
    <div class="cnl-radios" role="radiogroup" aria-labelledby={id}>
      <span id={id}>{label}</span>
      {options.map((option) => (
        <label key={option}>
          <input
            type="radio"
            name={id}
            checked={option === value}
            onChange={() => onChange(option)}
          />
          <span>{option}</span>
        </label>
      ))}
    </div>
  );
}
