"""Call a reader's function: whatever it does, catch it, time it and keep it from harm."""

import copy
import dis
import inspect
import re
import signal
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from types import FrameType
from typing import Any

import torch

from .cases import Case
from .values import as_tensor, same

# What a body of nothing but `...`, `pass` or a docstring compiles to.
EMPTY_BODY = {"RESUME", "NOP", "POP_TOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}


LOOK = 0.02  # seconds between two looks at the clock while a function runs
PATIENCE = 12  # times the seconds of computing that a function may take on the wall


class TimeUp(BaseException):
    """The clock ran out in a call; no `except Exception` of the reader's catches it."""


@dataclass(frozen=True)
class Answer:
    """What one call did: the value it returned, or the error it raised, and what it left behind."""

    value: Any = None
    error: Exception | SystemExit | None = None
    unfinished: bool = False
    printed: str = ""
    changed: tuple[str, ...] = ()

    def repeats(self, other: "Answer") -> bool:
        """Whether a second call came to the same."""
        if self.error is not None or other.error is not None:
            return type(self.error) is type(other.error)
        return same(self.value, other.value) or as_tensor(self.value) is None

    @property
    def error_line(self) -> str:
        """The last line of the traceback, without addresses, which differ from run to run."""
        line = traceback.format_exception_only(self.error)[-1].strip()
        return re.sub(r" at 0x[0-9a-fA-F]+", "", line)


class Clock:
    """A number of seconds of computing, to be used up by several calls.

    It counts the processor time of the thread that calls, so that neither a busy machine nor what
    other threads compute makes a function too slow. A function that waits uses up no such time:
    for it there is a generous limit on the wall.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.end = time.thread_time() + seconds
        self.wall_end = time.monotonic() + PATIENCE * seconds

    @property
    def is_up(self) -> bool:
        """Whether no time is left."""
        return time.thread_time() >= self.end or time.monotonic() >= self.wall_end

    @contextmanager
    def running(self) -> Iterator[None]:
        """Raise TimeUp in the block when the time is over, where the system can do that."""
        can_interrupt = hasattr(signal, "setitimer")
        if not can_interrupt or threading.current_thread() is not threading.main_thread():
            yield
            return

        def look(number: int, frame: FrameType | None) -> None:
            if self.is_up:
                raise TimeUp

        before = signal.signal(signal.SIGALRM, look)
        left, interval = signal.setitimer(signal.ITIMER_REAL, LOOK, LOOK)  # again and again
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
            if left:  # of somebody else's alarm
                signal.setitimer(signal.ITIMER_REAL, left, interval)


def call(
    function: Callable, case: Case, clock: Clock, observe: Callable[[Any, Case], Any] | None = None
) -> Answer:
    """Call the function on copies of the case's values and say what came of it.

    `observe` may put beside the value what the call made of the things it was given.
    """
    given = copy.deepcopy(case)
    printed = StringIO()
    value, error = None, None
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            redirect_stdout(printed),
            clock.running(),
        ):
            value = function(*given.values())
        value = observe(value, given) if observe else value
    except TimeUp:
        return Answer(unfinished=True, printed=printed.getvalue())
    except (Exception, SystemExit) as raised:
        error = raised
    changed = tuple(name for name, old in case.items() if _differs(given[name], old))
    if isinstance(value, torch.Tensor) and value.requires_grad:
        value = value.detach()
    return Answer(value, error, printed=printed.getvalue(), changed=changed)


def _differs(now: Any, old: Any) -> bool:
    return isinstance(old, torch.Tensor) and not torch.equal(now.detach(), old)


def is_blank(function: Callable, answer: Answer) -> bool:
    """Whether a function is not written yet, going by what its first call did and its body."""
    code = getattr(function, "__code__", None)
    if answer.value is Ellipsis:
        return True
    if code is None or answer.value is not None:
        return False
    if isinstance(answer.error, NotImplementedError):  # PyTorch raises it too, for other reasons
        return "NotImplementedError" in code.co_names
    return {instruction.opname for instruction in dis.get_instructions(code)} <= EMPTY_BODY


def accepts(function: Callable, names: list[str]) -> bool:
    """Whether a function can be called with this many values; True where Python cannot tell."""
    try:
        inspect.signature(function).bind(*names)
    except ValueError:  # written in C: calling it will tell
        return True
    except TypeError:
        return False
    return True


def own_names(function: Callable, names: list[str]) -> list[str]:
    """Return what a function calls the values it is given; the names given here if unknown."""
    try:
        own = list(inspect.signature(function).bind(*names).arguments)
    except (TypeError, ValueError):
        return names
    return own if len(own) == len(names) else names  # *args takes many by one name


def failing_line(function: Callable, error: BaseException) -> str:
    """Return the reader's own line in which the error arose, or nothing where it is not known."""
    code = getattr(function, "__code__", None)
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if code is not None and frame.filename == code.co_filename]
    return (own[-1].line or "").strip() if own else ""
