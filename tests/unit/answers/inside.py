"""Answers to the exercises on what a network has learned, right and wrong."""

import numpy as np
import torch

# ---- right answers ----


def one_by_one(model, x, target, size):
    rows, columns = x.shape[2] - size + 1, x.shape[3] - size + 1
    lost = torch.zeros(rows, columns)
    for i in range(rows):
        for j in range(columns):
            hidden = x.clone()
            hidden[0, :, i : i + size, j : j + size] = 0.5
            lost[i, j] = model(x)[0, target] - model(hidden)[0, target]
    return lost.detach()


@torch.no_grad()
def as_one_batch(model, x, target, size):
    rows, columns = x.shape[2] - size + 1, x.shape[3] - size + 1
    batch = x.repeat(rows * columns, 1, 1, 1)
    for k, picture in enumerate(batch):
        i, j = divmod(k, columns)
        picture[:, i : i + size, j : j + size] = 0.5
    return (model(x)[0, target] - model(batch)[:, target]).reshape(rows, columns)


def with_masks(model, x, target, size):
    h, w = x.shape[2:]
    rows, columns = torch.arange(h)[:, None], torch.arange(w)
    stops = [(i, j) for i in range(h - size + 1) for j in range(w - size + 1)]
    masks = torch.stack(
        [(i <= rows) & (rows < i + size) & (j <= columns) & (columns < j + size) for i, j in stops]
    )[:, None]
    with torch.inference_mode():
        scores = model(torch.cat([x, torch.where(masks, 0.5, x)]))[:, target]
        return (scores[0] - scores[1:]).view(h - size + 1, -1)


def by_backward(model, x, target):
    x = x.clone().requires_grad_()
    model(x)[0, target].backward()
    return x.grad[0].abs().max(0).values


def by_nudging(model, x, target, h=0.5):
    slopes = torch.zeros_like(x)
    for place in np.ndindex(*x.shape):
        up = x.clone()
        up[place] += h
        slopes[place] = (model(up) - model(x))[0, target].detach() / h
    return slopes[0].abs().amax(0)


def best_by_sorting(maps, count):
    peaks = [one.max().item() for one in maps]
    order = sorted(range(len(peaks)), key=lambda i: -peaks[i])
    return torch.tensor(order[:count])


def frozen_by_slices(model):
    model[:-1].requires_grad_(False)
    return sum(p.numel() for p in model[-1].parameters())


def frozen_one_by_one(model):
    for parameter in model.parameters():
        parameter.requires_grad = False
    for parameter in model[-1].parameters():
        parameter.requires_grad = True
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def frozen_by_name(net):
    head = f"{len(net) - 1}."
    count = 0
    for name, parameter in net.named_parameters():
        parameter.requires_grad_(name.startswith(head))
        count += parameter.numel() * parameter.requires_grad
    return count


RIGHT = {
    "occlusion": [one_by_one, as_one_batch, with_masks],
    "saliency": [
        by_backward,
        by_nudging,
        lambda model, x, c: torch.func.jacrev(lambda v: model(v)[0, c])(x)[0].abs().amax(0),
    ],
    "grad_cam": [
        lambda maps, gradients: (gradients.mean((1, 2))[:, None, None] * maps).sum(0).clamp(min=0),
        lambda maps, gradients: torch.tensordot(gradients.mean((1, 2)), maps, 1).relu(),
        lambda a, g: np.maximum(
            sum(m * k.mean() for m, k in zip(a.numpy(), g.numpy(), strict=True)), 0
        ),
    ],
    "best_pictures": [
        best_by_sorting,
        lambda maps, n: maps.amax((1, 2)).argsort(descending=True)[:n],
        lambda maps, n: np.argsort(-maps.numpy().max((1, 2)))[:n],
    ],
    "freeze": [frozen_by_slices, frozen_one_by_one, frozen_by_name],
}


# ---- wrong answers ----


def templates(model):
    return model.w.detach().numpy()


def softmax(scores):
    e = np.exp(scores - scores.max())
    return e / e.sum()


def scores_of(model, picture):
    return np.array([(w * picture[0]).sum() for w in templates(model)])


def score(model, picture, target):
    return scores_of(model, picture)[target]


def chance(model, picture, target):
    return softmax(scores_of(model, picture))[target]


def stops(x, size):
    return [(i, j) for i in range(x.shape[2] - size + 1) for j in range(x.shape[3] - size + 1)]


def as_map(values, x, size):
    return np.reshape(values, (x.shape[2] - size + 1, -1))


def covering(change=lambda whole, hidden: whole - hidden, of=score, grey=0.5, lift=True):
    """Make an occlusion with one slip or another."""

    def occlude(model, x, target, size):
        picture, values = x.numpy().copy(), []
        whole = of(model, picture, target)
        for i, j in stops(x, size):
            hidden = picture.copy() if lift else picture
            hidden[0, :, i : i + size, j : j + size] = grey
            values.append(change(whole, of(model, hidden, target)))
        return as_map(values, x, size)

    return occlude


def keyhole(model, x, target, size):
    picture, values = x.numpy(), []
    for i, j in stops(x, size):
        seen = np.full_like(picture, 0.5)
        seen[..., i : i + size, j : j + size] = picture[..., i : i + size, j : j + size]
        values.append(score(model, picture, target) - score(model, seen, target))
    return as_map(values, x, size)


