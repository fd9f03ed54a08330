/** A unit's sum: the numbers that come in, their weights, and the products, one of them picked. */
import { type ComponentChildren, Fragment } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { range } from "../parts/grid.tsx";
import { full, short } from "../parts/numbers.ts";
import { type Cells, cellAt, type Plan, type Rect, tiled } from "./layout.ts";
import type { Network } from "./network.ts";
import { paint, type Shades, scaleOf } from "./paint.ts";
import { most, type Stage } from "./stages.ts";
import type { Sum } from "./sum.ts";
import { sourceName } from "./words.ts";

export type AccountProps = {
  network: Network;
  stage: Stage;
  at: number[];
  sum: Sum;
  plan: Plan;
  /** the product that is picked */
  index: number;
  onPick: (index: number) => void;
};

export function Account(props: AccountProps) {
  const { kind } = props.stage;
  if (kind === "conv2d") return <Convolved {...props} />;
  if (kind === "linear") return <Mixed {...props} />;
  if (kind === "softmax") return <Shares {...props} />;
  return <Small {...props} />;
}

const placeOf = ({ x, y, w, h }: Rect) => `left:${x}px;top:${y}px;width:${w}px;height:${h}px`;

/** A number as a cell of so many pixels has room for it: two or three digits. */
function figure(v: number, cell: number) {
  const size = Math.abs(v);
  const isNarrow = cell < 40;
  const digits = size >= 100 ? 0 : size >= 10 ? (isNarrow ? 0 : 1) : isNarrow && size >= 1 ? 1 : 2;
  const text = v.toFixed(digits);
  if (Number(text) === 0) return "0";
  const short = isNarrow ? text.replace(/^(-?)0\./, "$1.") : text;
  return short.replace("-", "−");
}

const Sign = ({ before, children }: { before: Rect; children: string }) => (
  <span
    class="cnl-sign"
    style={`left:${before.x - 36}px;top:${before.y}px;width:36px;height:${before.h}px`}
  >
    {children}
  </span>
);

const Name = ({ of, children }: { of: Rect; children: ComponentChildren }) => (
  <span class="cnl-name" style={`left:${of.x + of.w / 2}px;top:${of.y - 20}px`}>
    {children}
  </span>
);

type NumbersProps = {
  place: Rect;
  shades: Shades;
  columns: number;
  cell: number;
  index: number | null;
  /** cells that hold padding */
  isPadding?: (i: number) => boolean;
  onPick: (i: number) => void;
};

/** A grid of numbers. */
function Numbers({ place, shades, columns, cell, index, isPadding, onPick }: NumbersProps) {
  const { data, high, scale } = shades;
  const kindOf = (v: number, i: number) => {
    const sign = v < 0 ? " minus" : "";
    const marks = `${i === index ? " picked" : ""}${isPadding?.(i) ? " padding" : ""}`;
    return `s${Math.round(20 * Math.min(1, Math.abs(v / (high || 1))))}${sign}${marks}`;
  };
  const size = Math.max(12, Math.min(18, cell * 0.29));
  return (
    <div
      class={`cnl-numbers cnl-${scale}`}
      style={`${placeOf(place)};grid-template-columns:repeat(${columns},1fr);font-size:${size}px`}
    >
      {Array.from(data, (v, i) => (
        <span key={i} class={kindOf(v, i)} onClick={() => onPick(i)}>
          {figure(v, cell)}
        </span>
      ))}
    </div>
  );
}

type TilesProps = {
  place: Rect;
  maps: number;
  cells: Cells;
  shades: Shades;
  /** outlined */
  index: number | null;
  onPick: (index: number) => void;
};

/** Maps of numbers too many to be read, as colours. */
function Tiles({ place, maps, cells, shades, index, onPick }: TilesProps) {
  const box = useRef<HTMLDivElement | null>(null);
  const area = cells.rows * cells.columns;
  const rects = tiled({ ...place, x: 0, y: 0 }, maps, cells);
  useLayoutEffect(() => {
    box.current?.querySelectorAll("canvas").forEach((canvas, map) => {
      paint(canvas, shades, cells, map * area);
    });
  }, [shades.data]);
  const onPointer = (event: PointerEvent | MouseEvent) => {
    if (event.type === "pointermove" && !event.buttons) return;
    const { left, top } = (box.current as HTMLElement).getBoundingClientRect();
    const { map, row, column } = cellAt(rects, cells, event.clientX - left, event.clientY - top);
    onPick(Math.min(shades.data.length - 1, map * area + row * cells.columns + column));
  };
  return (
    <div
      ref={box}
      class="cnl-heat"
      style={placeOf(place)}
      onPointerDown={onPointer}
      onPointerMove={onPointer}
      onClick={onPointer}
    >
      {rects.map((rect, i) => (
        <canvas key={i} style={placeOf(rect)} aria-hidden="true" />
      ))}
      {index !== null && <i class="cnl-unit" style={markOf(rects, cells, index)} />}
    </div>
  );
}

