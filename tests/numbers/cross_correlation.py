"""The numbers in the prose of the page on cross-correlation, from what the page defines."""

import re

from book_utils import chapters

page = chapters.ROOT / "chapters/cross-correlation.md"
exercises = len(re.findall(r"^\*\*\d+\. ", page.read_text("utf-8"), re.MULTILINE))
states(
    "Allow 32 minutes, and another 12 for the exercises.",
    *(chapters.read(page).minutes, 3 * exercises),
)

four = corr2d(X, K).flatten().tolist()
states(
    "Slide a 2×2 window over a 3×3 image. At each stop, multiply what lies under the window by "
    "four weights and add. Four stops, four numbers: 19, 25, 37, 43.",
    *(*K.shape, *X.shape, *four),
)
states(
    "[the 4 in the middle](#first?picked=input,1,1) reaches all four outputs, [the 0 in the "
    "corner](#first?picked=input,0,0) only one",
    *(X[1, 1], X[0, 0]),
)
products = torch.stack([X[:2, :2].flatten(), K.flatten()], dim=1).flatten().tolist()
states("0·0 + 1·1 + 3·2 + 4·3 = 19", *products, four[0])
states(
    "[that kernel](#first?kernel=1,2;3,4) gives 27, 37, 57 and 67",
    *corr2d(X, torch.tensor([[1.0, 2], [3, 4]])).flatten().tolist(),
)
states(
    "[a 3×3 kernel on a 3×3 window](#first?input=1,-1,0;-1,-2,2;1,2,-2&kernel=-1,1,2;1,-1,3;"
    "0,-1,-2). Nine products, one sum, 7",
    *(*kernel.shape, *window.shape, (window * kernel).sum()),
)
rows, columns = corr2d(torch.ones(5, 7), torch.ones(3, 3)).shape
states("here (5 − 3 + 1) × (7 − 3 + 1) = 3×5", 5, 3, 5 - 3 - rows + 2, 7, 3, 1, rows, columns)
states("[a kernel of 1×1](#sizes?kernel=2)", *torch.ones(5, 7)[:1, :1].shape)
states("an image of 6×8 pixels, bright (1)", *bars.shape, bars.max())
dark = (bars[0] == 0).nonzero().flatten()
states("a dark band (0) in columns 2 to 5", bars.min(), dark.min(), dark.max())
states("The kernel (1, −1) subtracts", *K_edge.flatten().tolist())
states(
    "It is +1 in column 1, where bright turns to dark, and −1 in column 5",
    *(edges.max(), edges[0].argmax(), edges.min(), edges[0].argmin()),
)
states("Wherever two neighbours agree, the output is 0", edges[0, 0])
one_one = torch.tensor([[1.0, 1.0]])
states("[the kernel (1, 1)](#edges?kernel=1,1)", *one_one.flatten().tolist())
assert corr2d(bars, one_one).max() == corr2d(bars, one_one)[0, 0] == 2  # where nothing happens
states("the same three at each of the 42 stops", edges.numel())
states(
    "Of a strong edge of 1 and a weak one of 0.4, ReLU alone keeps both; with a bias of −0.5, only "
    "the strong one remains",
    *(*corr2d(strip, K_edge).relu().unique().flip(0)[:2].tolist(), -0.5),
)
assert int((corr2d(strip, K_edge) > 0.5).sum()) == 1
twice = corr2d(corr2d(torch.eye(5), K_edge), K_edge)[2].flip(0)
states(
    "Sliding (1, −1) twice is sliding (1, −2, 1) once",
    *(*K_edge.flatten().tolist(), *K_twice.flatten().tolist()),
)
assert_close(twice, K_twice[0])
floor_pairs = torch.stack([bars[:, :-1].flatten(), bars[:, 1:].flatten()], dim=1)
raised = edges.flatten()[:, None] + 1
best = torch.linalg.lstsq(floor_pairs, raised).solution
floor = ((floor_pairs @ best - raised) ** 2).sum().item()
states(
    "Raise the map to be found by 1, and no two weights get the squared error below 20.4; with "
    "the bias it goes to 0",
    *(1, round(floor, 1), ((corr2d(bars, K_edge) + 1 - edges - 1) ** 2).sum()),
)
states("On the 6×8 image, such a layer makes a kernel of 6×8", *bars.shape, *bars.shape)
assert corr2d(bars, bars).shape == (1, 1)
states("Forget (1, −1).", *K_edge.flatten().tolist())
states("The weights walk to (1, −1)", *learn(corr2d, seed=0, steps=60)[0].round().tolist())
states("[Ten steps at a rate of 0.03](#learner?rate=0.03&steps=10) nearly arrive", learner.rate)
values = torch.linalg.eigvalsh(2 * floor_pairs.T @ floor_pairs)
limit = (2 / values.max()).item()
assert limit < 0.035
states("[At a rate of 0.035](#learner?rate=0.035&steps=40) they overshoot", 0.035)
for published in ([1.0303, -0.9475], [0.9637, -1.0228], [1.0590, -0.9277]):
    w = torch.tensor([published])
    error = ((corr2d(bars, w) - edges) ** 2).sum().item()
    miss = [round(v, 2) for v in (w - K_edge).flatten().tolist()]
    first_, second_ = (f"{v:.4f}".replace("-", "−") for v in published)
    signed = [f"{v:+.2f}".replace("-", "−") for v in miss]
    states(
        f"| ({first_},\N{NO-BREAK SPACE}{second_}) | {error:.2f} | "
        f"({signed[0]},\N{NO-BREAK SPACE}{signed[1]}) |",
        *(*published, round(error, 2), *miss),
    )
