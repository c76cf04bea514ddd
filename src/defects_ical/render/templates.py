"""Load templates and static files."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache, partial
from importlib.util import cache_from_source
from pathlib import Path
from typing import Final, TypeAlias

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemBytecodeCache,
    PackageLoader,
    StrictUndefined,
    Template,
    select_autoescape,
)
from jinja2.bccache import Bucket
from markupsafe import Markup, escape

from defects_ical.content.credits import find_licence_url
from defects_ical.content.descriptions import name_status
from defects_ical.schedule.episodes import Episode, Event
from defects_ical.text.dates import format_month
from defects_ical.text.lengths import format_count
from defects_ical.text.translations import Foreign
from defects_ical.timezones.conversion import format_utc

Texts: TypeAlias = Mapping[str, str]
"""The texts in which rows differ, by names that tell them apart."""

_PACKAGE: Final = Path(__file__).parent.parent
# No text of a page has it.
_GAP: Final = "\0"


class CompiledTemplates(FileSystemBytecodeCache):
    """Compiled templates, kept where Python keeps compiled modules: a start needs no compiler.

    Where nothing can be written, templates are compiled at every start.
    """

    def __init__(self) -> None:
        folder = Path(cache_from_source(str(_PACKAGE / "templates" / "template.py"))).parent
        super().__init__(str(folder), "%s.jinja.pyc")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read a compiled template, if there is one."""
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write a compiled template, if that is possible and allowed."""
        if sys.dont_write_bytecode:
            return
        with suppress(OSError):
            Path(self.directory).mkdir(parents=True, exist_ok=True)
            super().dump_bytecode(bucket)


_ENVIRONMENT: Final = Environment(
    # Templates include static scripts, and scripts may be templates.
    loader=ChoiceLoader([PackageLoader("defects_ical"), PackageLoader("defects_ical", "static")]),
    bytecode_cache=CompiledTemplates(),
    autoescape=select_autoescape(("html", "svg", "xml", "atom")),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def fill(text: str, **values: object) -> Markup:
    """Fill the placeholders of a text; values that are not markup are escaped."""
    return Markup(escape(text)).format(**values)  # noqa: S704 - escaped


def mark_language(text: str) -> Markup:
    """Return the attribute of an element with a text that is not in the page's language."""
    if isinstance(text, Foreign):
        return Markup(' lang="{}"').format(text.language)
    return Markup()


def isolate(value: str) -> Markup:
    """Return a text in an element that isolates its direction."""
    return Markup("<bdi{}>{}</bdi>").format(mark_language(value), value)


def name_in_html(item: Event | Episode) -> Markup:
    """Return the name of an event or episode; a title in another language says so."""
    episodes = item.episodes if isinstance(item, Event) else (item,)
    first = episodes[0]
    if len(episodes) > 1 or not isinstance(first.title, Foreign):
        return escape(item.name)
    title = isolate_part(first.title)
    if not first.number:
        return title
    number = first.number.describe(first.words)
    return fill(first.words.episode_and_title, episode=number, title=title)


def mark_parts(text: str, parts: tuple[str, ...]) -> Markup:
    """Return a text in which the parts that are in another language say so."""
    foreign = {str(each): each for each in parts if isinstance(each, Foreign)}
    if not foreign:
        return escape(text)
    longest_first = sorted(foreign, key=len, reverse=True)
    # Whole words: a short title may be in a longer one.
    pattern = rf"(?<!\w)({'|'.join(map(re.escape, longest_first))})(?!\w)"
    pieces = re.split(pattern, text)
    # Every second piece is a part.
    marked = (
        isolate_part(foreign[each]) if n % 2 else escape(each) for n, each in enumerate(pieces)
    )
    return Markup().join(marked)


def isolate_part(text: Foreign) -> Markup:
    """Return a text in an element that names its language."""
    return Markup('<span lang="{}">{}</span>').format(text.language, text)


_ENVIRONMENT.globals |= {
    "find_licence_url": find_licence_url,
    "format_count": format_count,
    "format_month": format_month,
    "format_utc": format_utc,
    "name_status": name_status,
}
# Filters, because a template calls them faster than functions.
_ENVIRONMENT.filters |= {
    "bdi": isolate,
    "fill": fill,
    "lang": mark_language,
    "mark_parts": mark_parts,
    "name_in_html": name_in_html,
    "zip": partial(zip, strict=True),
}


class LongTexts:
    """Long parts of pages, which are HTML in UTF-8 already.

    A template would copy each of them often, and a whole page takes long to encode.
    """

    def __init__(self) -> None:
        self._texts: list[bytes] = []

    def hold(self, text: bytes) -> Markup:
        """Return what stands for a text in a template."""
        self._texts.append(text)
        return Markup(f"{_GAP}{len(self._texts) - 1}{_GAP}")  # noqa: S704 - a number

    def insert(self, page: str) -> bytes:
        """Return a page in UTF-8, with the texts."""
        parts = page.encode().split(_GAP.encode())
        parts[1::2] = [self._texts[int(each)] for each in parts[1::2]]
        return b"".join(parts)


class RowPatterns:
    """Rows with gaps for their texts: to fill in a thousand takes a fifth of a macro's time."""

    def __init__(self) -> None:
        self._patterns: dict[tuple[str, ...], list[str]] = {}

    def render(self, texts: Texts, render: Callable[[Texts], str]) -> bytes:
        """Return what ``render`` returns for the texts, in UTF-8.

        ``render`` is the same for all rows that have texts of these names, whatever they say, and
        it escapes each of them.
        """
        names = tuple(texts)
        if names not in self._patterns:
            gaps = {name: f"{_GAP}{name}{_GAP}" for name in names}
            self._patterns[names] = render(gaps).split(_GAP)
        # To escape all in one call is faster.
        escaped = str(escape(_GAP.join(texts.values()))).split(_GAP)
        by_name = dict(zip(names, escaped, strict=True))
        parts = [*self._patterns[names]]
        parts[1::2] = [by_name[name] for name in parts[1::2]]
        return "".join(parts).encode()


@cache
def get_template(name: str) -> Template:
    """Return a template. HTML, SVG, XML and Atom templates escape their values."""
    return _ENVIRONMENT.get_template(name)


@cache
def get_macro(template: str, name: str) -> Callable[..., str]:
    """Return a macro of a template; it takes the macro's arguments by their names."""
    macro: Callable[..., str] = getattr(_ENVIRONMENT.get_template(template).module, name)
    return macro


def read_static(name: str) -> bytes:
    """Return the bytes of a static file."""
    return (_PACKAGE / "static" / name).read_bytes()