/** Where a cell is, by its index in all maps. */
export function markOf(rects: Rect[], { rows, columns }: Cells, index: number) {
  const map = Math.floor(index / (rows * columns));
  const [row, column] = [Math.floor(index / columns) % rows, index % columns];
  const { x, y, w, h } = rects[map];
  const [width, height] = [w / columns, h / rows];
  return placeOf({ x: x + column * width, y: y + row * height, w: width, h: height });
}

const shadesOf = (numbers: number[], scale: Shades["scale"], high = most(numbers)): Shades => ({
  data: numbers,
  high,
  scale,
});

/** A bar of a signed number, from the middle. */
function Bar({ value, high, signed }: { value: number; high: number; signed: boolean }) {
  const part = Math.min(1, Math.abs(value) / (high || 1)) * (signed ? 50 : 100);
  const left = signed ? (value < 0 ? 50 - part : 50) : 0;
  return (
    <span class={`cnl-bar-of${signed ? (value < 0 ? " minus" : " plus") : ""}`}>
      <i style={`left:${left}%;width:${Math.max(part, 0.5)}%`} />
    </span>
  );
}

/** A convolution: window × kernel = products, map by map. */
function Convolved({ stage, sum, plan, index, onPick }: AccountProps) {
  const { products, window, partial, bias, value } = sum;
  const [rows, columns] = window;
  const area = rows * columns;
  const channel = Math.floor(index / area);
  const partOf = <T,>(all: T[], map = channel) => all.slice(map * area, (map + 1) * area);
  const { inputs, weights, products: results, sums, cell, total } = plan.parts as SumParts;
  const picked = index % area;
  const values = products.map((p) => p.value);
  const ofInputs = scaleOf(stage.from as Stage);
  const isOne = partial.length === 1;
  const grids = [
    { name: isOne ? "Window" : `Window in map ${channel}`, sign: "", place: inputs },
    { name: "Weights", sign: "×", place: weights },
    { name: "Products", sign: "=", place: results },
  ];
  const numbers = [products.map((p) => p.x), products.map((p) => p.w ?? 1), values];
  const inAll = (
    <p class="cnl-total">
      {isOne ? `Sum ${short(partial[0])} + bias` : "Sum of these + bias"} {short(bias)} ={" "}
      <b>{full(value)}</b>
    </p>
  );
  return (
    <div class="cnl-account">
      {grids.map(({ name, sign, place }, i) => {
        const scale = i === 0 ? ofInputs : "weights";
        const high = scale === "grey" ? 1 : most(numbers[i]);
        return (
          <Fragment key={sign}>
            <Name of={place}>{name}</Name>
            {sign && plan.across && <Sign before={place}>{sign}</Sign>}
            <Numbers
              place={place}
              shades={shadesOf(partOf(numbers[i]), scale, high)}
              columns={columns}
              cell={cell}
              index={picked}
              isPadding={(j) => i === 0 && !partOf(products)[j].source}
              onPick={(j) => onPick(channel * area + j)}
            />
          </Fragment>
        );
      })}
      <div class="cnl-sums" style={placeOf(sums)}>
        {!isOne &&
          partial.map((part, map) => (
            <div key={map} class={map === channel ? "cnl-part-sum picked" : "cnl-part-sum"}>
              <Tiles
                place={{ x: 0, y: 0, w: 54, h: 54 }}
                maps={1}
                cells={{ rows, columns }}
                shades={shadesOf(partOf(values, map), "weights", most(values))}
                index={map === channel ? picked : null}
                onPick={(i) => onPick(map * area + i)}
              />
              <span>map {map}</span>
              <span>{short(part)}</span>
            </div>
          ))}
        {!total && inAll}
      </div>
      {total && (
        <div class="cnl-sums" style={placeOf(total)}>
          {inAll}
        </div>
      )}
    </div>
  );
}

type SumParts = NonNullable<Plan["parts"]> & Record<"weights" | "products", Rect>;

const LARGEST = 5; // terms that are listed

/** A dense unit: every number of the layer before × its weight. */
function Mixed({ network, stage, sum, plan, index, onPick }: AccountProps) {
  const { products, bias, value } = sum;
  const from = stage.from as Stage;
  const { inputs, weights, products: results, sums } = plan.parts as SumParts;
  const cells = plan.cells[from.name];
  const maps = plan.maps[from.name].length;
  const values = products.map((p) => p.value);
  const order = range(products.length).sort((a, b) => Math.abs(values[b]) - Math.abs(values[a]));
  const high = Math.abs(values[order[0]]);
  const tiles = { maps, cells, index, onPick };
  const rest = values.reduce((total, v) => total + v, 0);
  return (
    <div class="cnl-account">
      <Name of={inputs}>{`${products.length} numbers`}</Name>
      <Name of={weights}>{plan.across ? "Weights" : "× weights"}</Name>
      {plan.across && <Sign before={weights}>×</Sign>}
      <Tiles
        {...tiles}
        place={weights}
        shades={shadesOf(
          products.map((p) => p.w ?? 1),
          "weights",
        )}
      />
      <Name of={results}>{plan.across ? "Products" : "= products"}</Name>
      {plan.across && <Sign before={results}>=</Sign>}
      <Tiles {...tiles} place={results} shades={shadesOf(values, "weights", high)} />
      <div class="cnl-sums cnl-list" style={placeOf(sums)}>
        <p class="cnl-name-of-list">The {LARGEST} largest products</p>
        {order.slice(0, LARGEST).map((i) => (
          <div
            key={i}
            class={i === index ? "cnl-term-row picked" : "cnl-term-row"}
            onClick={() => onPick(i)}
          >
            <span>{sourceName(network.stages, products[i], network.classes)}</span>
            <span>
              {short(products[i].x)} × {short(products[i].w ?? 1)}
            </span>
            <Bar value={values[i]} high={high} signed />
            <span>{short(values[i])}</span>
          </div>
        ))}
        <p class="cnl-total">
          All {products.length}: {short(rest)}, + bias {short(bias)} = <b>{full(value)}</b>
        </p>
      </div>
    </div>
  );
}

