"""What the workbench states."""

from book_utils import chapters

(workbench,) = (chapter for chapter in chapters.in_order() if chapter.name == "workbench")
states("Allow 11 minutes, and as many", workbench.minutes)
widest = [correlation.traits()[name].largest for name in ("input", "kernel")]
states(
    "any input of up to 16×16 and any kernel of up to 9×9",
    *(widest[0], widest[0], widest[1], widest[1]),
)
