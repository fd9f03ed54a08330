"""Answers to the exercises, one file a chapter: right ones in several styles, and wrong ones.

`RIGHT[checker]` lists right answers. `WRONG[checker][misconception]` is a wrong answer that must be
recognised, or a list of them; `FIXED[checker, misconception]`, what the exercise fixes if the
mistake can be made only then. The wrong answers are loops over NumPy arrays and plain arithmetic,
where the declarations of misconceptions go through PyTorch's operators.
"""

from importlib import import_module
from pkgutil import iter_modules

RIGHT, WRONG, FIXED = {}, {}, {}
for _file in iter_modules(__path__):
    _module = import_module(f".{_file.name}", __name__)
    RIGHT |= getattr(_module, "RIGHT", {})
    WRONG |= getattr(_module, "WRONG", {})
    FIXED |= getattr(_module, "FIXED", {})
