/**
 * What the views share. A view imports from here alone: in the built book this module is loaded
 * once for all of them (`shared.static.js`), in a live notebook each bundle carries its own copy.
 */
export { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
export { jsx, jsxs, Fragment } from "preact/jsx-runtime";
export * from "./arithmetic.js";
export { parameterCount, placesOf, weightMatrix } from "./parts/binding.js";
export { answers, clearAnswers, keepAnswer, onAnswers } from "./parts/answers.js";
export { Choice, PairSlider, Player, Slider, Switch } from "./parts/controls.jsx";
export { checkBlock, checkGrid, checkInteger, checkOneOf, checkPair, checkPicked } from "./parts/check.js";
export { blank, normaliseDigit } from "./parts/digit.js";
export { DrawingPad } from "./parts/drawing.jsx";
export { Examples } from "./parts/examples.jsx";
export { Grid, Legend, range } from "./parts/grid.jsx";
export { useId } from "./parts/ids.js";
export { descend, ellipseOfError } from "./parts/descent.js";
export { activationScale, Figure, weightScale } from "./parts/figure.jsx";
export { cellOf, cellSet, frameOf, shapeOf, unreadCells } from "./parts/layer.js";
export { Lab, Message, Sharing, useLab, view } from "./parts/lab.jsx";
export { GridMemory, useMemory } from "./parts/memory.js";
export { OutputPlayer, usePick } from "./parts/picking.jsx";
export { Pixels } from "./parts/pixels.jsx";
export { Prose } from "./parts/prose.jsx";
export { Radios } from "./parts/radios.jsx";
export { Said } from "./parts/said.jsx";
export { listen, send, useSignal } from "./parts/signals.js";
export { useSteady } from "./parts/steady.js";
export { useTraits } from "./parts/traits.js";
export { Weights } from "./parts/weights.jsx";
export { LARGEST, factor, full, parseNumber, short } from "./parts/numbers.js";
export { cellName, plural, python, sizeFormula, sizeFormulaInTotal, spoken, unique } from "./parts/words.js";
