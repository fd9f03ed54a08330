"""Let what a cell shows stand before its code, where the code is folded away."""

from bs4 import BeautifulSoup, Tag

FOLD = "details.hide"
FOLDED = f".cell:has(> {FOLD}):has(> .cell_output)"
LAB = ".cell:has(> .cell_output .cnl-explorable:not([data-explorable=question]))"


def lay_below(page: BeautifulSoup) -> None:
    """Move folded code below what its cell shows, and a cell of folded code below the lab after it.

    A page's setup is such a cell: it shows nothing, and stands right before the first lab. Where
    the lab's code is folded too they share one fold, in the order in which they run.
    """
    for cell in page.select(FOLDED):
        cell.append(cell.select_one(f":scope > {FOLD}").extract())
    for lab in page.select(LAB):
        before = lab.find_previous_sibling()
        if before is None or not is_mere_fold(before):
            continue
        if fold := lab.select_one(f":scope > {FOLD}"):
            fold.summary.insert_after(*before.select(f"{FOLD} > .cell_input"))
            before.decompose()
        else:
            lab.insert_after(before.extract())


def is_mere_fold(part: Tag) -> bool:
    """Tell whether a part of a page is a cell of folded code and nothing else.

    A cell that folds what it shows as well, such as a solution, is none: it belongs where it is.
    """
    children = part.find_all(True, recursive=False)
    is_cell = "cell" in part.get("class", []) and not part.select_one(".cell_output")
    return is_cell and [child.name for child in children] == ["details"]
