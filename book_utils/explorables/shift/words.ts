/** What the shift lab says, and its code. */
import { short } from "../parts/numbers.ts";
import { python, TORCH } from "../parts/words.ts";
import type { ShiftLab as Settings } from "../settings.ts";
import { type Changes, MARGIN } from "./shifting.ts";

/** The arithmetic of one change. */
export function describe(changes: Changes, { method, shift, realigned }: Settings) {
  const { back, distance, length, change } = changes[method][shift];
  const quotient = `${short(distance)} / ${short(length)}`;
  const moved = realigned ? `, moved back by ${back}` : "";
  return {
    line: `${method}, shift ${shift}${moved}: ‖after − before‖ / ‖before‖ = ${quotient}`,
    result: change.toFixed(2),
  };
}

/** What the change is, and how large it can get. */
export const IN_FULL = {
  change: "The change is the length of the difference, as a part of the length of what was before",
  realigned: "The features after are first moved back by the number of columns that leaves least.",
  ceiling:
    "Features that are never negative and keep their length cannot change by more than √2, and " +
    "reach it where no feature is where one was.",
};

const BLUR = "torch.tensor([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]])[None, None] / 16";
const REDUCE: Record<Settings["method"], string> = {
  "no pooling": "f",
  "stride 2": "f[..., ::2, ::2]",
  "max 2×2": "F.max_pool2d(f, 2)",
  "average 2×2": "F.avg_pool2d(f, 2)",
  "blur, then stride 2": `F.conv2d(f, ${BLUR}, stride=2, padding=1)`,
};

const CHANGE = (shift: number) =>
  `change = (features(${shift}) - features(0)).norm() / features(0).norm()`;
const REALIGNED = (shift: number, most: number) => `before, after = features(0), features(${shift})
moved_back = [after.roll(-columns, -1) for columns in range(${most + 1})]
change = min((after - before).norm() for after in moved_back) / before.norm()`;

/** @param most the largest shift, for which the ground has room */
export function asPython(s: Settings, image: number[][], kernel: number[][], most: number) {
  const padding = [`${MARGIN} + shift`, `${MARGIN + most} - shift`, MARGIN, MARGIN].join(", ");
  return `${TORCH}
x = torch.tensor(${python.grid(image)}, dtype=torch.float32)
k = torch.tensor(${python.grid(kernel)}, dtype=torch.float32)


def features(shift):
    moved = F.pad(x, (${padding}))
    f = F.conv2d(moved[None, None], k[None, None]).relu()
    return ${REDUCE[s.method]}


${s.realigned ? REALIGNED(s.shift, most) : CHANGE(s.shift)}
`;
}
