/** The stages from the picture to the last dense layer, in reading order. */
import { type ComponentChildren, Fragment } from "preact";
import { useMemo } from "preact/hooks";
import { Legend, range } from "../parts/grid.tsx";
import { type Frame, type Layout, Maps } from "./maps.tsx";
import type { Network } from "./network.ts";
import type { Values } from "./stages.ts";
import { flat, most, type Stage, stageNamed, type Unit, unitAt } from "./stages.ts";
import { type Box, type Seen, seenBy } from "./windows.ts";
import { mapsLabel, titleOf } from "./words.ts";

/** Of two pictures, A and B. */
export type Show = "beside" | "difference";

type FlowProps = {
  network: Network;
  values: Values;
  others: Values | null;
  picked: Unit;
  pick: (unit: Unit) => void;
  show: Show;
  /** what stands below the picked stage */
  account: ComponentChildren;
};

export function Flow({ network, picked, pick, account, ...pictures }: FlowProps) {
  const { stages } = network;
  const [name, ...at] = picked;
  const chosen = stageNamed(stages, name);
  const seen = useMemo(() => seenBy(chosen, at), [chosen, picked]);
  return (
    <div class="cnl-flow">
      {stages.slice(0, -2).map((stage) => (
        <Fragment key={stage.name}>
          <StageMaps
            {...pictures}
            stage={stage}
            seen={seen[stage.name]}
            picked={stage === chosen ? flat(stage, at) : null}
            onPick={(i) => pick(unitAt(stage, i))}
          />
          {stage === chosen && account}
        </Fragment>
      ))}
    </div>
  );
}

/** How the units of a stage are laid out. */
function layoutOf({ shape }: Stage): Layout {
  const [first, rows, columns] = shape;
  if (shape.length === 1) {
    const across = first % 30 ? 28 : 30;
    return { maps: 1, rows: Math.ceil(first / across), columns: across, across: 1 };
  }
  const most = columns > 20 ? 3 : 8;
  return { maps: first, rows, columns, across: Math.min(first, most) };
}

function scaleOf({ kind }: Stage) {
  if (kind === "input") return "grey";
  return kind === "conv2d" || kind === "linear" ? "weights" : "activations";
}

/** The windows to outline in a stage. */
function framesOf(stage: Stage, { unit, box, channel, direct }: Seen): Frame[] {
  const { columns } = layoutOf(stage);
  const kind = direct ? "" : "far";
  if (unit !== undefined) {
    const [top, left] = [Math.floor(unit / columns), unit % columns];
    return [{ map: 0, top, left, height: 1, width: 1, kind }];
  }
  if (!box) return [];
  const [maps, height, width] = stage.shape;
  const shown = direct ? box : clip(box, height, width);
  return range(maps)
    .filter((map) => (channel ?? map) === map)
    .map((map) => ({ map, ...shown, kind }));
}

function clip({ top, left, height: h, width: w }: Box, height: number, width: number): Box {
  const [t, l] = [Math.max(0, top), Math.max(0, left)];
  return {
    top: t,
    left: l,
    height: Math.min(height, top + h) - t,
    width: Math.min(width, left + w) - l,
  };
}

type StageMapsProps = {
  stage: Stage;
  values: Values;
  others: Values | null;
  show: Show;
  seen: Seen | undefined;
  picked: number | null;
  onPick: (index: number) => void;
};

function StageMaps({ stage, values, others, show, seen, picked, onPick }: StageMapsProps) {
  const now = values[stage.name].data;
  const old = others?.[stage.name].data;
  const pictures = useMemo(() => {
    if (!old) return [{ which: "", data: now }];
    if (show === "difference") {
      return [{ which: "B − A", data: Float64Array.from(now, (v, i) => v - old[i]) }];
    }
    return [
      { which: "A", data: old },
      { which: "B", data: now },
    ];
  }, [now, old, show]);
  const isDifference = old && show === "difference";
  const scale = isDifference ? "weights" : scaleOf(stage);
  const high = scale === "grey" ? 1 : Math.max(...pictures.map(({ data }) => most(data)));
  return (
    <figure class="cnl-stage-maps" data-stage={stage.name}>
      <figcaption>
        <span>
          {titleOf(stage)} <small>{stage.shape.join("×")}</small>
        </span>
        <Legend scale={scale} low={scale === "weights" ? -high : 0} high={high} />
      </figcaption>
      <div class="cnl-pair-of-maps">
        {pictures.map(({ which, data }) => (
          <div key={which}>
            {which && <span aria-hidden="true">{which}</span>}
            <Maps
              label={mapsLabel(stage, which)}
              data={data}
              layout={layoutOf(stage)}
              high={high}
              scale={scale}
              picked={picked}
              onPick={onPick}
              frames={seen ? framesOf(stage, seen) : []}
              whole={seen !== undefined && !seen.box && seen.unit === undefined}
            />
          </div>
        ))}
      </div>
    </figure>
  );
}
