"""How a learning rate goes through a run, as arithmetic/schedule.ts has it on a page."""

PEAK = 0.2  # of the run, when the rate is highest


def one_cycle(step: int, steps: int) -> float:
    """Return the share of its peak that the rate has at a step, 0 to steps − 1.

    Up from near 0 in the first fifth of the run, then down to near 0, in straight lines (Smith,
    2018). A step counts in its middle, so that none is lost on a rate of 0.
    """
    at = (step + 0.5) / steps
    return at / PEAK if at < PEAK else (1 - at) / (1 - PEAK)
