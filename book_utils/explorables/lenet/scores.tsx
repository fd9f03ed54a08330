/** The ten scores and probabilities, in sight at every level. */
import { percent, short } from "../parts/numbers.ts";
import type { Network } from "./network.ts";
import { best, most, type Stage, type Unit, type Values } from "./stages.ts";

/** How wide the names of the classes are, in their own size. */
export const nameWidth = (classes: string[]) =>
  Math.max(1.4, 0.5 * Math.max(...classes.map(({ length }) => length)));

type ScoresProps = {
  network: Network;
  values: Values;
  /** of A, where there are two pictures */
  others: Values | null;
  picked: Unit;
  /** a row for each class, else a column */
  across: boolean;
  onPick: (unit: Unit) => void;
  /** shows how it is made */
  onEnter: (unit: Unit) => void;
};

export function Scores({ network, values, others, picked, across, ...on }: ScoresProps) {
  const { stages, classes } = network;
  const [scores, parts] = stages.slice(-2);
  const top = best(values.softmax.data);
  const column = picked[0] === parts.name ? 1 : 0;
  const row = column || picked[0] === scores.name ? picked[1] : 0;
  const onKeyDown = (event: KeyboardEvent) => {
    const [next, other] = across
      ? [
          [1, 0],
          [0, 1],
        ]
      : [
          [0, 1],
          [1, 0],
        ];
    const step = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[
      event.key
    ];
    const enters = event.key === "Enter" || event.key === " ";
    if ((!step && !enters) || event.altKey || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    if (!step) return on.onEnter([[scores, parts][column].name, row]);
    const along = (way: number[]) => step[0] * way[0] + step[1] * way[1];
    const r = Math.min(classes.length - 1, Math.max(0, row + along(next)));
    const c = Math.min(1, Math.max(0, column + along(other)));
    const { name } = [scores, parts][c];
    const grid = event.currentTarget as HTMLElement;
    grid.querySelectorAll<HTMLElement>(`[data-stage="${name}"]`)[r].focus();
    on.onPick([name, r]);
  };
  const [now, old] = [values, others].map((all) => all?.[scores.name].data ?? []);
  const high = Math.max(most(now), most(old)) || 1;
  const cell = (stage: Stage, i: number) => {
    const isPicked = picked[0] === stage.name && picked[1] === i;
    const isStop = row === i && stage === [scores, parts][column];
    const [value, before] = [values, others].map((all) => all?.[stage.name].data[i] ?? 0);
    const isScore = stage === scores;
    const text = isScore ? short : percent;
    const small = isScore ? (v: number) => short(Number(v.toPrecision(2))) : whole;
    const shade = isScore ? ` s${Math.round(20 * Math.abs(value / high))}` : "";
    const minus = isScore && value < 0 ? " minus" : "";
    return (
      <div
        role="gridcell"
        data-stage={stage.name}
        class={`${isScore ? "cnl-score" : "cnl-part"}${shade}${minus}${isPicked ? " picked" : ""}`}
        aria-selected={isPicked}
        onClick={() => on.onEnter([stage.name, i])}
        tabIndex={isStop ? 0 : -1}
      >
        {!isScore && others && before > 0.005 && <Bar part={before} isOld />}
        {!isScore && <Bar part={value} />}
        <span aria-hidden="true">{across ? text(value) : small(value)}</span>
        <span class="cnl-hidden">
          {others ? `B ${text(value)}, A ${text(before)}` : text(value)}
        </span>
      </div>
    );
  };
  return (
    <div
      class="cnl-scores cnl-weights"
      role="grid"
      aria-label="Scores and probabilities of the classes"
      onKeyDown={onKeyDown}
    >
      {across && (
        <p class="cnl-head" aria-hidden="true">
          <span />
          <span>Score</span>
          <span>Probability</span>
        </p>
      )}
      {classes.map((name, i) => (
        <div key={name} role="row" class={i === top ? "top" : ""}>
          <div role="rowheader" class={name.length > 2 ? "long" : ""}>
            {name}
          </div>
          {cell(scores, i)}
          {cell(parts, i)}
        </div>
      ))}
    </div>
  );
}

/** Where a column is narrow: nothing for what is next to nothing. */
const whole = (p: number) => (p < 0.005 ? "" : `${Math.round(100 * p)}%`);

const Bar = ({ part, isOld }: { part: number; isOld?: boolean }) => (
  <i class={isOld ? "old" : ""} style={`--part:${Math.max(0.01, part)}`} />
);
