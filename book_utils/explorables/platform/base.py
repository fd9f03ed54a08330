"""What every explorable is: one view for two hosts.

In a live notebook an explorable is an ordinary ipywidget whose front end is a bundle in `dist/`.
In the built book the same bundle is mounted by a small script of ours (`host.ts`), without a
kernel: the widget's output carries, beside the widget view, HTML with its state as JSON.
"""

import html
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Self

import anywidget
from traitlets import Bool, Dict, TraitError, Undefined, Unicode, ValidateHandler, default, validate

from .traits import Names, Setting, Slug

DIST = Path(__file__).parent.parent / "dist"
AT_HAND = 4  # controls of settings, at most, that a lab shows before *More settings* is opened

# JupyterLab brings what the page sends on a thread of its own (a subshell of the kernel), and
# while such a message is applied traitlets puts every check off. One turn at a time, then: a
# cell's assignment waits, and is checked against what the page has set.
_TURN = threading.RLock()


class Explorable(anywidget.AnyWidget):
    """A control that computes in the browser; subclasses give `view`, traits and `still()`.

    `view` names the front end: `dist/<view>.js` for live notebooks, `dist/<view>.static.js` for
    the built book; it is the folder of the lab unless it says another. `name` identifies one
    explorable on its page, for links that share settings. `task` says in one line what to try.
    `controls` lists the settings whose controls are at hand, at most four; those of the others
    wait under *More settings*. `full` lays all controls open, as on the workbench.

    A lab with a stage declares how high it is in `room`: pixels on a desktop and on a phone.
    """

    # ipywidgets 7, which Colab has, shows widgets by a method of this name, without our HTML.
    _ipython_display_ = None

    view: ClassVar[str]
    room: ClassVar[tuple[int, int] | None] = None
    full_room: ClassVar[tuple[int, int]] = (880, 1360)
    essential: ClassVar[tuple[str, ...]] = ()
    # Whether the view asks for what comes `later` once the lab is near, not when it is started.
    later_is_near: ClassVar[bool] = False
    # What the code that a reader copies computes, name by name, and how the lab computes the same.
    in_code: ClassVar[Mapping[str, Callable[[Any], Any]]] = {"y": lambda lab: lab.output}
    name = Slug("lab").tag(sync=True)
    task = Unicode().tag(sync=True, data=True)
    controls = Names().tag(sync=True, data=True)
    full = Bool(False).tag(sync=True, data=True)
    _room = Dict().tag(sync=True, data=True)
    _kind = Unicode().tag(sync=True, data=True)  # whose style is its own
    _schema = Dict().tag(sync=True, data=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Point anywidget at the bundle of this view."""
        package, _, module = cls.__module__.rpartition(".")
        if module == "lab" and "view" not in vars(cls):
            cls.view = package.rpartition(".")[2]
        # A class that anywidget derives for one widget has a bundle already.
        if "view" in vars(cls) and "_esm" not in vars(cls):
            cls._esm = DIST / f"{cls.view}.js"
            cls._css = DIST / "explorables.css"
        handlers = (each for each in vars(cls).values() if isinstance(each, ValidateHandler))
        checked = {name for handler in handlers for name in handler.trait_names}  # by the lab
        own = {name for name, trait in vars(cls).items() if isinstance(trait, Setting)}
        if own - checked:
            cls._goes_together = validate(*own - checked)(_without_clash)
        super().__init_subclass__(**kwargs)

    def __init__(self, **traits: Any) -> None:
        unknown = sorted(set(traits) - set(self.trait_names()))
        if unknown:
            known = ", ".join(self.settings_names())
            raise TypeError(
                f"{type(self).__name__} has no setting {', '.join(unknown)}; it has {known}"
            )
        super().__init__(**traits)

    def __setattr__(self, name: str, value: Any) -> None:
        with _TURN:
            super().__setattr__(name, value)

    @contextmanager
    def hold_trait_notifications(self) -> Iterator[None]:
        """Set several traits at once: checked and sent together at the end, all kept or none."""
        with _TURN, self.hold_sync(), super().hold_trait_notifications():
            yield

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Return the explorable whose `settings()` a page holds: in all that its traits decide.

        What else its constructor does is left out. Raises TraitError for a state that is not one.
        """
        explorable, traits = cls.__new__(cls), cls.class_traits()
        fixed = {name: value for name, value in state.items() if traits[name].read_only}
        for name, value in fixed.items():
            explorable.set_trait(name, value)
        open_to_all = [name for name in state if name not in fixed]
        # Data first: what a setting may be can depend on it.
        open_to_all.sort(key=lambda name: not traits[name].metadata.get("data"))
        Explorable.__init__(explorable, **{name: state[name] for name in open_to_all})
        return explorable

    @classmethod
    def settings_names(cls) -> list[str]:
        """Return the names of the synced traits that are this explorable's own."""
        own = set(cls.class_trait_names(sync=True))
        own -= set(anywidget.AnyWidget.class_trait_names(sync=True))
        return sorted(name for name in own if not name.startswith("_"))

    @classmethod
    def example(cls) -> Self:
        """Return an instance to try out; labs that need arguments say which."""
        return cls()

    @classmethod
    def large(cls) -> Self:
        """Return the example that has most to compute and to draw, on which sliders are timed."""
        return cls.example()

    def schema(self) -> dict[str, dict[str, Any]]:
        """Return what each setting may be, by name, in the order they are declared.

        See `Setting.schema`. A setting is what a link may carry: every synced trait but the name
        and those tagged `data=True`. A lab whose limits depend on what it holds narrows them here.
        """
        return {
            name: trait.schema() | self._default(trait) for name, trait in _settings(type(self))
        }

    def _default(self, trait: Setting) -> dict[str, Any]:
        """The default of a setting in this lab, where it has one."""
        default = self.trait_defaults(trait.name)
        return {} if default is Undefined else {"default": trait.as_json(default, self)}

    def clash(self, **settings: Any) -> str:
        """Say which of these settings, each allowed by itself, do not go together, or nothing."""
        return ""

    @validate("controls")
    def _controls_of_settings(self, proposal: dict[str, Any]) -> list[str]:
        """Refuse the name of a control that this lab does not have."""
        settings, wanted = [name for name, _ in _settings(type(self))], proposal["value"]
        if unknown := [name for name in wanted if name not in settings]:
            raise TraitError(
                f"{type(self).__name__}.controls was given {', '.join(map(repr, unknown))}; "
                f"allowed: names among {', '.join(settings)}"
            )
        if len(wanted) > AT_HAND:
            raise TraitError(
                f"{type(self).__name__}.controls was given {len(wanted)} names; allowed: at most "
                f"{AT_HAND}, since the others are under More settings. Name fewer, or use full=True"
            )
        return wanted

    @default("controls")
    def _usual_controls(self) -> list[str]:
        return list(self.essential)

    @default("_kind")
    def _its_view(self) -> str:
        return getattr(self, "view", "")

    @default("_room")
    def _heights(self) -> dict[str, int]:
        heights = self.full_room if self.full else self.room
        return dict(zip(("room", "room-phone"), heights, strict=True)) if heights else {}

    @default("_schema")
    def _as_it_is_here(self) -> dict[str, dict[str, Any]]:
        return self.schema()

    def still(self) -> str:
        """Return a picture of the present state as HTML, for print and where scripts are off."""
        raise NotImplementedError

    def settings(self) -> dict[str, Any]:
        """Return this explorable's own settings by name, as JSON can hold them."""
        return {name: getattr(self, name) for name in self.settings_names()}

    def later(self) -> Mapping[str, Any] | None:
        """Return what the built page loads only when the view asks for it, as JSON can hold it."""
        return None

    def static_html(self) -> str:
        """Return the HTML from which the built book mounts this explorable."""
        return (
            f'<div class="cnl-explorable" data-explorable="{html.escape(self.view)}" '
            f'id="lab-{html.escape(self.name)}"{self._room_kept()}>'
            f'<script type="application/json">{_json_for_html(self.settings())}</script>'
            f'<script type="application/json" data-schema>{_json_for_html(self.schema())}</script>'
            f"{self._kept_for_later()}"
            f'<div class="cnl-still">{self.still()}</div></div>'
        )

    def _room_kept(self) -> str:
        """The style that keeps room for this lab from the moment the page opens."""
        heights = "".join(f"--{name}:{pixels}px;" for name, pixels in self._room.items())
        return f' style="{heights}"' if heights else ""

    def _kept_for_later(self) -> str:
        """The script that holds what comes later, if anything."""
        data = self.later()
        if data is None:
            return ""
        kind = 'data-later="near"' if self.later_is_near else "data-later"
        return f'<script type="application/json" {kind}>{_json_for_html(data)}</script>'

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        return {**data, "text/html": self.static_html()}, metadata

    def __repr__(self) -> str:
        frame = ("controls", "full", "task")
        settings = {k: v for k, v in self.settings().items() if k not in frame}
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in settings.items())})"


def _settings(lab: type[Explorable]) -> Iterator[tuple[str, Setting]]:
    """The traits that are settings, in the order they are declared, those of base classes first."""
    declared = dict.fromkeys(name for base in reversed(lab.__mro__) for name in vars(base))
    own = lab.settings_names()
    traits = lab.class_traits()
    for name in declared:
        if name in own and name != "name" and not traits[name].metadata.get("data"):
            yield name, traits[name]


def _without_clash(lab: Explorable, proposal: dict[str, Any]) -> Any:
    """Refuse a setting that does not go together with the others."""
    name, value = proposal["trait"].name, proposal["value"]
    wanted = {other: getattr(lab, other) for other, _ in _settings(type(lab))} | {name: value}
    if complaint := lab.clash(**wanted):
        raise TraitError(f"{type(lab).__name__}.{name}: {complaint}")
    return value


def given(**values: Any) -> dict[str, Any]:
    """Return the arguments that are not None: the others take the default of their trait."""
    return {name: value for name, value in values.items() if value is not None}


def _json_for_html(state: Mapping[str, Any]) -> str:
    """JSON in which no value can end the script element or begin a tag."""
    text = json.dumps(state, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
