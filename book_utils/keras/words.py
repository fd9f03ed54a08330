"""Names, sentences and refusals of the translation: `keras.json`, which a page reads too."""

import json
import re
from pathlib import Path
from typing import Any

KERAS = json.loads(Path(__file__).with_name("keras.json").read_text(encoding="utf-8"))
MOST, LARGEST = KERAS["most"], KERAS["largest"]  # characters of a call; rows, channels, features

Shape = tuple[int, ...]
Pair = tuple[int, int]


def filled(text: str, **words: Any) -> str:
    """Return a sentence with its words filled in: "{layer} was given {given}"."""
    found = re.sub(r"\{(\w+)\}", lambda gap: str(words[gap[1]]), text)
    return re.sub(" +", " ", found).strip()


def refusal(kind: str, **words: Any) -> ValueError:
    """Return the error of this kind, to be raised: what was given, what is known, what to do."""
    return ValueError(filled(KERAS["refusals"][kind], **words))


def shown(text: str) -> str:
    """No more of a strange text is repeated than a line holds."""
    line = re.sub(r"\s+", " ", text)
    return f"{line[:40]}…" if len(line) > 40 else line
