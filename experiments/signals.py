"""How large the signal and its gradient are, layer by layer, in shallow and in deep networks.

Plain and residual networks, with and without batch normalisation, with their first weights and
after a short training on the bundled sample. Writes the record "signals": 21 minutes on one
thread of a busy CPU.

    python -m experiments.signals
"""

from torch import nn

from book_utils.signals import batch, measure, network
from experiments.common import Options, Results, Settings, about, clothes, main, rounded, train

QUESTION = "How do signal and gradient change with depth, shortcuts and batch normalisation?"
DEPTHS = (8, 20, 32, 56)
MORE_DEPTHS = (14, 44)  # not trained
RATES = {True: 0.1, False: 0.01}  # with batch normalisation, and without
EPOCHS = 3
DIGITS = 3  # significant ones, enough for a picture
NOTES = {
    "networks": "book_utils.signals.network(depth, shortcut, norm, weights): three stages of 8, 16 "
    "and 32 channels; norm: with batch normalisation or without; weights: first ones as drawn by "
    "PyTorch ('default') or by He et al. (2015; 'he').",
    "initial": "Before training: for each layer with weights, in order, 'forward', the standard "
    "deviation of what it puts out, and 'gradient', the norm of the gradient of the loss by the "
    "same numbers. Measured by book_utils.signals.measure on book_utils.signals.batch().",
    "trained": f"The same after {EPOCHS} epochs on the bundled sample of Fashion-MNIST: batches of "
    f"64, momentum 0.9, rate {RATES[True]:g} with batch normalisation, {RATES[False]:g} without; "
    "null where the run diverged. Runs of 0 epochs were measured before training alone.",
}


def plan(options: Options, runs: list[dict]) -> list[Settings]:
    """The four kinds of network, depth by depth: first those that are trained, then the others."""
    trained = {"weights": "he", "epochs": options.pick(EPOCHS), "batch_size": 64, "momentum": 0.9}
    depths, more = (DEPTHS[:1], ()) if options.quick else (DEPTHS, MORE_DEPTHS)
    kinds = [(depth, norm, trained | {"lr": RATES[norm]}) for depth in depths for norm in RATES]
    fresh = [("default", depth) for depth in (*depths, *more)] + [("he", depth) for depth in more]
    kinds += [
        (depth, norm, {"weights": weights, "epochs": 0})
        for weights, depth in fresh
        for norm in RATES
    ]
    return [
        {"model": model, "shortcut": model == "residual", "norm": norm, "depth": depth}
        | settings
        | {"seed": seed}
        for depth, norm, settings in kinds
        for model in ("plain", "residual")
        for seed in range(options.seeds)
    ]


def run(settings: Settings, options: Options) -> Results:
    """Measure one network, train it, measure it again."""
    splits = clothes(options, full=False)
    chosen = {key: settings[key] for key in ("depth", "shortcut", "norm", "weights", "seed")}
    model = network(**chosen)
    results: Results = {"initial": _signals(model)}
    if not settings["epochs"]:
        return about(splits) | results
    results |= train(model, splits, settings, options)
    trained = None if results["diverged"] else _signals(model)
    return about(splits) | results | {"trained": trained}


def _signals(model: nn.Module) -> Results:
    return rounded(measure(model, *batch()), digits=DIGITS)


def start(argv: list[str] | None = None) -> None:
    """Make the runs that are missing, and the record."""
    main("signals", QUESTION, plan, run, NOTES, argv=argv)


if __name__ == "__main__":
    start()
