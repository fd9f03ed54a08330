"""Answers to the exercises on gradients, right and wrong."""

import numpy as np
import torch
import torch.nn.functional as F

from book_utils import ops
from tests.unit.answers.sliding import backwards, frame, window_sums

# ---- right answers ----


def weights_by_autograd(x, dy):
    k = torch.zeros(x.shape[0] - len(dy) + 1, x.shape[1] - len(dy[0]) + 1, requires_grad=True)
    (F.conv2d(x[None, None], k[None, None])[0, 0] * dy).sum().backward()
    return k.grad


def weights_by_outputs(x, dy):
    """Add the window of each output, times its δ."""
    h, w = x.shape[0] - len(dy) + 1, x.shape[1] - len(dy[0]) + 1
    return sum(
        dy[i, j] * x[i : i + h, j : j + w] for i in range(len(dy)) for j in range(len(dy[0]))
    )


def pixels_by_stamps(x, k, dy, stride, padding):
    dx = np.zeros(np.add(x.shape, 2 * padding))
    for (i, j), d in np.ndenumerate(dy):
        top, left = i * stride, j * stride
        dx[top : top + len(k), left : left + len(k[0])] += float(d) * np.asarray(k)
    return dx[padding : padding + len(x), padding : padding + len(x[0])]


def pixels_by_matrix(x, k, dy, stride, padding):
    matrix = ops.conv_matrix(k, tuple(x.shape), stride, padding)
    return (matrix.T @ dy.flatten()).reshape(x.shape)


def pixels_by_sliding(x, k, dy, stride, padding):
    """Slide the turned kernel over δ with its zeros, as a frame around it leaves room for."""
    wide = ops.insert_zeros(dy, stride)
    rows, columns = (
        (c - 1, n + 2 * padding - m) for c, n, m in zip(k.shape, x.shape, wide.shape, strict=True)
    )
    wide = F.pad(wide, (*columns, *rows))
    full = ops.corr2d(wide, k.flip(0, 1))
    return full[padding : padding + len(x), padding : padding + len(x[0])]