states("So do 19 of 20 runs of ours", same, len(runs))
keeps = (1 - 0.03 * values).tolist()
states(
    "a step of 0.03 jumps over the minimum and keeps 0.8 of the distance on the other side. Along "
    "the long way it keeps 0.64. After ten steps that leaves 11 % of the one and 1 % of the other",
    *(0.03, round(-keeps[1], 2), round(keeps[0], 2)),
    *(round(100 * keeps[1] ** 10), round(100 * keeps[0] ** 10)),
)
side = int((x.grad != 0).any(0).sum())  # of the field that the page finds
states(
    "One of its outputs comes from 2×2 numbers of the map before it, and those come from 3×3 "
    "pixels",
    *(*ones.shape, side, side),
)
five = field([1] * 5)
states(
    "Five layers of 3×3 see 11×11 pixels, with 45 weights; one kernel of 11×11 has 121",
    *(3, 3, five, five, 5 * 9, five, five, five**2),
)
states("two 3×3 layers see 7×7 instead of 5×5", 3, 3, *[field([2, 1])] * 2, *[field([1, 1])] * 2)
states(
    "an image of 8×8 keeps its size, but of the 11 columns of the field only 8 are there",
    *(8, 8, five, field([1] * 5, side=8, padding=1)),
)
by_hand = corr2d(torch.ones(7, 5), torch.ones(3, 2))
states("A 3×2 kernel slides over a 7×5 input", 3, 2, 7, 5)
states(
    "The kernel has 7 − 3 + 1 = 5 positions downwards and 5 − 2 + 1 = 4 across. Each of these 20 "
    "stops takes 3·2 = 6 multiplications, 120 in all",
    *(7, 3, 1, len(by_hand), 5, 2, 1, by_hand.shape[1], by_hand.numel()),
    *(3, 2, 6, 6 * by_hand.numel()),
)
states("Make a 6×6 image that is 1 on and below the diagonal, else 0", *triangle.shape, 1, 0)
diagonal = corr2d(triangle, K_edge), corr2d(triangle, K_edge.T)
states(
    "Going right, the image falls from 1 to 0 there, and `K_edge` gives +1",
    *(triangle[0, 0], triangle[0, 1], diagonal[0].max()),
)
states(
    "Going down it rises from 0 to 1, and `K_edge.T` gives −1",
    *(triangle[0, 1], triangle[1, 1], diagonal[1].min()),
)
matrix = matrix_of(torch.ones(2, 2))
states("for some 4×9 matrix `W`", *matrix.shape)
states(
    "How many of the 36 entries are 0 whatever the 2×2 kernel?",
    *(matrix.numel(), matrix.min(), 2, 2),
)
states("20 of the 36 entries are 0", int((matrix == 0).sum()), matrix.numel(), 0)
states("With a rate of 0.03 the kernel (1, −1) was found; with 0.035", 0.03, 1, -1, 0.035)
states(
    "Here the eigenvalues are 12, along (1, −1), and 60, along (1, 1): the limit is 2/60 = 0.0333. "
    "At 0.03 the factors are 0.64 and −0.8, and after ten steps 1 % and 11 % of the distances are "
    "left",
    *(values[0], 1, -1, values[1], 1, 1, 2, values[1], round(limit, 4), 0.03),
    *(round(keeps[0], 2), round(keeps[1], 2)),
    *(round(100 * keeps[0] ** 10), round(100 * keeps[1] ** 10)),
)
