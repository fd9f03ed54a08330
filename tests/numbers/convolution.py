"""The numbers in the prose of the page on convolution, computed from what the page defines."""

import re

from book_utils import chapters

page = chapters.ROOT / "chapters/convolution.md"
exercises = len(re.findall(r"^\*\*\d+\. ", page.read_text("utf-8"), re.MULTILINE))
states(
    "Allow 17 minutes, and another 15 for the exercises.",
    *(chapters.read(page).minutes, 3 * exercises),
)
states("A single 1 among zeros is an **impulse**", impulse.max())
states(
    "The output counts down from 9 to 1",
    *(corr2d(impulse, digits)[0, 0], corr2d(impulse, digits)[-1, -1]),
)
states("it counts up from 1 to 9", conv2d(impulse, digits)[0, 0], conv2d(impulse, digits)[-1, -1])
product = np.convolve([1, 2, 3], [4, 5])
states(
    "The 13 is 1·5 + 2·4: two exponents that add up to 1. The 22 is 2·5 + 3·4",
    *(product[1], 1, 5, 2, 4, 1, product[2], 2, 5, 3, 4),
)
states("forwards, 1 and then 2, the other is read backwards, 5 and then 4", *(1, 2, 5, 4))
states(
    "[the list 0, 1, 2, 3, 0 with the kernel (4, 5) flipped]"
    "(#flip?input=0,1,2,3,0&kernel=4,5&flip=true) gives 4, 13, 22, 15",
    *(0, 1, 2, 3, 0, 4, 5, *product),
)
states(
    "5, 11, 23, 29 instead of 19, 25, 37, 43",
    *(*conv2d(X, K).flatten().tolist(), *corr2d(X, K).flatten().tolist()),
)
assert torch.equal(digits.rot90(2), digits.flip(0, 1))
states("Cross-correlation answers with the kernel turned by 180°", 180)
states("Reading a kernel backwards along both axes is turning it by 180°", 180)
stamps = torch.zeros(5, 5)
stamps[1, 1], stamps[3, 3] = 1, 2
states(
    "Two bright pixels, 1 and 2",
    *stamps[stamps > 0].tolist(),
)
states(
    "there 9 + 2 = 11",
    *(digits[2, 2], 2 * digits[0, 0], conv2d_full(stamps, digits)[3, 3]),
)
by_list = np.convolve([1, 2], [3, 1, 2])
states("Convolve (1, 2) with (3, 1, 2)", 1, 2, 3, 1, 2)
states(
    "Multiply (1 + 2x)(3 + x + 2x²) = 3 + 7x + 4x² + 4x³. So the answer is (3, 7, 4, 4)",
    *(1, 2, 3, 2, *by_list, *by_list),
)
backwards = np.convolve([7, 0, 1], [1, 1])
states("ends in 7, 7, 1, 1", *backwards)
states(
    "7 + 7x + x² + x³ = 7(1 + x) + x²(1 + x) = (7 + x²)(1 + x). The lists are (7, 0, 1) and "
    "(1, 1), and 7 + x²",
    *(7, 7, 7, 1, 1, 7, 1, 7, 0, 1, 1, 1, 7),
)
assert backwards.tolist() == [7, 7, 1, 1]
states("Find a 3×3 kernel whose cross-correlation", *to_left.shape)
