/** How the picked unit came about. */
import { useState } from "preact/hooks";
import { full, short } from "../parts/numbers.ts";
import { Bar } from "./bar.tsx";
import { best, hasMaps, most, type Stage, type Unit, type Values } from "./stages.ts";
import { productsOf } from "./windows.ts";
import type { Account as AccountOfUnit, Term } from "./words.ts";

type AccountProps = {
  stage: Stage;
  at: number[];
  account: AccountOfUnit;
  /** the unit's value for A */
  before: number | null;
  values: Values;
  pick: (unit: Unit) => void;
  go: (unit: Unit) => void;
};

export function Account({ stage, at, account, before, values, pick, go }: AccountProps) {
  const { terms, name, value, text } = account;
  const [channel, setChannel] = useState<number | null>(null);
  const sums = terms.filter((term) => term.channel !== undefined);
  const chosen = channel ?? best(sums.map((term) => Math.abs(term.value)));
  const source = terms.length === 1 && terms[0].source;
  return (
    <div class="cnl-account">
      <p class="cnl-unit-name">
        <b>{name}</b> = {full(value)}
        {before !== null && `; A has ${full(before)}`}
      </p>
      <p class="cnl-sum-line">{text}</p>
      {source && (
        <p>
          <button type="button" onClick={() => go(source)}>
            {terms[0].label}: {short(terms[0].value)}
          </button>
        </p>
      )}
      {terms.length > 1 && (
        <Terms terms={terms} stage={stage} chosen={chosen} onChannel={setChannel} onPick={go} />
      )}
      {sums.length > 0 && (
        <Products rows={productsOf(stage, at, chosen, values)} sum={sums[chosen]} />
      )}
      <Steps stage={stage} at={at} onPick={pick} />
    </div>
  );
}

type TermsProps = {
  terms: Term[];
  stage: Stage;
  /** the channel whose products are shown */
  chosen: number;
  onChannel: (channel: number) => void;
  onPick: (unit: Unit) => void;
};

/** The terms of a sum, each with a bar. */
function Terms({ terms, stage, chosen, onChannel, onPick }: TermsProps) {
  const high = most(terms.map((term) => term.value));
  const signed = stage.kind === "conv2d" || stage.kind === "linear";
  const factors = terms.some((term) => term.x !== undefined);
  const top = Math.max(...terms.map((term) => term.x ?? 0));
  const press = ({ channel, source }: Term) => {
    if (channel !== undefined) {
      return { "aria-pressed": channel === chosen, onClick: () => onChannel(channel) };
    }
    return source && { onClick: () => onPick(source) };
  };
  const button = (term: Term) => {
    const pressed = press(term);
    if (!pressed) return term.label;
    return (
      <button type="button" {...pressed}>
        {term.label}
      </button>
    );
  };
  const factor = ({ x, w }: Term) => {
    if (x === undefined) return "";
    if (w !== undefined) return `${short(x)} × ${short(w)}`;
    return (
      <>
        e<sup>{short(x - top)}</sup>
      </>
    );
  };
  return (
    <table class="cnl-parts">
      <tbody>
        {terms.map((term) => (
          <tr key={term.label} class={term.wins ? "wins" : ""}>
            <th scope="row">{button(term)}</th>
            {factors && <td>{factor(term)}</td>}
            <td>
              <Bar value={term.value} high={high} signed={signed} text={short(term.value)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

type ProductsProps = { rows: ReturnType<typeof productsOf>; sum: Term };

/** The products of a window and a kernel, each written out. */
function Products({ rows, sum }: ProductsProps) {
  const high = most(rows.flat().map(({ product }) => product)) || 1;
  // 25 are to fit side by side.
  const write = (v: number) => short(rows.length > 3 ? Number(v.toPrecision(2)) : v);
  const kindOf = (product: number, inside: boolean) => {
    const shade = `s${Math.round(20 * Math.abs(product / high))}`;
    return `${shade}${product < 0 ? " minus" : ""}${inside ? "" : " padding"}`;
  };
  return (
    <table class="cnl-products cnl-weights">
      <caption>
        {sum.label}: window × kernel, together {short(sum.value)}
      </caption>
      <tbody>
        {rows.map((row, a) => (
          <tr key={a}>
            {row.map(({ x, w, product, inside }, b) => (
              <td key={b} class={kindOf(product, inside)}>
                <span>{write(x)}</span>
                <span>× {write(w)}</span>
                <b>{write(product)}</b>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const OF_MAPS = [
  { label: "One unit left", sign: "←", axis: 2, by: -1 },
  { label: "One unit up", sign: "↑", axis: 1, by: -1 },
  { label: "One unit down", sign: "↓", axis: 1, by: 1 },
  { label: "One unit right", sign: "→", axis: 2, by: 1 },
];
const BETWEEN_MAPS = [
  { label: "Previous map", sign: "‹ map", axis: 0, by: -1 },
  { label: "Next map", sign: "map ›", axis: 0, by: 1 },
];
const OF_UNITS = [
  { label: "Previous unit", sign: "←", axis: 0, by: -1 },
  { label: "Next unit", sign: "→", axis: 0, by: 1 },
];

type StepsProps = { stage: Stage; at: number[]; onPick: (unit: Unit) => void };

/** Buttons to move the pick, where a finger is too thick for a pixel. */
function Steps({ stage, at, onPick }: StepsProps) {
  const { shape, name } = stage;
  const ofMaps = shape[0] > 1 ? [...OF_MAPS, ...BETWEEN_MAPS] : OF_MAPS;
  const steps = hasMaps(stage) ? ofMaps : OF_UNITS;
  const move = (axis: number, by: number) =>
    onPick([name, ...at.map((v, d) => (d === axis ? (v + by + shape[d]) % shape[d] : v))]);
  return (
    <div class="cnl-bar cnl-steps" role="group" aria-label="Move to a neighbouring unit">
      {steps.map(({ label, sign, axis, by }) => (
        <button
          key={label}
          type="button"
          aria-label={label}
          title={label}
          onClick={() => move(axis, by)}
        >
          {sign}
        </button>
      ))}
    </div>
  );
}
