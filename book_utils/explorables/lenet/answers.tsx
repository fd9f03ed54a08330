/** Scores and probabilities, class by class. */
import { short } from "../parts/numbers.ts";
import { Bar } from "./bar.tsx";
import type { Network } from "./network.ts";
import { best, most, type Stage, type Unit, type Values } from "./stages.ts";
import { percent } from "./words.ts";

type AnswersProps = {
  network: Network;
  values: Values;
  others: Values | null;
  picked: Unit;
  pick: (unit: Unit) => void;
};

export function Answers({ network, values, others, picked, pick }: AnswersProps) {
  const { stages, classes } = network;
  const [scores, parts] = stages.slice(-2);
  const top = best(values.softmax.data);
  const column = picked[0] === parts.name ? 1 : 0;
  const row = column || picked[0] === scores.name ? picked[1] : 0;
  const onKeyDown = (event: KeyboardEvent) => {
    const to = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, 0],
      ArrowRight: [row, 1],
      Enter: [row, column],
      " ": [row, column],
    }[event.key];
    if (!to || event.altKey || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    const r = Math.min(classes.length - 1, Math.max(0, to[0]));
    const { name } = [scores, parts][to[1]];
    const cells = (event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>(
      `[data-stage="${name}"]`,
    );
    cells[r].focus();
    pick([name, r]);
  };
  const cell = (stage: Stage, i: number) => {
    const isPicked = picked[0] === stage.name && picked[1] === i;
    const isStop = row === i && stage === [scores, parts][column];
    const [now, old] = [values, others].map((all) => all?.[stage.name].data ?? []);
    const signed = stage === scores;
    const high = signed ? Math.max(most(now), most(old)) : 1;
    const text = signed ? short : percent;
    const bar = (value: number, which: "" | "A" | "B") => (
      <Bar value={value} high={high} signed={signed} text={text(value)} which={which} />
    );
    return (
      <td
        role="gridcell"
        data-stage={stage.name}
        class={isPicked ? "picked" : ""}
        aria-selected={isPicked}
        onClick={() => pick([stage.name, i])}
        tabIndex={isStop ? 0 : -1}
      >
        {others && bar(old[i], "A")}
        {bar(now[i], others ? "B" : "")}
      </td>
    );
  };
  return (
    <table
      class="cnl-answers"
      role="grid"
      aria-label="Scores and probabilities of the classes"
      onKeyDown={onKeyDown}
    >
      <thead>
        <tr role="row">
          <th role="columnheader">{others ? "A above B" : "Class"}</th>
          <th role="columnheader">Score</th>
          <th role="columnheader">Probability</th>
        </tr>
      </thead>
      <tbody>
        {classes.map((name, i) => (
          <tr key={name} role="row" class={i === top ? "top" : ""}>
            <th role="rowheader" scope="row">
              {name}
            </th>
            {cell(scores, i)}
            {cell(parts, i)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
