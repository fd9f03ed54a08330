/** A number minus a mean, over a standard deviation, times γ, plus β: written out. */
import { factor, full, plainly, significant } from "./numbers.ts";

/** A value and what it is normalised with. */
export type Normalised = {
  value: number;
  mean: number;
  variance: number;
  eps: number;
  gamma?: number;
  beta?: number;
};

const WRITTEN_OUT = 12; // a longer sum is cut short
const brief = (value: number) => significant(value, 4);
const inBrackets = (value: number) => (value < 0 ? `(${brief(value)})` : brief(value));

const standardised = ({ value, mean, variance, eps }: Normalised) =>
  (value - mean) / Math.sqrt(variance + eps);

/** (7 − 5) / √(4 + 0.00001), which no line breaks in two. */
export const fraction = ({ value, mean, variance, eps }: Normalised) =>
  `(${brief(value)} − ${inBrackets(mean)}) / √(${brief(variance)} + ${plainly(eps)})`.replaceAll(
    " ",
    "\u00a0",
  );

/** The steps, each in full. */
export function steps(of: Normalised) {
  const { value, mean, variance, eps, gamma = 1, beta = 0 } = of;
  const plain = standardised(of);
  const root = `√(${full(variance)} + ${plainly(eps)})`;
  return [
    `x̂ = (${full(value)} − ${factor(mean)}) / ${root} = ${full(plain)}`,
    `y = γ·x̂ + β = ${full(gamma)}×${factor(plain)} + ${factor(beta)} = ` +
      full(gamma * plain + beta),
  ];
}

/** γ·x̂ + β with its numbers, as short as it goes. */
export function affine(of: Normalised) {
  const { gamma = 1, beta = 0 } = of;
  return gamma === 1 && beta === 0
    ? ""
    : `${brief(gamma)} × ${inBrackets(standardised(of))} + ${inBrackets(beta)}`;
}

function sum(terms: string[]) {
  const isLong = terms.length > WRITTEN_OUT;
  return (isLong ? [...terms.slice(0, 4), "…", ...terms.slice(-2)] : terms).join(" + ");
}

/**
 * The mean and both variances of some numbers.
 * @param purpose what the unbiased variance is for
 */
export function moments(
  values: number[],
  { mean, variance, unbiased }: { mean: number; variance: number; unbiased: number },
  purpose: string,
) {
  const n = values.length;
  const squares = values.map((v) => `(${full(v)} − ${factor(mean)})²`);
  const other =
    n === 1
      ? "over 0 it has no unbiased value"
      : `over ${n - 1} it is ${full(unbiased)}, unbiased, ${purpose}`;
  return [
    `mean = (${sum(values.map(factor))}) / ${n} = ${full(mean)}`,
    `variance = (${sum(squares)}) / ${n} = ${full(variance)}, biased, to normalise; ${other}`,
  ];
}
