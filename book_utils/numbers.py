"""Numbers as the book writes them; in labs parts/numbers.ts and parts/words.ts write the same."""

import math
from decimal import ROUND_HALF_UP, Context, Decimal

MINUS = "\N{MINUS SIGN}"


def thousands(whole: int) -> str:
    """Return a whole number with commas between its thousands: 61,706."""
    return f"{whole:,}".replace("-", MINUS)


def plural(n: int, noun: str, several: str = "") -> str:
    """Return a number of things: 1 cell, 1,024 cells; `several` where an s is not enough."""
    return f"{thousands(n)} {noun if n == 1 else several or noun + 's'}"


def short(value: float) -> str:
    """Return three significant digits, for a cell; whole numbers up to 9,999 stay as they are."""
    whole = float(value).is_integer() and abs(value) < 10_000
    return significant(value, 4 if whole else 3)


def significant(value: float, digits: int) -> str:
    """Return a number rounded to so many digits, half away from zero: 0.125, 12300, 1.23e5, −∞."""
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    if value == 0:
        return "0"
    context = Context(prec=digits, rounding=ROUND_HALF_UP)
    rounded = Decimal(value).normalize(context)
    plain = -3 <= rounded.adjusted() < max(digits, 5)
    text = f"{rounded:f}" if plain else f"{rounded:e}".replace("e+", "e")
    return text.replace("-", MINUS)
