"""Every kind of lab that the package has: the suite runs over all of them, and names none."""

from book_utils import explorables
from book_utils.explorables import Explorable

EXPORTED = [getattr(explorables, name) for name in explorables.__all__]
KINDS = [kind for kind in EXPORTED if issubclass(kind, Explorable) and hasattr(kind, "view")]
