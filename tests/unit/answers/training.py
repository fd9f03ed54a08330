"""Answers to the exercises on training, right and wrong."""

import copy

import numpy as np
import torch
import torch.nn.functional as F

# ---- right answers ----


def softmax_by_numpy(scores):
    e = np.exp(np.asarray(scores) - np.max(np.asarray(scores), axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def cross_entropy_by_pairs(scores, labels):
    losses = [torch.logsumexp(z, 0) - z[y] for z, y in zip(scores, labels, strict=True)]
    return torch.stack(losses).mean()


def cross_entropy_by_one_hot(scores, labels):
    one_hot = F.one_hot(labels, scores.shape[1])
    return -(one_hot * scores.log_softmax(-1)).sum() / len(scores)


def cross_entropy_tracked(scores, labels):
    return F.nll_loss(F.log_softmax(scores.requires_grad_(), 1), labels)


def descent_in_place(loss, w, lr, steps):
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        loss(w).backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w


def descent_by_grad(loss, w, lr, steps):
    while steps:
        w = w.detach().requires_grad_()
        w = w - lr * torch.autograd.grad(loss(w), w)[0]
        steps -= 1
    return w


def descent_by_difference(loss, w, lr, steps):
    w, h = w.double(), 1e-4
    for _ in range(steps):
        slopes = [(loss(w + h * e) - loss(w - h * e)) / (2 * h) for e in torch.eye(len(w))]
        w = w - lr * torch.stack(slopes)
    return w


def evaluate_with_finally(model, x, y, batch_size):
    mode = model.training
    try:
        model.eval()
        with torch.inference_mode():
            said = torch.cat([model(part).argmax(1) for part in x.split(batch_size)])
        return (said == y).float().mean()
    finally:
        model.train(mode)


def evaluate_weighted(net, images, labels, size):
    mode, total = net.training, 0.0
    net.train(False)
    for i in range(0, len(images), size):
        with torch.no_grad():
            right = net(images[i : i + size]).argmax(-1) == labels[i : i + size]
        total += right.float().mean().item() * len(right)
    net.train(mode)
    return total / len(labels)


def evaluate_a_copy(model, x, y, batch_size):
    frozen = copy.deepcopy(model).eval().requires_grad_(False)
    right = 0
    for start in range(0, len(x), batch_size):
        scores = frozen(x[start : start + batch_size]).numpy()
        right += int((scores.argmax(1) == y[start : start + batch_size].numpy()).sum())
    return right / len(y)


RIGHT = {
    "softmax": [
        softmax_by_numpy,
        lambda z: (z - z.logsumexp(1, keepdim=True)).exp(),
        lambda z: 1 / (z[:, None] - z[:, :, None]).double().exp().sum(2),
    ],
    "cross_entropy": [cross_entropy_by_pairs, cross_entropy_by_one_hot, cross_entropy_tracked],
    "gradient_descent": [descent_in_place, descent_by_grad, descent_by_difference],
    "evaluate": [evaluate_with_finally, evaluate_weighted, evaluate_a_copy],
}


# ---- wrong answers ----


def each_row(scores, f):
    return np.array([f([float(v) for v in row]) for row in scores])


def exponentials(row):
    return np.exp(np.asarray(row, np.float32))


def shares(row):
    """Softmax of one list, in 64 bits."""
    e = np.exp(np.asarray(row, float) - max(row))
    return e / e.sum()


def share_by_formula(row):
    return exponentials(row) / exponentials(row).sum()


SOFTMAX = {
    "large scores overflow": lambda z: each_row(z, share_by_formula),
    "one maximum serves all rows": lambda z: each_row(z - torch.amax(z), share_by_formula),
    "the sum runs over examples instead of classes": lambda z: each_row(z.T, shares).T,
    "the sum runs over all numbers": lambda z: shares(z.ravel().tolist()).reshape(z.shape),
    "the exponentials are not divided by their sum": lambda z: each_row(z, exponentials),
    "the scores are divided without an exponential": lambda z: each_row(
        z, lambda row: np.divide(row, sum(row))
    ),
    "each score is squashed by itself": lambda z: 0.5 + torch.tanh(z / 2) / 2,
    "logarithms of the probabilities are returned": lambda z: z - z.logsumexp(-1)[:, None],
    "the signs are turned round": lambda z: each_row(-z, shares),
}


def losses(scores, labels, share=shares):
    """The surprise of each example."""
    return [-np.log(share(row)[y]) for row, y in zip(scores.tolist(), labels.tolist(), strict=True)]


def shares_in_32_bits(row):
    return np.asarray(shares(row), np.float32)


CROSS_ENTROPY = {
    "large scores overflow": lambda z, y: torch.tensor(np.mean(losses(z, y, share_by_formula))),
    "a probability is rounded towards 0 before its logarithm is taken": lambda z, y: torch.tensor(
        np.mean(losses(z, y, shares_in_32_bits))
    ),
    "the losses are added up, not averaged": lambda z, y: np.array(sum(losses(z, y))),
    "the loss is divided by the number of classes too": lambda z, y: np.array(
        sum(losses(z, y)) / z.nelement()
    ),
    "the losses are not averaged": lambda z, y: np.array(losses(z, y)),
    "softmax is taken twice": lambda z, y: np.mean(losses(z, y, lambda row: shares(shares(row)))),
    "the scores are taken for probabilities": lambda z, y: np.mean(
        losses(z, y, lambda row: np.asarray(row, np.float32))
    ),
    "the loss is that of the class with the largest score": lambda z, y: np.mean(
        [-np.log(max(shares(row))) for row in z.tolist()]
    ),
    "the loss of all classes is added up": lambda z, y: np.mean(
        [sum(np.log(1 / shares(row))) for row in z.tolist()]
    ),
    "the minus sign is missing": lambda z, y: 0 - np.mean(losses(z, y)),
    "the logarithm is missing": lambda z, y: (
        sum(-shares(row)[k] for row, k in zip(z.tolist(), y, strict=True)) / len(y)
    ),
    "the logarithm is taken of the mean": lambda z, y: (
        -np.log(np.mean([shares(z[i].tolist())[k] for i, k in enumerate(y)]))
    ),
    "the sum runs over examples instead of classes": lambda z, y: np.mean(
        [-np.log(shares(z[:, k].tolist())[i]) for i, k in enumerate(y)]
    ),
}


def slopes(loss, w):
    """The gradient of a bowl, from its formula."""
    return 2 * loss.steep * (w - loss.lowest)


def walk(loss, w, lr, steps):
    for _ in range(steps):
        w = w - lr * slopes(loss, w)
    return w


def heaping(loss, w, lr, steps):
    w = w.clone().requires_grad_()
    for _ in range(steps):
        loss(w).backward()
        w.data -= lr * w.grad
    return w


GRADIENT_DESCENT = {
    "the gradient is not set to zero between steps": heaping,
    "it goes up instead of down": lambda loss, w, lr, steps: walk(loss, w, -lr, steps),
    "the learning rate is forgotten": lambda loss, w, lr, steps: walk(loss, w, 1, steps),
    "every step uses the gradient of the start": lambda loss, w, lr, steps: (
        w - sum(lr * slopes(loss, w) for _ in range(steps))
    ),
    "it takes one step only": lambda loss, w, lr, steps: w - lr * slopes(loss, w),
    "it takes one step too many": lambda loss, w, lr, steps: walk(
        loss, walk(loss, w, lr, 1), lr, steps
    ),
    "the gradient is returned": lambda loss, w, lr, steps: slopes(
        loss, walk(loss, w, lr, steps - 1)
    ),
    "the loss is returned": lambda loss, w, lr, steps: loss(walk(loss, w, lr, steps)),
}


def right_answers(model, x, y):
    return [float(model(one[None]).argmax() == label) for one, label in zip(x, y, strict=True)]


def evaluation(score, switch="eval", after="back", notes=False):
    """Make an evaluation with one slip or another."""

    def evaluate(model, x, y, batch_size):
        mode = model.training
        if switch == "eval":
            model.eval()
        with torch.set_grad_enabled(notes):
            right = right_answers(model, x, y)
        if after != "never":
            model.train(mode if after == "back" else True)
        return score(right, batch_size)

    return evaluate


def share(right, batch_size):
    return sum(right) / len(right)


def in_batches(right, batch_size):
    return [right[i : i + batch_size] for i in range(0, len(right), batch_size)]


def share_of_shares(right, batch_size):
    return np.mean([np.mean(batch) for batch in in_batches(right, batch_size)])


def share_of_whole_batches(right, batch_size):
    whole = len(right) // batch_size * batch_size
    return share(right[:whole] if whole else right, batch_size)


EVALUATE = {
    "eval() is forgotten": evaluation(share, switch="none"),
    "eval() and no_grad() are both forgotten": evaluation(share, switch="none", notes=True),
    "the network is left in evaluation mode": evaluation(share, after="never"),
    "the network is left in evaluation mode, and no_grad() is forgotten": evaluation(
        share, after="never", notes=True
    ),
    "the network is always left in training mode": evaluation(share, after="train"),
    "autograd takes notes": evaluation(share, notes=True),
    "the accuracies of the batches are averaged": evaluation(share_of_shares),
    "a short last batch is left out": evaluation(share_of_whole_batches),
    "the number of right answers is returned": evaluation(lambda right, size: int(sum(right))),
    "the share of wrong answers is returned": evaluation(
        lambda right, size: np.mean([1 - r for r in right])
    ),
    "the accuracy is given in percent": evaluation(lambda right, size: 100 * np.mean(right)),
}


WRONG = {
    "softmax": SOFTMAX,
    "cross_entropy": CROSS_ENTROPY,
    "gradient_descent": GRADIENT_DESCENT,
    "evaluate": EVALUATE,
}