/** A probability: e to each score, and its share of them all. */
function Shares({ network, at, sum, plan, index, onPick }: AccountProps) {
  const { products, value } = sum;
  const { sums } = plan.parts as NonNullable<Plan["parts"]>;
  const top = Math.max(...products.map((p) => p.x));
  const total = products.reduce((all, p) => all + p.value, 0);
  return (
    <div class="cnl-account">
      <div class="cnl-sums cnl-list" style={placeOf(sums)}>
        <p class="cnl-name-of-list">e to the power of each score, less the largest</p>
        {products.map((p, i) => (
          <div
            key={i}
            class={i === index ? "cnl-term-row picked" : "cnl-term-row"}
            onClick={() => onPick(i)}
          >
            <span>{i === at[0] ? <b>{network.classes[i]}</b> : network.classes[i]}</span>
            <span>
              e<sup>{short(p.x - top)}</sup>
            </span>
            <Bar value={p.value} high={1} signed={false} />
            <span>{short(p.value)}</span>
          </div>
        ))}
        <p class="cnl-total">
          {short(products[at[0]].value)} of {short(total)} in all = <b>{full(value)}</b>
        </p>
      </div>
    </div>
  );
}

/** Pooling: a few numbers, of which one stays; an activation: one number, bent by its curve. */
function Small({ network, stage, sum, plan, index, onPick }: AccountProps) {
  const { products, window, value } = sum;
  const { inputs, sums, cell } = plan.parts as NonNullable<Plan["parts"]>;
  const isCurve = stage.kind === "relu" || stage.kind === "sigmoid";
  const numbers = products.map((p) => p.x);
  const from = stage.from;
  const winner = stage.kind === "max_pool2d" ? numbers.indexOf(Math.max(...numbers)) : -1;
  const scale = from ? scaleOf(from) : "grey";
  const high = isCurve ? most([...numbers, 4]) : most(numbers);
  return (
    <div class="cnl-account">
      {from && (
        <>
          <Name of={inputs}>{isCurve ? "Before" : "Window"}</Name>
          <Numbers
            place={inputs}
            shades={shadesOf(numbers, scale, high)}
            columns={isCurve ? 1 : window[1]}
            cell={cell}
            index={index}
            onPick={onPick}
          />
        </>
      )}
      <div class="cnl-sums cnl-result" style={placeOf(sums)}>
        {isCurve && <Curve kind={stage.kind} x={numbers[0]} y={value} />}
        <p class="cnl-total">
          {resultOf(stage, products.length)} <b>{full(value)}</b>
        </p>
        {winner >= 0 && (
          <p>The largest is {sourceName(network.stages, products[winner], network.classes)}.</p>
        )}
        {!from && <p>A number of the picture: 0 is black, 1 is white. Nothing makes it.</p>}
      </div>
    </div>
  );
}

function resultOf({ kind }: Stage, n: number) {
  if (kind === "max_pool2d") return `The largest of ${n}:`;
  if (kind === "avg_pool2d") return `The mean of ${n}:`;
  return kind === "input" ? "The pixel is" : "Becomes";
}

const SPAN = 6; // to both sides of 0

/** The activation function, and where this unit is on it. */
function Curve({ kind, x, y }: { kind: Stage["kind"]; x: number; y: number }) {
  const isRelu = kind === "relu";
  const of = (z: number) => (isRelu ? Math.max(0, z) : 1 / (1 + Math.exp(-z)));
  const span = Math.max(SPAN, Math.abs(x) * 1.1);
  const high = isRelu ? span : 1;
  const left = (z: number) => 110 + (z / span) * 100;
  const top = (v: number) => 110 - (v / high) * 96;
  const points = range(41).map((i) => span * (i / 20 - 1));
  return (
    <svg class="cnl-activation-curve" viewBox="0 0 220 130" aria-hidden="true">
      <path class="axis" d={`M10 110H210M110 6V114`} />
      <path class="line" d={`M${points.map((z) => `${left(z)} ${top(of(z))}`).join("L")}`} />
      <path class="drop" d={`M${left(x)} 110V${top(y)}H110`} />
      <circle cx={left(x)} cy={top(y)} r="5" />
    </svg>
  );
}
