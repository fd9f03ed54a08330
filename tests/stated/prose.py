"""The prose of a page: its Markdown without what no reader reads as a sentence.

Left out are the front matter, code cells and other blocks of code, options of directives, comments,
targets of links, keys of citations, and the numbers of lists and exercises.
"""

import re

from book_utils.chapters import FRONT_MATTER

FENCE = re.compile(r"\s*(?P<fence>`{3,}|~{3,}|:{3,})(?:\{(?P<directive>[\w-]+)\})?(?P<title>.*)")
OPTION = re.compile(r"\s*:[\w-]+:(?:\s|$)")
CODE = {None, "code-cell", "code-block", "code", "mermaid"}
WITH_A_PATH = {"figure", "image", "include", "literalinclude"}

COMMENT = re.compile(r"<!--.*?-->|^%[^\n]*$|^\([\w-]+\)=$", re.MULTILINE | re.DOTALL)
CITATION = re.compile(r"\{cite(?::\w+)?\}`[^`]*`")
ROLE_TARGET = re.compile(r"(?<=\})`([^`<]*?)\s*<[^`>]*>`")
LINK_TARGET = re.compile(
    r"\]\((?:<(?P<angled>[^<>]*)>|(?P<plain>(?:[^\s()]|\([^\s()]*\))*))(?:\s+\"[^\"]*\")?\)"
)
ADDRESS = re.compile(r"<?\bhttps?://[^\s<>)]+>?")
HTML = re.compile(r"</?(?:a|b|br|div|details|i|img|kbd|p|span|sub|summary|sup)\b[^<>]*>")
NUMBER_OF_A_LIST = re.compile(r"^[ \t]*\d+[.)]\s+", re.MULTILINE)
NUMBER_OF_AN_EXERCISE = re.compile(r"\*\*\d+\.\s+")
# What is left of a source, so that a number that is cited can be asked for it.
SOURCE = re.compile(r"\{cite\}|\]\(web\)|<web>")


def in_short(markdown: str) -> str:
    """Return Markdown without targets, keys and numbers of exercises, in lines as they were."""
    text = CITATION.sub("{cite}", markdown)
    text = ROLE_TARGET.sub(r"`\1`", text)
    text = LINK_TARGET.sub(
        lambda link: "](web)" if (link["angled"] or link["plain"]).startswith("http") else "]()",
        text,
    )
    text = HTML.sub("", ADDRESS.sub("<web>", text))
    return NUMBER_OF_AN_EXERCISE.sub("**", text)


def one_line(text: str) -> str:
    """Return a text with one blank for each break. Blanks that keep a number together stay."""
    return re.sub(r"[ \t\n]+", " ", text).strip()


def fragment(markdown: str) -> str:
    """Return a fragment of a page as it stands in `prose`."""
    return one_line(in_short(markdown))


def without_blocks(markdown: str) -> str:
    """Return Markdown without blocks of code; of a directive, its title and its text stay."""
    kept, fences, options, lines = [], [], False, iter(markdown.splitlines())
    for line in lines:
        found = FENCE.fullmatch(line)
        if found and fences and not found["directive"] and found["fence"] == fences[-1]:
            fences.pop()
            kept.append("")
        elif found and found["directive"] in CODE and found["fence"][0] != ":":
            closed = re.compile(rf"\s*{found['fence']}\s*")
            while not closed.fullmatch(next(lines, found["fence"])):
                pass
            kept.append("")
        elif found and found["directive"]:
            fences.append(found["fence"])
            kept += ["", "" if found["directive"] in WITH_A_PATH else found["title"], ""]
            options = True
            continue
        elif options and line.strip() == "---":
            while next(lines, "---").strip() != "---":
                pass
        elif not (options and OPTION.match(line)):
            kept.append(line)
            options = False
    return "\n".join(kept)


def prose(markdown: str) -> str:
    """Return the prose of a page: a line for each paragraph, a blank line between two."""
    text = without_blocks(FRONT_MATTER.sub("", markdown, count=1))
    text = NUMBER_OF_A_LIST.sub("", in_short(COMMENT.sub("", text)))
    text = re.sub(r"^(#+ .*)$", r"\n\1\n", text, flags=re.MULTILINE)
    paragraphs = map(one_line, re.split(r"\n[ \t]*\n", text))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
