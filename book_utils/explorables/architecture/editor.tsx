/** The picked row: what it is, a control for each of its fields, and what can be done with it. */
import type { ComponentChildren } from "preact";
import { Choice, Slider, Switch } from "../parts/controls.tsx";
import { range } from "../parts/grid.tsx";
import { StopsSlider } from "../parts/stops.tsx";
import { square, times } from "../parts/words.ts";
import type { Hand } from "./hand.ts";
import { type Argument, KINDS, type Kind, type Pair, type Row, SIGNATURES } from "./rows.ts";
import { kindsIn, LABELS, MAPS, NOTHING_TO_SET } from "./words.ts";

/** What a slider for a number of maps or features stops at. */
const SIZES = [
  ...[1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 84, 96, 112, 120, 128, 144, 160, 192, 208],
  ...[224, 256, 288, 320, 384, 512, 640, 768, 1000, 1024, 1280, 1536, 2048, 3072, 4096],
];
/** How far the sliders of other fields go; a row from elsewhere may go further. */
const ENDS: Record<string, [number, number]> = {
  kernel: [1, 11],
  stride: [1, 4],
  padding: [0, 5],
  dilation: [1, 4],
  size: [1, 14],
  large: [1, 7],
  layers: [1, 24],
  bottleneck: [0, 4],
};
const [SAME, HIGHEST] = [-1, 10];

type EditorProps = {
  row: Row;
  /** the row that 0 and a double-click bring back */
  usual?: Row;
  /** channels or features that come in */
  comes: number;
  at: number;
  count: number;
  hand: Hand & { change(row: Row): void; copy(): void };
};

export function Editor({ row, usual, comes, at, count, hand }: EditorProps) {
  const fields = row as unknown as Record<string, unknown>;
  const before = (usual?.kind === row.kind ? usual : row) as unknown as Record<string, unknown>;
  const controls = fieldsOf(row.kind);
  const set = (changes: object) => hand.change(withoutExpectation({ ...row, ...changes } as Row));
  return (
    <div class="cnl-row-editor" role="group" aria-label={`Layer ${at + 1} of ${count}`}>
      <div class="cnl-row-editor-head">
        <Choice
          label="Layer"
          value={row.kind}
          options={kindsIn(KINDS)}
          onChange={(kind) => hand.change(turned(row, kind))}
        />
        <Act label="Move earlier" icon="←" disabled={at === 0} onPress={() => hand.move(-1)} />
        <Act label="Move later" icon="→" disabled={at === count - 1} onPress={() => hand.move(1)} />
        <Act label="Add a copy" icon="+" onPress={hand.copy} />
        <Act label="Remove" icon="×" disabled={count === 1} onPress={hand.remove} />
      </div>
      <div class="cnl-fields">
        {!controls.length && <p>{NOTHING_TO_SET}</p>}
        {controls.map(({ field, takes }) => (
          <FieldControl
            key={`${at} ${row.kind} ${field}`}
            {...{ field, takes, comes }}
            value={fields[field]}
            initial={before[field]}
            onChange={(value) => set({ [field]: value })}
          />
        ))}
      </div>
    </div>
  );
}

type Described = Argument & { field: string; takes: NonNullable<Argument["takes"]> };
const fieldsOf = (kind: Kind) =>
  SIGNATURES[kind].filter((each): each is Described => !!each.field && each.field !== "inplace");

/** A row that was pasted forgets what its writer expected once it is changed. */
function withoutExpectation({ expects, ...row }: Row) {
  return row as Row;
}

/** A row of another kind, with what the two have in common. */
function turned(row: Row, kind: Kind): Row {
  const own = row as unknown as Record<string, unknown>;
  const fields = SIGNATURES[kind].flatMap(({ field, takes, usual }) => {
    if (!field) return [];
    const kept = own[field];
    const fits = kept !== undefined && Array.isArray(kept) === Array.isArray(STARTS[takes ?? ""]);
    const start = usual === "kernel" ? (own.kernel ?? [2, 2]) : (usual ?? STARTS[takes ?? ""]);
    return [[field, fits ? kept : (NAMED_STARTS[field] ?? start)]];
  });
  return { kind, ...Object.fromEntries(fields) } as Row;
}

