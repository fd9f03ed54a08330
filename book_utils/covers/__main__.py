"""python -m book_utils.covers: see `write`."""

from . import write

write()
