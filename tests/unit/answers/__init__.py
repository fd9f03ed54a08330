"""Answers to the exercises, one file a chapter: right ones in several styles, and wrong ones.

The wrong answers are loops over NumPy arrays and plain arithmetic, where the declarations of
misconceptions go through PyTorch's operators. They stand in the order in which the checkers declare
them.
"""

from importlib import import_module
from pkgutil import iter_modules

RIGHT, WRONG = {}, {}
for _file in iter_modules(__path__):
    _module = import_module(f".{_file.name}", __name__)
    RIGHT |= getattr(_module, "RIGHT", {})
    WRONG |= getattr(_module, "WRONG", {})
