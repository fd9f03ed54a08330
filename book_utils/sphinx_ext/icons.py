"""Cut the theme's icons down to those the book draws.

The theme ships every Font Awesome icon: 300 KB of fonts, and a rule for each in its style sheet.
The pages name the icons they use by class (`fa-rocket`), the theme's own styles by code point.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from sphinx.application import Sphinx

from .fonts import subset_font

STYLES = Path("_static/styles/pydata-sphinx-theme.css")
FONTS = Path("_static/vendor/fontawesome/webfonts")
ICON_CLASS = re.compile(r"fa-[a-z0-9-]+")
# .fa-gear:before,.fa-cog:before{content:"\f013"}
ICON_RULE = re.compile(r'(?:\.fa-[\w-]+:before,?)+\{content:"[^"]*"\}')
# The theme writes code points of the private use area as escapes and as characters.
CODE_POINT = re.compile(r"\\([ef][0-9a-f]{3})(?![0-9a-f])|([\ue000-\uf8ff])")
OLD_FORMAT = re.compile(r',url\([^)]*\.ttf\) format\("truetype"\)')


def icon_classes(texts: Iterable[str]) -> set[str]:
    """Return the Font Awesome classes that pages and scripts name."""
    return {name for text in texts for name in ICON_CLASS.findall(text)}


def cut_rules(css: str, used: set[str]) -> str:
    """Return a style sheet without the rules of icons that are not used."""
    return ICON_RULE.sub(
        lambda rule: rule.group() if used & set(ICON_CLASS.findall(rule.group())) else "", css
    )


def code_points(css: str) -> set[int]:
    """Return the icons a style sheet draws, as code points of the private use area."""
    return {int(code, 16) if code else ord(char) for code, char in CODE_POINT.findall(css)}


def subset_fonts(app: Sphinx) -> None:
    """Rewrite the theme's style sheet and fonts in the built book to hold only what is drawn."""
    out = Path(app.outdir)
    sources = [*out.rglob("*.html"), *out.glob("_static/**/*.js")]
    used = icon_classes(path.read_text(encoding="utf-8") for path in sources)
    css = cut_rules((out / STYLES).read_text(encoding="utf-8"), used)
    (out / STYLES).write_text(OLD_FORMAT.sub("", css), encoding="utf-8")
    drawn = set()
    for path in out.glob("_static/**/*.css"):
        drawn |= code_points(path.read_text(encoding="utf-8"))
    for path in (out / FONTS).glob("*.woff2"):
        subset_font(path, drawn)
    for path in (out / FONTS).glob("*.ttf"):
        path.unlink()
