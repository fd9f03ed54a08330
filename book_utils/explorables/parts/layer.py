"""What the labs of layers with a window have in common: the window must fit the padded input."""

from collections.abc import Sequence

AXES = ("height", "width")
MODES = ("zeros", "reflect", "replicate", "circular")  # what padding holds, by PyTorch's names


def misfit(
    what: str,
    n: Sequence[int],
    k: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int] = (1, 1),
    beyond: Sequence[int] = (0, 0),
) -> str:
    """Say along which axis a window does not fit the padded input, or return an empty string.

    `what` is the word for the window, of size `k` on an input of size `n`; it may stick out of the
    padded input by `beyond` cells. All of these are (height, width).
    """
    for i, axis in enumerate(AXES):
        span, padded = dilation[i] * (k[i] - 1) + 1, n[i] + 2 * padding[i]
        most = padded + beyond[i]
        if span > most:
            dilated, smaller = "", f"a smaller {what}"
            if dilation[i] > 1:
                dilated, smaller = f" with dilation {dilation[i]}", f"{smaller} or dilation,"
            return (
                f"a {what} of {axis} {k[i]}{dilated} spans {span} cells, and the padded input "
                f"has {n[i]} + 2·{padding[i]} = {padded}; allowed: a span of at most {most}. Use "
                f"{smaller} or more padding"
            )
    return ""
