"""Checkers of questions to a network: occlusion, saliency, Grad-CAM, best pictures, freezing."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from hypothesis import strategies as st
from torch import Tensor, nn

from .engine import Case, Checker, Misconception, as_tensor, numbers

CHAPTER = "What a network has learned"


class Templates(nn.Module):
    """A network of one layer: score k is Σ w[k]·x, over all pixels and channels of a picture."""

    def __init__(self, w: Tensor) -> None:
        super().__init__()
        self.w = nn.Parameter(w)

    def forward(self, x: Tensor) -> Tensor:  # (n, c, h, w) -> (n, classes)
        """Return the scores of pictures."""
        return torch.einsum("kchw,nchw->nk", self.w, x)

    def __repr__(self) -> str:
        rows = (row.flatten().tolist() for row in self.w.detach())
        templates = "; ".join(" ".join(f"{v:g}" for v in row) for row in rows)
        return f"scores Σ w·x with w = {templates}"


@st.composite
def pictures(draw: st.DrawFn, channels: int, side: int) -> Tensor:
    """Draw a picture of values from 0 to 1: (1, channels, h, w), each side from 2 to `side`."""
    h, w = draw(st.integers(2, side)), draw(st.integers(2, side))
    return draw(numbers(1, channels, h, w)).abs() / 9


def all_scores(model: nn.Module, x: Tensor) -> Tensor:
    """Return the scores of one picture: (1, c, h, w) -> (classes,)."""
    with torch.no_grad():
        return model(x)[0]


# ---- occlusion ----


@st.composite
def hidden_parts(draw: st.DrawFn) -> Case:
    """Draw a network of two or three classes, a grey picture, a class and the side of a square."""
    x = draw(pictures(1, 4))
    classes = draw(st.integers(2, 3))
    return {
        "model": Templates(draw(numbers(classes, *x.shape[1:])) / 4),
        "x": x,
        "target": draw(st.integers(0, classes - 1)),
        "size": draw(st.integers(1, min(x.shape[2:]))),
    }


Score = Callable[[nn.Module, Tensor, int], Tensor]  # of a class for one picture


def score(model: nn.Module, x: Tensor, target: int) -> Tensor:
    """Return the score of a class for one picture."""
    return all_scores(model, x)[target]


def probability(model: nn.Module, x: Tensor, target: int) -> Tensor:
    """Return the probability of a class for one picture."""
    return all_scores(model, x).softmax(0)[target]


def covered(x: Tensor, i: int, j: int, size: int, fill: float = 0.5) -> Tensor:
    """Return a copy of a picture in which a square lies, its top left corner at (i, j)."""
    y = x.clone()
    y[..., i : i + size, j : j + size] = fill
    return y


def at_every_stop(x: Tensor, size: int, value: Callable[[int, int], Tensor]) -> Tensor:
    """Return what a function of the square's corner gives at all stops inside a picture."""
    h, w = (n - size + 1 for n in x.shape[2:])
    return torch.tensor([[float(value(i, j)) for j in range(w)] for i in range(h)])


def lost(
    model: nn.Module, x: Tensor, target: int, size: int, fill: float = 0.5, of: Score = score
) -> Tensor:
    """Return what each stop of a square costs: (1, c, h, w) -> (h - size + 1, w - size + 1)."""
    whole = of(model, x, target)
    return at_every_stop(
        x, size, lambda i, j: whole - of(model, covered(x, i, j, size, fill), target)
    )


def occluded(model: nn.Module, x: Tensor, target: int, size: int) -> Tensor:
    """Return how much of the score of a class each stop of a grey square costs."""
    return lost(model, x, target, size)


def never_lifted(model: nn.Module, x: Tensor, target: int, size: int) -> Tensor:
    """Leave each square where it is when the next one is laid."""
    whole, y = score(model, x, target), x.clone()

    def laid(i: int, j: int) -> Tensor:
        y[..., i : i + size, j : j + size] = 0.5
        return whole - score(model, y, target)

    return at_every_stop(x, size, laid)


def seen_alone(model: nn.Module, x: Tensor, target: int, size: int) -> Tensor:
    """Cover all but the square."""
    whole = score(model, x, target)

    def seen(i: int, j: int) -> Tensor:
        y = torch.full_like(x, 0.5)
        y[..., i : i + size, j : j + size] = x[..., i : i + size, j : j + size]
        return whole - score(model, y, target)

    return at_every_stop(x, size, seen)


