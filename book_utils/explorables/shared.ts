/**
 * What the views share. A view imports from here alone: in the built book this module is loaded
 * once for all of them (`shared.static.js`), in a live notebook each bundle carries its own copy.
 */
export { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
export { Fragment, jsx, jsxs } from "preact/jsx-runtime";
export * from "./arithmetic.ts";
export { answers, clearAnswers, keepAnswer, onAnswers } from "./parts/answers.ts";
export { parameterCount, placesOf, weightMatrix } from "./parts/binding.ts";
export {
  checkBlock,
  checkGrid,
  checkInteger,
  checkOneOf,
  checkPair,
  checkPicked,
} from "./parts/check.ts";
export { Choice, PairSlider, Player, Slider, Switch } from "./parts/controls.tsx";
export { descend, ellipseOfError } from "./parts/descent.ts";
export { blank, normaliseDigit } from "./parts/digit.ts";
export { DrawingPad } from "./parts/drawing.tsx";
export { Examples } from "./parts/examples.tsx";
export { activationScale, Figure, weightScale } from "./parts/figure.tsx";
export { Grid, Legend, range } from "./parts/grid.tsx";
export { useId } from "./parts/ids.ts";
export { Lab, Message, Sharing, useLab, view } from "./parts/lab.tsx";
export { cellOf, cellSet, frameOf, shapeOf, unreadCells } from "./parts/layer.ts";
export { GridMemory, useMemory } from "./parts/memory.ts";
export { factor, full, LARGEST, parseNumber, short } from "./parts/numbers.ts";
export { OutputPlayer, usePick } from "./parts/picking.tsx";
export { Pixels } from "./parts/pixels.tsx";
export { Prose } from "./parts/prose.tsx";
export { Radios } from "./parts/radios.tsx";
export { Said } from "./parts/said.tsx";
export { listen, send, useSignal } from "./parts/signals.ts";
export { useSteady } from "./parts/steady.ts";
export { useTraits } from "./parts/traits.ts";
export { Weights } from "./parts/weights.tsx";
export {
  cellName,
  plural,
  python,
  sizeFormula,
  sizeFormulaInTotal,
  spoken,
  unique,
} from "./parts/words.ts";
