"""Random numbers from a seed, the same as on a page (arithmetic/random.ts)."""

import math
from collections.abc import Iterator

WORD = 2**32


def random_from(seed: int) -> Iterator[float]:
    """Yield numbers from 0 up to 1, evenly: mulberry32, whose state is one number of 32 bits."""
    state = seed % WORD
    while True:
        state = (state + 0x6D2B79F5) % WORD
        bits = (state ^ (state >> 15)) * (state | 1) % WORD
        bits ^= (bits + (bits ^ (bits >> 7)) * (bits | 61)) % WORD
        yield (bits ^ (bits >> 14)) / WORD


def normals(count: int, deviation: float, random: Iterator[float]) -> list[float]:
    """Return numbers of a normal distribution around 0 (Box and Muller, 1958)."""

    def one() -> float:
        length = math.sqrt(-2 * math.log(1 - next(random)))
        return deviation * length * math.cos(2 * math.pi * next(random))

    return [one() for _ in range(count)]


def shuffled(count: int, random: Iterator[float]) -> list[int]:
    """Return the numbers from 0 up to `count` in a random order (Fisher and Yates)."""
    order = list(range(count))
    for i in range(count - 1, 0, -1):
        j = math.floor(next(random) * (i + 1))
        order[i], order[j] = order[j], order[i]
    return order
