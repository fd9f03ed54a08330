"""What labs do not keep yet, and why: strict, so that what is mended has to leave the list."""

from tests.labs.contract import DESKTOP, PHONE

BOTH = (DESKTOP, PHONE)
GROWS = "a lab is as high as what it shows, until each has a stage of fixed height"
PRESSED = "with forced colours, a pressed button looks like the others"
SWATCH = "with forced colours, a mark or a bar that is only filled goes"
DIVERGES = "a run that diverges ends early in the lab, and the code goes on to infinity"
RUNS = "a link holds a drawing as runs of bytes or as the number of a picture, Python holds pixels"
NO_LINK = "it takes links, but has no button that copies one"

# Lab -> check -> the sizes at which it fails, and why.
EXPECTED: dict[str, dict[str, tuple[tuple[str, ...], str]]] = {
    "ChannelLab": {
        "growth": (BOTH, GROWS),
        "forced_colours": ((DESKTOP,), PRESSED),
    },
    "ImageLab": {
        "growth": (BOTH, GROWS),
        "forced_colours": ((DESKTOP,), PRESSED),
    },
    "KernelLearner": {
        "code": ((DESKTOP,), DIVERGES),
    },
    "LayerLedger": {
        "growth": ((PHONE,), GROWS),
    },
    "LeNetLab": {
        "round_trip": ((DESKTOP,), RUNS),
        "code": ((DESKTOP,), RUNS),
    },
    "NormLab": {
        "growth": (BOTH, GROWS),
        "forced_colours": ((DESKTOP,), PRESSED),
    },
    "RecordedSlider": {
        "round_trip": ((DESKTOP,), NO_LINK),
        "hostile": ((DESKTOP,), NO_LINK),
    },
    "ResidualLab": {
        "growth": ((PHONE,), GROWS),
    },
    "SameLab": {
        "growth": (BOTH, GROWS),
    },
    "ShiftLab": {
        "forced_colours": ((DESKTOP,), f"{PRESSED}; {SWATCH}"),
    },
    "WeightMatrixLab": {
        "growth": (BOTH, GROWS),
        "forced_colours": ((DESKTOP,), "with forced colours, whether there is a weight goes"),
        "sliders": (BOTH, "a side of 1 leaves no reach, which does not come back with the side"),
    },
}


def is_expected(lab: str, check: str, size: str) -> bool:
    """Whether a lab is known to fail a check at a size."""
    sizes, _ = EXPECTED.get(lab, {}).get(check, ((), ""))
    return size in sizes
