/** What the settings of the attribution lab come to; the square goes over the picture meanwhile. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { covered, scoresOf } from "../arithmetic/attribution.ts";
import { softmax } from "../arithmetic/network.ts";
import { rankCorrelation } from "../arithmetic/ranks.ts";
import type { Tensor } from "../arithmetic/tensor.ts";
import { pixelsOf } from "../parts/pictures.ts";
import type { Shipped } from "../parts/shipped.ts";
import type { AttributionLab as Settings } from "../settings.ts";
import { cornerOf, mapOf, Occlusion, pictureOf, valueAt } from "./solution.ts";

export type Found = NonNullable<ReturnType<typeof useFound>>;

/** All that the settings come to, or null until the network is here. */
export function useFound(shipped: Shipped | null, state: Settings, drawing: boolean) {
  const { method, size, fill, at } = state;
  const picture = state.drawn ?? shipped?.pictures[state.picture];
  const x = useMemo(() => (picture ? pictureOf(pixelsOf(picture)) : null), [picture]);
  const scores = useMemo(
    () => shipped && x && networksOf(shipped).map((layers) => scoresOf(layers, x).data),
    [shipped, x],
  );
  const answer = scores && indexOfLargest(scores[0]);
  const target = state.target === "answer" ? answer : Number(state.target);
  const isCovered = method === "occlusion";
  const corner = cornerOf(state);
  const now = useMemo(() => {
    if (!shipped || !x) return null;
    const seen = isCovered && !drawing ? covered(x, corner, size, fill) : x;
    return scoresOf(shipped.trained, seen);
  }, [shipped, x, isCovered, drawing, String(corner), size, fill]);
  const occlusions = useOcclusions(isCovered ? shipped : null, x, { size, fill });
  const maps = useMemo(() => {
    if (!shipped || !x || !scores || target === null) return null;
    if (isCovered) return occlusions.all.map((each, i) => each.falls(target, scores[i][target]));
    return networksOf(shipped).map((layers) => mapOf(method, layers, x, target));
  }, [shipped, x, target, method, occlusions]);
  const isWhole = !isCovered || occlusions.isDone;
  const alike = useMemo(
    () => (maps?.length && isWhole ? rankCorrelation(maps[0].data, maps[1].data) : null),
    [maps, isWhole],
  );
  if (!shipped || !picture || !scores || !now || !maps?.length || answer === null) return null;
  const asked = target as number;
  const [trained, random] = maps.map((map) => valueAt(map, { at, size }));
  const whole = scores[0][asked];
  const seen = {
    settings: state,
    drawing,
    target: asked,
    whole,
    now: now.data[asked],
    trained,
    random,
  };
  const [before, probabilities] = [{ data: scores[0], shape: [scores[0].length] }, now].map(
    (each) => softmax(each).data,
  );
  const label = state.drawn ? undefined : shipped.labels[state.picture];
  return { picture, label, answer, target: asked, before, probabilities, maps, alike, seen };
}

const networksOf = ({ trained, random }: Shipped) => [trained, random];

const indexOfLargest = (values: ArrayLike<number>) => {
  const all = Array.from(values);
  return all.indexOf(Math.max(...all));
};

const SLICE = 8; // milliseconds for which nothing else has a turn
const REST = 150; // milliseconds after the last change: a slider that moves is not kept waiting
const SHOWN_EVERY = 100; // milliseconds

type Square = { size: number; fill: number };
type Occlusions = { all: Occlusion[]; isDone: boolean };
const NO_OCCLUSIONS: Occlusions = { all: [], isDone: false };

/** The square on all places of the picture, for both networks, in slices of the page's thread. */
function useOcclusions(
  shipped: Shipped | null,
  x: Tensor | null,
  { size, fill }: Square,
): Occlusions {
  const made = useMemo(
    () =>
      shipped && x
        ? networksOf(shipped).map((layers) => new Occlusion(layers, x, { size, fill }))
        : null,
    [shipped, x, size, fill],
  );
  const [shown, show] = useState(NO_OCCLUSIONS);
  useEffect(() => {
    if (!made) return;
    const networks = made;
    let told = performance.now();
    let timer = setTimeout(work, REST);
    function work() {
      const due = performance.now() + SLICE;
      while (performance.now() < due) for (const each of networks) each.step();
      const isDone = networks.every((each) => each.isDone);
      if (isDone || performance.now() - told > SHOWN_EVERY) {
        told = performance.now();
        show({ all: networks, isDone });
      }
      if (!isDone) timer = setTimeout(work);
    }
    return () => clearTimeout(timer);
  }, [made]);
  return useMemo(() => {
    if (!made) return NO_OCCLUSIONS;
    return shown.all === made ? shown : { all: made, isDone: false };
  }, [made, shown]);
}