/** What a field is in a new row, by what it takes, where PyTorch has nothing usual. */
const STARTS: Record<string, unknown> = {
  whole: 1,
  pair: [2, 2],
  padding: [0, 0],
  sizes: [1, 1],
  sides: [1, 1, 1, 1],
  maps: [64, 96, 128, 16, 32, 32],
  shape: [1],
  share: 0.5,
  number: 0,
  truth: false,
};
const NAMED_STARTS: Record<string, unknown> = { channels: 64, features: 10, growth: 12, layers: 4 };

type ActProps = { label: string; icon: string; disabled?: boolean; onPress: () => void };
const Act = ({ label, icon, disabled, onPress }: ActProps) => (
  <button type="button" title={label} aria-label={label} disabled={disabled} onClick={onPress}>
    {icon}
  </button>
);

type FieldProps = {
  field: string;
  takes: Described["takes"];
  comes: number;
  value: unknown;
  initial: unknown;
  onChange: (value: unknown) => void;
};

function FieldControl(props: FieldProps): ComponentChildren {
  const { field, takes, value, initial, comes, onChange } = props;
  const label = LABELS[field] ?? field;
  const [min, max] = ENDS[field] ?? [0, HIGHEST];
  switch (takes) {
    case "truth":
      return <Switch label={label} value={value as boolean} onChange={onChange} />;
    case "whole":
      if (field === "groups") return <Stops {...props} label={label} stops={divisors(comes)} />;
      if (!(field in ENDS)) return <Stops {...props} label={label} stops={SIZES} />;
      return <Stops {...props} label={label} stops={range(max - min + 1).map((i) => i + min)} />;
    case "pair":
    case "padding":
    case "sizes":
      return <Both {...{ label, min, max, onChange }} {...pairs(value, initial, takes)} />;
    case "share":
      return (
        <Slider
          label={label}
          value={Math.round(10 * (value as number))}
          initial={Math.round(10 * (initial as number))}
          min={0}
          max={9}
          format={(tenths) => String(tenths / 10)}
          onChange={(tenths) => onChange(tenths / 10)}
        />
      );
    case "maps":
      return MAPS.map((each, i) => (
        <Stops
          key={each}
          label={each}
          stops={SIZES}
          value={(value as number[])[i]}
          initial={(initial as number[])[i]}
          onChange={(n) => onChange((value as number[]).map((old, k) => (k === i ? n : old)))}
        />
      ));
    default:
      return (
        <p>
          {label}: {times([value].flat() as number[])}
        </p>
      );
  }
}

type StopsProps = {
  label: string;
  stops: readonly number[];
  value: unknown;
  initial: unknown;
  onChange: (value: number) => void;
};
const Stops = ({ label, stops, value, initial, onChange }: StopsProps) => (
  <StopsSlider
    {...{ label, stops, onChange }}
    value={value as number}
    initial={initial as number}
  />
);

type Drawn = { value: Pair | "same"; initial: Pair | "same"; takes: FieldProps["takes"] };
const pairs = (value: unknown, initial: unknown, takes: FieldProps["takes"]) =>
  ({ value, initial, takes }) as Drawn;

type BothProps = Drawn & {
  label: string;
  min: number;
  max: number;
  onChange: (value: unknown) => void;
};

/** One slider for height and width; before the smallest padding stands "same". */
function Both({ label, value, initial, takes, min, max, onChange }: BothProps) {
  const first = takes === "padding" ? SAME : min;
  const at = (v: Drawn["value"]) => (v === "same" ? SAME : (v[0] ?? 1));
  const says = (v: Drawn["value"]) => (v === "same" ? v : square(v));
  const now = at(value);
  return (
    <Slider
      label={label}
      value={now}
      initial={at(initial)}
      min={first}
      max={Math.max(max, now)}
      format={(n) => (n === now ? says(value) : n === SAME ? "same" : String(n))}
      onChange={(n) => onChange(n === at(initial) ? initial : n === SAME ? "same" : [n, n])}
    />
  );
}

const divisors = (n: number) =>
  range(n)
    .map((i) => i + 1)
    .filter((d) => n % d === 0);
