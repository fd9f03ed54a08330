"""What the front page states."""

from torch import nn

from book_utils import chapters, reading_time
from book_utils.chapter_lists import in_hours
from book_utils.models import DigitLeNet

states("In 1989 a convolutional network learned", cited(1989))
states("one of its kind, with 60,074 parameters", sum(p.numel() for p in DigitLeNet().parameters()))
states(
    "In 2012 a convolutional network won the ImageNet contest: the right name was missing from its "
    "five guesses for 15.3% of the photographs, and from the runner-up's for 26.2%",
    *(cited(2012), cited(15.3), cited(26.2)),
)
states(
    "In 2015 the winner, made of residual networks, missed it for 3.57%",
    *(cited(2015), cited(3.57)),
)

megapixel = nn.Linear(1000 * 1000, 1, bias=False, device="meta")
states(
    "needs 1,000,000 weights for a single output from a megapixel image; the window above has 9",
    *(megapixel.weight.numel(), lens.weights.numel()),
)
assert lens.output[29, 51] > 2.3 and lens.output[87, 97] > lens.output[29, 51]
states("nearly 0 [on the coffee]", round(lens.output[40, 90].item(), 1))

read = {page: chapters.read(page) for page in chapters.pages()}
minutes = sum(chapter.minutes for chapter in read.values())
exercises = sum(reading_time.of(page).exercise_minutes for page in read)
states(
    f"{in_hours(minutes)} of reading and trying in all, and {in_hours(exercises)} more",
    *(round(minutes / 30) / 2, round(exercises / 30) / 2),
)
for chapter in read.values():
    last_words = " ".join(chapter.summary.split()[-2:])
    asked = len(chapter.questions)
    states(
        f"{last_words} *{chapter.minutes} minutes{f', {asked} questions' if asked else ''}*",
        *(chapter.minutes, *([asked] if asked else [])),
    )
