"""What labs do not keep yet, and why: strict, so that what is mended has to leave the list."""

from tests.labs.contract import DESKTOP

RUNS = "a link holds a drawing as runs of bytes or as the number of a picture, Python holds pixels"

# Lab -> check -> the sizes at which it fails, and why.
EXPECTED: dict[str, dict[str, tuple[tuple[str, ...], str]]] = {
    "LeNetLab": {
        "round_trip": ((DESKTOP,), RUNS),
        "code": ((DESKTOP,), RUNS),
    },
}


def is_expected(lab: str, check: str, size: str) -> bool:
    """Whether a lab is known to fail a check at a size."""
    sizes, _ = EXPECTED.get(lab, {}).get(check, ((), ""))
    return size in sizes