OCCLUSION = {
    "each square stays when the next one is laid": covering(lift=False),
    "what is left is returned, not what is lost": covering(lambda whole, hidden: hidden),
    "the sign is the other way round": covering(lambda whole, hidden: hidden - whole),
    "probabilities are compared, not scores": covering(of=chance),
    "the square is black": covering(grey=0),
    "everything but the square is covered": keyhole,
    "only the size of the change is kept": covering(lambda whole, hidden: abs(whole - hidden)),
}


def mixed(model, x):
    """The mean of all templates, weighted by the probabilities."""
    return np.tensordot(softmax(scores_of(model, x.numpy())), templates(model), 1)


def weight_gradient(model, x, target):
    model(x)[0, target].backward()
    return model.w.grad[target].abs().max(0).values


SALIENCY = {
    "the gradient of the probability is taken": lambda model, x, c: np.abs(
        chance(model, x.numpy(), c) * (templates(model)[c] - mixed(model, x))
    ).max(0),
    "the gradient of the loss is taken": lambda model, x, c: np.abs(
        mixed(model, x) - templates(model)[c]
    ).max(0),
    "the signs are kept": lambda model, x, c: templates(model)[c].max(0),
    "the channels are added up": lambda model, x, c: np.abs(templates(model)[c]).sum(0),
    "the gradient is multiplied by the pixels": lambda model, x, c: np.abs(
        templates(model)[c] * x[0].numpy()
    ).max(0),
    "the class with the largest score is taken": lambda model, x, c: np.abs(
        templates(model)[scores_of(model, x.numpy()).argmax()]
    ).max(0),
    "the scores of all classes are added up": lambda model, x, c: np.abs(
        templates(model).sum(0)
    ).max(0),
    "the gradient of the weights is taken": weight_gradient,
}


def weighing(weight=lambda a, g: g.mean(), end=lambda total: np.maximum(total, 0)):
    """Make a Grad-CAM with other weights or another end."""

    def weigh(maps, gradients):
        pairs = zip(maps.numpy(), gradients.numpy(), strict=True)
        return end(sum(weight(a, g) * a for a, g in pairs))

    return weigh


def across_maps(maps, gradients):
    mean = sum(gradients.numpy()) / len(gradients)
    return np.maximum(sum(mean * a for a in maps.numpy()), 0)


GRAD_CAM = {
    "the ReLU at the end is missing": weighing(end=lambda total: total),
    "the maps are added without weights": weighing(lambda a, g: 1),
    "the weights are the means of the maps": weighing(lambda a, g: a.mean()),
    "the gradients are added up, not averaged": weighing(lambda a, g: g.sum()),
    "each position has a weight of its own": weighing(lambda a, g: g),
    "ReLU is taken of the weights": weighing(
        lambda a, g: max(g.mean(), 0), end=lambda total: total
    ),
    "the weighted maps are averaged, not added": lambda a, g: weighing()(a, g) / len(a),
    "the weights are means over the maps": across_maps,
}


def ranked(value):
    """Make a ranking by another number of each map."""

    def rank(maps, count):
        values = np.array([value(one) for one in maps.numpy()])
        return np.argsort(-values, kind="stable")[:count]

    return rank


BEST_PICTURES = {
    "the mean of a map is taken, not its peak": ranked(np.sum),
    "one position is looked at": ranked(lambda one: one[0, 0]),
    "the positions are ranked, not the images": [
        lambda maps, n: np.argsort(-maps.numpy().ravel())[:n],
        lambda maps, n: np.argsort(-maps.numpy().ravel())[:n] // maps[0].numel(),
    ],
    "the worst come first": ranked(lambda one: -one.max()),
    "the peaks are returned, not the images": lambda maps, n: np.sort(maps.numpy().max((1, 2)))[
        ::-1
    ][:n].copy(),
    "the largest in size counts, whatever its sign": ranked(lambda one: np.abs(one).max()),
}


def freezing(learns, counted=None):
    """Make a freezing: `learns(place, last, name)` says of each parameter whether it learns."""

    def freeze(model):
        last = len(model) - 1
        for name, parameter in model.named_parameters():
            place, kind = name.split(".")
            parameter.requires_grad = learns(int(place), last, kind)
        if counted:
            return counted(list(model[-1].parameters()), list(model.parameters()))
        return sum(p.numel() for p in model.parameters() if p.requires_grad)

    return freeze


def switched_by_a_name(model):
    for layer in model[:-1]:
        layer.requires_grad = False
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


FREEZE = {
    "nothing is frozen": switched_by_a_name,
    "the last layer is frozen, too": freezing(lambda place, last, kind: False),
    "the last layer is frozen and the others learn": freezing(
        lambda place, last, kind: place < last
    ),
    "the biases of the other layers go on learning": freezing(
        lambda place, last, kind: place == last or kind == "bias"
    ),
    "only the weights of the last layer learn": freezing(
        lambda place, last, kind: place == last and kind == "weight"
    ),
    "only the first layer is frozen": freezing(lambda place, last, kind: place > 0),
    "all numbers are counted, frozen or not": freezing(
        lambda place, last, kind: place == last, lambda head, all_: sum(p.numel() for p in all_)
    ),
    "tensors are counted, not numbers": freezing(
        lambda place, last, kind: place == last, lambda head, all_: len(head)
    ),
}


WRONG = {
    "occlusion": OCCLUSION,
    "saliency": SALIENCY,
    "grad_cam": GRAD_CAM,
    "best_pictures": BEST_PICTURES,
    "freeze": FREEZE,
}
