"""Numerals in prose: 294,912 and −0.95, 98.5 % (which is 98.5), 3×3 (two), 10⁻⁵ (one)."""

import math
import re
from dataclasses import dataclass

DIGITS = re.compile(
    r"""
    (?: (?<![\w^]) | (?<=frac) )               # none of the 2 in conv2d, x^2, x_2,
    (?<![A-Za-z]{2}-) (?<!\d\.)                # in LeNet-2 and 1.0.2,
    (?<![_^]\{) (?<![_^]\{[-−])                # in a subscript or exponent, x^{-2}
    (?P<whole> \d{1,3} (?: (?:,|\{,\}|\\,|[\u00a0\u2009\u202f]) \d{3} )+ (?!\d) | \d+ )
    (?P<places> \.\d+ )?
    (?! \d | \.\d | -?D\b )                    # no version, 2.13.0, and no 2-D
    (?: e (?P<ten> [-−+]?\d+ ) )?              # 1.5e−7
    (?: \^(?P<digit>\d) | \^\{(?P<braced>[-−]?\d+)\} | (?P<raised>⁻?[⁰¹²³⁴-⁹]+) )?
    """,
    re.VERBOSE,
)
# \frac12 is 1 over 2.
SHORT_FRACTION = re.compile(r"(?<=frac)\d(?=\d)|(?<=frac\d)\d")
# A minus that belongs to the digit after it: nothing stands before it that it could take from.
UNARY = re.compile(r"(?:^|[\s(\[{=,;:/$`|×·])[−-]$")
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")


@dataclass(frozen=True)
class Numeral:
    """A number as it is written: text[start:end] is worth `value`, give or take `half`."""

    start: int
    end: int
    value: float
    half: float

    def shows(self, value: float) -> bool:
        """Say whether a value rounds to the digits shown; a half goes both ways."""
        return math.isfinite(value) and abs(value - self.value) <= self.half * (1 + 1e-9)


def numerals(text: str) -> list[Numeral]:
    """Return the numerals of a text in order; digits that are part of a name are none."""
    found = []
    for digits in DIGITS.finditer(text):
        if SHORT_FRACTION.match(text, digits.start()):
            places = range(digits.start(), digits.end())
            found += [Numeral(at, at + 1, float(text[at]), 0.5) for at in places]
            continue
        start = digits.start()
        minus = UNARY.search(text[max(start - 2, 0) : start]) is not None
        whole = re.sub(r"\D", "", digits["whole"])
        places, ten = digits["places"] or "", (digits["ten"] or "0").translate(RAISED)
        value = float(f"{whole}{places}e{ten}")
        half = 0.5 * 10.0 ** (int(ten) - max(len(places) - 1, 0))
        power = digits["digit"] or digits["braced"] or digits["raised"]
        if power:
            value **= int(power.translate(RAISED))
            half = value * 1e-9
        found.append(Numeral(start - minus, digits.end(), -value if minus else value, half))
    return found
