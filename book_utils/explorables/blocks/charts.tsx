/** The charts of the blocks lab: accuracy without each block, and without so many. */
import { points } from "../parts/chart.tsx";
import type { Spread } from "./words.ts";
import { blocksOf, type Data, describeOne, describeSome, KINDS, type Kind } from "./words.ts";

const TICKS = [0, 0.25, 0.5, 0.75, 1];
const CHANCE = 0.1; // of ten classes
const APART = { residual: -0.14, plain: 0.14 }; // of a column, so that none covers the other

const y = (accuracy: number) => 100 * (1 - accuracy);

type PlotProps = {
  says: string;
  kind: Kind;
  /** of a network: where on the axis, in percent, and what was recorded there */
  marks: Record<Kind, [x: number, value: Spread][]>;
  /** grounds behind the blocks that are out, or a line: where, and how wide */
  here: [x: number, width: number][];
  isLine?: boolean;
  /** the accuracy of each network with all blocks in, as a line */
  whole?: Record<Kind, Spread>;
};

/** Accuracies of both networks with their spread; the one that is shown is the stronger. */
function Plot({ says, kind, marks, here, isLine, whole }: PlotProps) {
  const order = KINDS.toSorted((a, b) => Number(a === kind) - Number(b === kind));
  return (
    <div class="cnl-plot" role="img" aria-label={says}>
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
        {here.map(([x, width]) => (
          <rect key={x} x={x - width / 2} y="0" width={width} height="100" class="here" />
        ))}
        {TICKS.map((at) => (
          <path key={at} class="grid" d={`M0,${y(at)}H100`} />
        ))}
        <path class="chance" d={`M0,${y(CHANCE)}H100`} />
        {order.map((each) => (
          <g key={each} class={`cnl-${each}${each === kind ? " cnl-on" : ""}`}>
            {isLine && (
              <polyline
                points={points(
                  marks[each].map(([, [mean]]) => mean),
                  (i) => marks[each][i][0],
                  y,
                )}
              />
            )}
            {whole && <path class="whole" d={`M0,${y(whole[each][0])}H100`} />}
            {marks[each].map(([x, [mean, deviation]]) => (
              <g key={x}>
                <path class="bar" d={`M${x},${y(mean - deviation)}V${y(mean + deviation)}`} />
                <path class="dot" d={`M${x},${y(mean)}h0`} />
              </g>
            ))}
          </g>
        ))}
      </svg>
      {TICKS.map((at) => (
        <span key={at} class="cnl-tick" style={`top:${y(at)}%`}>
          {100 * at}
        </span>
      ))}
      {whole ? (
        <span
          class="cnl-word"
          style={`top:${y(Math.max(...KINDS.map((each) => whole[each][0])))}%`}
        >
          all blocks in
        </span>
      ) : (
        <span class="cnl-word" style={`top:${y(CHANCE)}%`}>
          chance
        </span>
      )}
    </div>
  );
}

type OneProps = { data: Data; out: number[]; kind: Kind };

/** Accuracy without each block, below that block. */
export function WithoutOne({ data, out, kind }: OneProps) {
  const blocks = blocksOf(data.stages);
  const step = 100 / blocks.length;
  const spare = blocks.flatMap(({ isSpare }, i) => (isSpare ? [i] : []));
  const marksOf = (each: Kind) =>
    spare.map((block, i): [number, Spread] => [
      step * (block + 0.5 + APART[each]),
      data.recorded[each].one[i],
    ]);
  return (
    <figure class="cnl-one">
      <figcaption>
        <strong>Accuracy without one block, %</strong>
        {KINDS.map((each) => (
          <span key={each} class={`cnl-key cnl-${each}${each === kind ? " cnl-on" : ""}`}>
            <svg viewBox="0 0 10 10" aria-hidden="true">
              <path class="dot" d="M5,5h0" />
            </svg>
            {each}
          </span>
        ))}
      </figcaption>
      <Plot
        says={describeOne(data)}
        kind={kind}
        marks={{ residual: marksOf("residual"), plain: marksOf("plain") }}
        here={out.map((block) => [step * (block - 0.5), step])}
        whole={{ residual: data.recorded.residual.whole, plain: data.recorded.plain.whole }}
      />
    </figure>
  );
}

type SomeProps = { data: Data; count: number; kind: Kind };

/** Accuracy without so many blocks, whichever they are; without none, that of the whole. */
export function WithoutSome({ data, count, kind }: SomeProps) {
  const most = blocksOf(data.stages).length;
  const x = (n: number) => (100 * (n + 0.5)) / (most + 1);
  const marksOf = (each: Kind) => {
    const { whole, some } = data.recorded[each];
    return [whole, ...some].map((value, i): [number, Spread] => [
      x(i ? data.counts[i - 1] : 0),
      value,
    ]);
  };
  return (
    <figure class="cnl-some">
      <figcaption>
        <strong>Without n blocks at random, %</strong>
      </figcaption>
      <Plot
        says={describeSome(data)}
        kind={kind}
        marks={{ residual: marksOf("residual"), plain: marksOf("plain") }}
        here={[[x(count), 100 / (most + 1)]]}
        isLine
      />
      <div class="cnl-counts" aria-hidden="true">
        {[0, 5, 10, 15]
          .filter((n) => n <= most)
          .map((n) => (
            <span key={n} style={`left:${x(n)}%`}>
              {n}
            </span>
          ))}
      </div>
    </figure>
  );
}