occlusion = Checker(
    name="occlusion",
    oracle=occluded,
    draw=hidden_parts,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "each square stays when the next one is laid",
            never_lifted,
            "Every stop begins with the whole image: lay the square on a copy, x.clone().",
        ),
        Misconception(
            "what is left is returned, not what is lost",
            lambda model, x, c, n: score(model, x, c) - lost(model, x, c, n),
            "The drop is asked for: the score of the whole image minus that of the covered one.",
        ),
        Misconception(
            "the sign is the other way round",
            lambda model, x, c, n: -lost(model, x, c, n),
            "A stop that costs something gets a positive number: whole minus covered.",
        ),
        Misconception(
            "probabilities are compared, not scores",
            lambda model, x, c, n: lost(model, x, c, n, of=probability),
            "A probability near 1 hardly moves, whatever is covered. Compare the scores, before "
            "any softmax.",
        ),
        Misconception(
            "the square is black",
            lambda model, x, c, n: lost(model, x, c, n, fill=0.0),
            "The square is grey, 0.5. On a digit black is the background, and no cover.",
        ),
        Misconception(
            "everything but the square is covered",
            seen_alone,
            "The square hides its own pixels; all others stay as they are.",
        ),
        Misconception(
            "only the size of the change is kept",
            lambda model, x, c, n: lost(model, x, c, n).abs(),
            "A square may also help. Then the number is negative, and that is worth knowing.",
        ),
    ],
)


# ---- saliency ----

TIE = 1e-3  # scores closer than this may change places by rounding


@st.composite
def scored_pictures(draw: st.DrawFn) -> Case:
    """Draw a network of two or three classes, a picture of one to three channels and a class."""
    x = draw(pictures(draw(st.integers(1, 3)), 3))
    classes = draw(st.integers(2, 3))
    return {
        "model": Templates(draw(numbers(classes, *x.shape[1:])) / 4),
        "x": x,
        "target": draw(st.integers(0, classes - 1)),
    }


def gradient(of: Callable[[Tensor], Tensor], model: nn.Module, x: Tensor) -> Tensor:
    """Return the gradient by the pixels of a function of the scores: (1, c, h, w) -> (c, h, w)."""
    x = x.clone().requires_grad_()
    return torch.autograd.grad(of(model(x)[0]), x)[0][0]


def salient(model: nn.Module, x: Tensor, target: int) -> Tensor:
    """Return |∂score/∂pixel|, the largest over the channels: (1, c, h, w) -> (h, w)."""
    return gradient(lambda scores: scores[target], model, x).abs().amax(0)


def named(model: nn.Module, x: Tensor) -> int:
    """Return the class with the largest score; ValueError where two are as good as equal."""
    scores = all_scores(model, x)
    first, second = scores.topk(2).values
    if first - second < TIE:
        raise ValueError("a tie")
    return int(scores.argmax())


saliency = Checker(
    name="saliency",
    oracle=salient,
    draw=scored_pictures,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the gradient of the probability is taken",
            lambda model, x, c: gradient(lambda s: s.softmax(0)[c], model, x).abs().amax(0),
            "Where the network is sure, the probability hardly moves, and its gradient is almost "
            "0. Take the score.",
        ),
        Misconception(
            "the gradient of the loss is taken",
            lambda model, x, c: gradient(lambda s: -s.log_softmax(0)[c], model, x).abs().amax(0),
            "The loss is almost flat where the network is right, and mixes all classes in. Take "
            "the score of the target.",
        ),
        Misconception(
            "the signs are kept",
            lambda model, x, c: gradient(lambda s: s[c], model, x).amax(0),
            "A pixel that would lower the score matters as well: .abs() comes first.",
        ),
        Misconception(
            "the channels are added up",
            lambda model, x, c: gradient(lambda s: s[c], model, x).abs().sum(0),
            "The largest channel speaks for its pixel: .amax(0).",
        ),
        Misconception(
            "the gradient is multiplied by the pixels",
            lambda model, x, c: (gradient(lambda s: s[c], model, x) * x[0]).abs().amax(0),
            "Gradient times input is another method: there a black pixel never counts.",
        ),
        Misconception(
            "the class with the largest score is taken",
            lambda model, x, c: salient(model, x, named(model, x)),
            "Whoever asks says which class is meant: take scores[target].",
        ),
        Misconception(
            "the scores of all classes are added up",
            lambda model, x, c: gradient(torch.sum, model, x).abs().amax(0),
            "backward() wants one number: the score of the target, not the sum of all.",
        ),
        Misconception(
            "the gradient of the weights is taken",
            lambda model, x, c: x[0].abs().amax(0),
            "The weights stay as they are. The question is about the pixels: give x a gradient.",
        ),
    ],
)


# ---- Grad-CAM ----


