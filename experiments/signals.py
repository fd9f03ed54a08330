"""How large the signal and its gradient are, layer by layer, in shallow and in deep networks.

Plain and residual networks, with and without batch normalisation, at initialisation and after a
short training on the bundled sample. Writes the record "signals".

    python -m experiments.signals
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from book_utils.models import small_resnet
from book_utils.models.resnet import Residual
from experiments.common import (
    Options,
    Results,
    Settings,
    about,
    clothes,
    main,
    rounded,
    seeded,
    train,
)

QUESTION = "How do signal and gradient change with depth, shortcuts and batch normalisation?"
DEPTHS = (8, 20, 32, 44, 56)
WIDTH, STEM = 8, "half"
RATES = {True: 0.1, False: 0.01}  # with batch normalisation, and without
EPOCHS = 3
N_LOOK = 256
NOTES = {
    "networks": "small_resnet(depth, width=8, shortcut=…, stem='half'); without norm each batch "
    "normalisation is left out. 'layer' counts layers with weights: 1 is the stem, then each block "
    "after its second convolution, all after their ReLU.",
    "forward": "Standard deviation of the layer's output over images, channels and pixels.",
    "gradient": "Euclidean norm of the gradient of the mean loss with respect to that output.",
    "batch": f"Both for the first {N_LOOK} training images of the sample, in training mode, "
    "so that batch normalisation uses their statistics.",
    "trained": f"After {EPOCHS} epochs on the bundled sample of Fashion-MNIST: batches of 64, "
    f"momentum 0.9, rate {RATES[True]:g} with batch normalisation and {RATES[False]:g} without; "
    "null where the run diverged.",
}


def plan(options: Options, runs: list[dict]) -> list[Settings]:
    """Depth by depth, the four kinds of network."""
    return [
        {
            "model": model, "shortcut": model == "residual", "norm": norm, "depth": depth,
            "epochs": options.pick(EPOCHS), "lr": RATES[norm], "batch_size": 64, "momentum": 0.9,
            "seed": seed,
        }
        for depth in (DEPTHS[:1] if options.quick else DEPTHS)
        for model in ("plain", "residual")
        for norm in (True, False)
        for seed in range(options.seeds)
    ]  # fmt: skip


def run(settings: Settings, options: Options) -> Results:
    """Measure one network, train it, measure it again."""
    splits = clothes(options, full=False)
    depth, shortcut = settings["depth"], settings["shortcut"]
    model = seeded(settings["seed"], lambda: small_resnet(depth, WIDTH, shortcut, stem=STEM))
    if not settings["norm"]:
        without_norm(model)
    images, labels = splits[0][:N_LOOK].to(options.device)
    look = model.to(options.device).train()
    results = about(splits) | {"layer": list(range(1, depth, 2))}
    results |= _named("initial", signals(look, images, labels))
    trained = train(model, splits, settings, options)
    ends = {key: trained[key][-1] for key in ("train_loss", "test_accuracy")}
    results |= {"parameters": trained["parameters"], "diverged": trained["diverged"]} | ends
    return results | _named("trained", signals(look.train(), images, labels))


def signals(model: nn.Sequential, images: Tensor, labels: Tensor) -> tuple[list, list]:
    """Return the standard deviation of each layer's output, and the norm of its gradient.

    The layers are the stem, after its ReLU, and each residual block; images (n, 1, h, w).
    """
    outputs = []
    x = images
    for i, layer in enumerate(model):
        x = layer(x)
        if i == 2 or isinstance(layer, Residual):  # 0, 1, 2: the stem
            outputs.append(x)
    gradients = torch.autograd.grad(F.cross_entropy(x, labels), outputs)
    return [x.std().item() for x in outputs], [g.norm().item() for g in gradients]


def without_norm(model: nn.Module) -> None:
    """Leave every batch normalisation out."""
    for module in list(model.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.BatchNorm2d):
                setattr(module, name, nn.Identity())


def _named(state: str, found: tuple[list, list]) -> Results:
    forward, gradient = (rounded(values, digits=3) for values in found)
    return {f"forward_{state}": forward, f"gradient_{state}": gradient}


if __name__ == "__main__":
    main("signals", QUESTION, plan, run, lambda runs, options: {"notes": NOTES})