def max_by_loops(x, dy, k, stride):
    dx = np.zeros(x.shape)
    for (i, j), d in np.ndenumerate(dy):
        top, left = i * stride, j * stride
        winner = np.argmax(np.asarray(x)[top : top + k, left : left + k])
        dx[top + winner // k, left + winner % k] += float(d)
    return dx


def max_by_indices(x, dy, k, stride):
    _, places = F.max_pool2d(x[None], k, stride, return_indices=True)
    return torch.zeros(x.numel()).index_add(0, places.flatten(), dy.flatten()).reshape(x.shape)


RIGHT = {
    "weight_gradient": [weights_by_autograd, weights_by_outputs, ops.corr2d, window_sums],
    "input_gradient": [
        pixels_by_stamps,
        pixels_by_matrix,
        pixels_by_sliding,
        lambda x, k, dy, s, p: ops.corr2d_backward(x, k, dy, s, p)[0],
    ],
    "max_pool_gradient": [
        max_by_loops,
        max_by_indices,
        lambda x, dy, k, s: ops.pool2d_backward(x, dy, k, "max", s),
    ],
    "bias_gradient": [
        lambda dy: dy.transpose(0, 1).flatten(1).sum(1),
        lambda dy: np.einsum("nchw->c", dy),
        lambda dy: torch.stack([channel.sum() for channel in dy.unbind(1)]),
    ],
}


# ---- wrong answers ----


def first_pixels(x, dy):
    x, dy = np.asarray(x), np.asarray(dy)
    rows, columns = len(x) - len(dy) + 1, len(x[0]) - len(dy[0]) + 1
    return np.array([[x[a, b] * dy.sum() for b in range(columns)] for a in range(rows)])


WEIGHT_GRADIENT = {
    "the gradient of the output is turned by 180°": lambda x, dy: window_sums(x, backwards(dy)),
    "the result is turned by 180°": lambda x, dy: backwards(window_sums(x, dy)).copy(),
    "the products are averaged over the outputs": lambda x, dy: window_sums(x, dy / dy.numel()),
    "the windows that stick out count, too": lambda x, dy: window_sums(
        frame(x, *(len(dy) - 1,) * 2, *(len(dy[0]) - 1,) * 2), dy
    ),
    "the sum of the output's gradient is all that counts": first_pixels,
}


def stamped(shape, k, dy, step):
    """Stamp k for each δ into a matrix of a shape, and cut off what lies beyond."""
    k, reach = np.asarray(k), [step * n + 9 for n in dy.shape]
    dx = np.zeros(np.maximum(shape, reach))
    for (i, j), d in np.ndenumerate(dy):
        dx[i * step : i * step + len(k), j * step : j * step + len(k[0])] += float(d) * k
    return dx[: shape[0], : shape[1]]


def cropped(x, k, dy, step, padding, first):
    shape = [n + 2 * padding for n in x.shape]
    dx = stamped(shape, k, dy, step)
    return dx[first : first + len(x), first : first + len(x[0])]


def in_reach(x, k, dy, s, p):
    """Only as far as the windows reach."""
    whole = cropped(x, k, dy, s, p, p)
    ends = [(m - 1) * s + c - p for m, c in zip(dy.shape, k.shape, strict=True)]
    return whole[: max(0, ends[0]), : max(0, ends[1])]


INPUT_GRADIENT = {
    "the kernel is turned where it is stamped, or not turned where it slides": lambda *case: (
        cropped(case[0], backwards(case[1]), *case[2:], case[4])
    ),
    "the stride is forgotten: no zeros are put between the δ": lambda x, k, dy, s, p: cropped(
        x, k, dy, 1, p, p
    ),
    "one zero too many is put between the δ": lambda x, k, dy, s, p: cropped(x, k, dy, s + 1, p, p),
    "the gradient of the padding is not cropped": [
        lambda x, k, dy, s, p: stamped([n + 2 * p for n in x.shape], k, dy, s),
        lambda x, k, dy, s, p: stamped(
            [(m - 1) * s + c for m, c in zip(dy.shape, k.shape, strict=True)], k, dy, s
        ),
    ],
    "the padding is cropped behind, not in front": lambda x, k, dy, s, p: cropped(
        x, k, dy, s, p, 0
    ),
    "the pixels that no window reads are left out": in_reach,
}


def by_window(share, add=True):
    """Send each δ to the pixels of its window, by the shares that a window gives them."""

    def f(x, dy, k, stride):
        x, dx = np.asarray(x), np.zeros(x.shape)
        for (i, j), d in np.ndenumerate(dy):
            place = slice(i * stride, i * stride + k), slice(j * stride, j * stride + k)
            part = share(x[place])
            dx[place] = dx[place] + float(d) * part if add else np.where(part, d, dx[place])
        return dx

    return f


def one_hot(window, n):
    return (np.arange(window.size) == n).reshape(window.shape)


def winners(window):
    return window == window.max()


MAX_POOL_GRADIENT = {
    "where windows overlap the last one overwrites the others": by_window(
        lambda w: one_hot(w, w.argmax()), add=False
    ),
    "of several largest numbers each gets the whole δ": by_window(winners),
    "of several largest numbers each gets a share": by_window(
        lambda w: winners(w) / winners(w).sum()
    ),
    "the last of several largest numbers wins": by_window(
        lambda w: one_hot(w, w.size - 1 - w[::-1, ::-1].argmax())
    ),
    "the δ are spread evenly over the window": by_window(lambda w: np.ones_like(w) / w.size),
    "the δ are multiplied by the numbers that won": by_window(lambda w: one_hot(w, w.argmax()) * w),
}


def per_image(dy):
    return [[float(channel.sum()) for channel in image] for image in dy]


BIAS_GRADIENT = {
    "the mean is taken instead of the sum": lambda dy: np.mean(np.asarray(dy), (0, 2, 3)),
    "the images are averaged": lambda dy: np.mean(per_image(dy), 0),
    "the images are kept apart": lambda dy: np.array(per_image(dy)),
    "the positions are kept apart": lambda dy: sum(np.asarray(image) for image in dy),
    "all channels are added": lambda dy: np.array(float(np.asarray(dy).sum())),
}


WRONG = {
    "weight_gradient": WEIGHT_GRADIENT,
    "input_gradient": INPUT_GRADIENT,
    "max_pool_gradient": MAX_POOL_GRADIENT,
    "bias_gradient": BIAS_GRADIENT,
}