@st.composite
def maps_and_gradients(draw: st.DrawFn) -> Case:
    """Draw two or three maps of at most 3×3, not negative, and their gradients."""
    shape = draw(st.integers(2, 3)), draw(st.integers(1, 3)), draw(st.integers(2, 3))
    return {"maps": draw(numbers(*shape)).abs(), "gradients": draw(numbers(*shape))}


def cam(maps: Tensor, gradients: Tensor) -> Tensor:
    """Return the ReLU of the maps' sum, weighted by their mean gradients: (c, h, w) -> (h, w)."""
    return torch.einsum("c,chw->hw", gradients.mean((1, 2)), maps).relu()


grad_cam = Checker(
    name="grad_cam",
    oracle=cam,
    draw=maps_and_gradients,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the ReLU at the end is missing",
            lambda a, g: torch.einsum("c,chw->hw", g.mean((1, 2)), a),
            "Kept is only what speaks for the class: negative sums become 0.",
        ),
        Misconception(
            "the maps are added without weights",
            lambda a, g: a.sum(0).relu(),
            "Maps that speak against the class must count against it: weigh each one first.",
        ),
        Misconception(
            "the weights are the means of the maps",
            lambda a, g: cam(a, a),
            "How strong a map is does not say whom it helps. That is what the gradients say.",
        ),
        Misconception(
            "the gradients are added up, not averaged",
            lambda a, g: cam(a, g * g[0].numel()),
            "The weight of a map is the mean of its gradients, so that it does not grow with the "
            "size of the map.",
        ),
        Misconception(
            "each position has a weight of its own",
            lambda a, g: (a * g).sum(0).relu(),
            "A map has one weight, the mean of its gradients over all positions.",
        ),
        Misconception(
            "ReLU is taken of the weights",
            lambda a, g: torch.einsum("c,chw->hw", g.mean((1, 2)).relu(), a),
            "Maps that speak against the class must be subtracted first. The ReLU comes last.",
        ),
        Misconception(
            "the weighted maps are averaged, not added",
            lambda a, g: cam(a, g) / len(a),
            "Grad-CAM adds the weighted maps.",
        ),
        Misconception(
            "the weights are means over the maps",
            lambda a, g: (g.mean(0) * a.sum(0)).relu(),
            "Average over rows and columns, .mean((1, 2)): a number for each map is left.",
        ),
    ],
)


# ---- the best pictures of a unit ----


@st.composite
def maps_of_pictures(draw: st.DrawFn) -> Case:
    """Draw a unit's map for each of two to six pictures, all numbers different, and how many."""
    n, h, w = draw(st.integers(2, 6)), draw(st.integers(1, 2)), draw(st.integers(1, 3))
    seed = draw(st.integers(0, 99))
    places = torch.randperm(n * h * w, generator=torch.Generator().manual_seed(seed))
    return {
        "maps": places.float().reshape(n, h, w) - n * h * w // 2,
        "count": draw(st.integers(1, n)),
    }


def best(maps: Tensor, count: int) -> Tensor:
    """Return the numbers of the pictures with the largest peaks, the largest first: -> (count,)."""
    return maps.flatten(1).amax(1).topk(count).indices


def by(value: Callable[[Tensor], Tensor]) -> Callable[[Tensor, int], Tensor]:
    """Return a form of `best` that goes by another number of each picture's map, (n, h·w).

    It has no opinion where two pictures have the same number.
    """

    def ranked(maps: Tensor, count: int) -> Tensor:
        values = value(maps.flatten(1))
        if len(values.unique()) < len(values):
            raise ValueError("a tie")
        return values.topk(count).indices

    return ranked


best_pictures = Checker(
    name="best_pictures",
    oracle=best,
    draw=maps_of_pictures,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the mean of a map is taken, not its peak",
            by(lambda flat: flat.mean(1)),
            "A stroke in one place makes one large number and many small ones. Go by the peak.",
        ),
        Misconception(
            "one position is looked at",
            by(lambda flat: flat[:, 0]),
            "What the unit looks for may be anywhere: take the largest over all positions.",
        ),
        Misconception(
            "the positions are ranked, not the images",
            [
                lambda maps, n: maps.flatten().topk(n).indices,
                lambda maps, n: maps.flatten().topk(n).indices // maps[0].numel(),
            ],
            "One image may hold several of the largest numbers: take its peak before you rank.",
        ),
        Misconception(
            "the worst come first",
            by(lambda flat: -flat.amax(1)),
            "Sort from the largest peak to the smallest.",
        ),
        Misconception(
            "the peaks are returned, not the images",
            lambda maps, n: maps.flatten(1).amax(1).topk(n).values,
            "The indices of the images are asked for: topk(…).indices.",
        ),
        Misconception(
            "the largest in size counts, whatever its sign",
            by(lambda flat: flat.abs().amax(1)),
            "A large negative number says that the unit does not find what it looks for.",
        ),
    ],
)


