"""The numbers in the prose of the page on image kernels, computed from what the page defines."""

import re

from book_utils import chapters

page = chapters.ROOT / "chapters/image-kernels.md"
exercises = len(re.findall(r"^\*\*\d+\. ", page.read_text("utf-8"), re.MULTILINE))
states(
    "Allow 21 minutes, and another 12 for the exercises.",
    *(chapters.read(page).minutes, 3 * exercises),
)
states("the rest is grey, which here means 0", 0)
states("[a single 1 in the middle]", weights["identity"][1, 1])
states("A sum of 1 keeps the brightness", sums["identity"])
states("A sum of 0 is blind to brightness", sums["Sobel x"])
states("a **sum of 1** keeps brightness, a **sum of 0**", sums["identity"], sums["Sobel x"])
states("**Emboss** sums to 1 as well", sums["emboss"])
states("offers [0.5 + y/2](#image?show=shift), where grey means 0", 0.5, 2, 0)
states("And a sum of 9?", torch.ones(3, 3).sum())
between = corr2d(step, torch.full((3, 3), 1 / 9))[0, 1:3]
states(
    "Between dark (0) and bright (9) it puts 3 and 6",
    *(step.min(), step.max(), *between.round()),
)
states(
    "A window with one bright column holds three times 9 and six times 0: 27/9 = 3",
    *(9, 0, 27, 9, corr2d(step, torch.full((3, 3), 1 / 9))[0, 1].round()),
)
states(
    "Its rows are multiples of 1, 4, 6, 4, 1",
    *(256 * weights["Gaussian"])[0].tolist(),
)
states("as (1, −1) did with its sign turned round", -row[0], -row[2])
cost = {k: (k * k, 2 * k) for k in (3, 15)}
states(
    "At 3×3 that is 6 instead of 9; at 15×15, 30 instead of 225",
    *(3, 3, cost[3][1], cost[3][0], 15, 15, cost[15][1], cost[15][0]),
)
turned = [name for name, k in weights.items() if not torch.equal(k, k.flip(0, 1))]
assert turned == ["Sobel x", "Sobel y", "emboss"]
five = torch.tensor([[0.0, 1, 0], [1, 1, 1], [0, 1, 0]]) / 5
assert_close(-weights["Laplacian"], 5 * (weights["identity"] - five))
states("[a kernel of 9 among eight −1]", 9, -1)
states("A row of three weights 1/3 slides", 1, 3)
states("0 and 0, 0 and 0, 9 and 9", 0, 0, 0, 0, 9, 9)
states("an amount of 1 this is the `unsharp` kernel; an amount of −1 gives back the blur", 1, -1)
assert_close(unsharp(weights["Gaussian"], -1), weights["Gaussian"])
states("with these the rest is 0 up to rounding", miss("sharpen", 2))
states("leaves a rest with a norm of 0.37", round(miss("sharpen", 1), 2))
separable = [name for name, k in weights.items() if torch.linalg.matrix_rank(k) == 1]
assert separable == ["identity", "box blur", "Gaussian", "Sobel x", "Sobel y"]
