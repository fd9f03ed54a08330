"""Controls that work in the built page without a kernel, and with PyTorch in a live notebook.

A folder with a `lab.py` is a lab. What that module has of the folder can be imported from here:
`from book_utils.explorables import PoolingLab`.
"""

from importlib import import_module
from pathlib import Path

from .platform.base import Explorable

LABS = sorted(path.parent.name for path in Path(__file__).parent.glob("*/lab.py"))

__all__ = ["Explorable"]
for _folder in LABS:
    _module = import_module(f".{_folder}.lab", __name__)
    for _name, _value in vars(_module).items():
        _is_lab = isinstance(_value, type) and issubclass(_value, Explorable)
        _is_own = _is_lab and _value.__module__.startswith(f"{_module.__package__}.")
        if _is_own and not _name.startswith("_"):
            globals()[_name] = _value
            __all__.append(_name)