# ---- freezing ----


class Stack(nn.Sequential):
    """Dense layers with a ReLU between any two."""

    @property
    def dense(self) -> list[nn.Linear]:
        """The dense layers in order."""
        return [layer for layer in self if isinstance(layer, nn.Linear)]

    def __repr__(self) -> str:
        return "dense layers " + ", ".join(
            f"{d.in_features} to {d.out_features}" for d in self.dense
        )


class Freedom(NamedTuple):
    """What a function returned, and which numbers of the network still learn."""

    returned: int
    learning_in_the_last_layer: int
    learning_before_it: int


@st.composite
def stacks(draw: st.DrawFn) -> Case:
    """Draw a network of two to four dense layers."""
    widths = draw(st.lists(st.integers(1, 5), min_size=3, max_size=5))
    with torch.random.fork_rng(devices=[]):
        dense = [nn.Linear(n_in, n_out) for n_in, n_out in zip(widths, widths[1:], strict=False)]
    layers = [
        layer for pair in zip(dense, [nn.ReLU() for _ in dense], strict=True) for layer in pair
    ]
    return {"model": Stack(*layers[:-1])}


def with_what_learns(value: Any, given: Case) -> Any:
    """Put beside a number how many numbers learn in the last layer and before it."""
    number, model = as_tensor(value), next(iter(given.values()))
    if number is None or number.numel() != 1 or number.item() % 1:
        return value
    return Freedom(int(number), learning(model[-1]), learning(model[:-1]))


def learning(layers: nn.Module) -> int:
    """Count the numbers of layers that learn."""
    return sum(p.numel() for p in layers.parameters() if p.requires_grad)


def sizes(model: Stack) -> tuple[list[int], list[int]]:
    """Return for each dense layer how many weights and how many biases it has."""
    return [d.weight.numel() for d in model.dense], [d.bias.numel() for d in model.dense]


def last_alone(model: Stack) -> Freedom:
    """Return the freedom that is left when all layers but the last are frozen."""
    weights, biases = sizes(model)
    return left(weights[-1] + biases[-1])


def left(last: int, before: int = 0, returned: int | None = None) -> Freedom:
    """Return what learns, and as what was returned all of it if nothing else is said."""
    return Freedom(last + before if returned is None else returned, last, before)


def of_sizes(form: Callable[[list[int], list[int]], Freedom]) -> Callable[[Stack], Freedom]:
    """Return a misconception as a function of the network."""
    return lambda model: form(*sizes(model))


freeze = Checker(
    name="freeze",
    oracle=last_alone,
    draw=stacks,
    chapter=CHAPTER,
    observe=with_what_learns,
    misconceptions=[
        Misconception(
            "nothing is frozen",
            of_sizes(lambda w, b: left(w[-1] + b[-1], sum(w[:-1]) + sum(b[:-1]))),
            "layer.requires_grad = False sets a name that PyTorch never reads. Parameters have "
            "that switch, and layers the method requires_grad_(False).",
        ),
        Misconception(
            "the last layer is frozen, too",
            of_sizes(lambda w, b: left(0)),
            "Something must learn the new classes: switch model[-1] on again.",
        ),
        Misconception(
            "the last layer is frozen and the others learn",
            of_sizes(lambda w, b: left(0, sum(w[:-1]) + sum(b[:-1]))),
            "The other way round: the features stay, and the last layer learns.",
        ),
        Misconception(
            "the biases of the other layers go on learning",
            of_sizes(lambda w, b: left(w[-1] + b[-1], sum(b[:-1]))),
            "A layer has weights and biases: go through layer.parameters().",
        ),
        Misconception(
            "only the weights of the last layer learn",
            of_sizes(lambda w, b: left(w[-1])),
            "A layer has weights and biases: model[-1].requires_grad_(True) reaches both.",
        ),
        Misconception(
            "only the first layer is frozen",
            of_sizes(lambda w, b: left(w[-1] + b[-1], sum(w[1:-1]) + sum(b[1:-1]))),
            "All layers but the last are to stay as they are: model[:-1].",
        ),
        Misconception(
            "all numbers are counted, frozen or not",
            of_sizes(lambda w, b: left(w[-1] + b[-1], 0, sum(w) + sum(b))),
            "Asked for is how many numbers still learn: those with p.requires_grad.",
        ),
        Misconception(
            "tensors are counted, not numbers",
            of_sizes(lambda w, b: left(w[-1] + b[-1], 0, 2)),
            "A parameter is a tensor of many numbers: add up p.numel().",
        ),
    ],
)
