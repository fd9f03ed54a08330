/** One residual block: the way through its two convolutions, and the shortcut around them. */
import { placeOf } from "./words.ts";

type BlockProps = { layer: number; depth: number; shortcut: boolean; norm: boolean };

export function Block({ layer, depth, shortcut, norm }: BlockProps) {
  const { which, text } = placeOf(layer, depth);
  const convolution = norm ? ["3×3", "norm"] : ["3×3"];
  const parts = [...convolution, "ReLU", ...convolution];
  const picked = [-1, 0, parts.lastIndexOf("3×3")][which];
  const added = shortcut ? "what came in is added; then" : "";
  const says = `A block: ${parts.join(", ")}; then ${added} ReLU. ${text}`;
  return (
    <div class={shortcut ? "cnl-block cnl-on" : "cnl-block"} role="img" aria-label={says}>
      <svg class="cnl-arc" viewBox="0 0 100 100" preserveAspectRatio="none">
        <path d="M0,100C0,-25 100,-25 100,100" pathLength="1" />
      </svg>
      <span class="cnl-shortcut">{shortcut ? "shortcut" : "no shortcut"}</span>
      <i class="cnl-x">x</i>
      <span class="cnl-through">
        {parts.map((part, i) => (
          <span key={i} class={i === picked ? "cnl-step cnl-here" : "cnl-step"}>
            {part}
          </span>
        ))}
        <i>F(x)</i>
      </span>
      <span class="cnl-plus">+</span>
      <span class="cnl-step">ReLU</span>
      <i class="cnl-y">y</i>
      <span class="cnl-where">{text}</span>
    </div>
  );
}
