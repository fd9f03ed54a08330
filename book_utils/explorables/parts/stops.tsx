/** A slider along a list of numbers, such as powers of ten or the divisors of a number. */
import { Slider } from "./controls.tsx";
import { full } from "./numbers.ts";

/** a number, or PyTorch's None */
type Stop = number | null;

/** The place of the stop nearest to a value; None is near to itself alone. */
export function nearest(stops: readonly Stop[], value: Stop) {
  const away = stops.map((stop) => {
    if (stop === value) return 0;
    return stop === null || value === null ? Infinity : Math.abs(stop - value);
  });
  return away.indexOf(Math.min(...away));
}

const plain = (value: Stop) => (value === null ? "None" : full(value));

type StopsSliderProps<T extends Stop> = {
  label: string;
  unit?: string;
  stops: readonly T[];
  value: T;
  initial: T;
  onChange: (value: T) => void;
  format?: (value: T) => string;
  /** the range in words, where its two ends do not say it */
  ends?: string;
  hidden?: boolean;
};

/** A value from elsewhere stands at the nearest stop, and stays until the slider is moved. */
export function StopsSlider<T extends Stop>({
  stops,
  value,
  initial,
  onChange,
  format = plain,
  ...shown
}: StopsSliderProps<T>) {
  const now = nearest(stops, value);
  return (
    <Slider
      {...shown}
      value={now}
      min={0}
      max={stops.length - 1}
      initial={nearest(stops, initial)}
      format={(i) => format(i === now ? value : stops[i])}
      onChange={(i) => onChange(stops[i])}
    />
  );
}
