"""Bundle scripts, and give them the texts of a language."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Final, NamedTuple

from defects_ical.render.templates import get_template
from defects_ical.text.words import Words

# A browser ends a script at `</script` and may not end it there after `<!--`; JavaScript before
# ES2019 takes the last two characters for line breaks.
_SCRIPT_ESCAPES: Final = {each: f"\\u{ord(each):04X}" for each in "<>&\u2028\u2029"}
# How scripts refer to a text.
_WORD: Final = re.compile(r"\bWORDS\.(\w+)")


def bundle_script(
    *names: str, words: Words | None = None, root: str = "", has_credit: bool = False
) -> bytes:
    """Join scripts into one, without the lines that are comments.

    A function encloses them, so that they define no globals. With ``words``, the script has the
    texts that it uses; without, it reads them from the page's element `script_words`. ``root``
    leads from the script's folder to that of the data. Only with ``has_credit``, an element shows
    the credits in its data.
    """
    script = _join_scripts(names, root, has_credit)
    source = 'JSON.parse(document.getElementById("script_words").textContent)'
    if words:
        source = _select_words(script, words)
    head = f'(() => {{\n"use strict";\nconst WORDS = {source};\n'
    return b"".join((head.encode(), script.code, b"})();\n"))


def select_words(words: Words, *names: str) -> str:
    """Return the texts that scripts use, as JSON for the page's element `script_words`."""
    return _select_words(_join_scripts(names, "", has_credit=False), words)


class _Script(NamedTuple):
    """A script in UTF-8, and the names of the texts that it uses."""

    code: bytes
    words: tuple[str, ...]


@cache
def _join_scripts(names: tuple[str, ...], root: str, has_credit: bool) -> _Script:  # noqa: FBT001 - cached
    """Join scripts without the lines that are comments."""
    values = {"root": root, "has_credit": has_credit}
    joined = "\n".join(get_template(each).render(values) for each in names)
    code = re.sub(r"(?m)^ *//.*\n", "", joined)
    return _Script(code.encode(), (*sorted({"code", "plural_categories", *_WORD.findall(code)}),))


def _select_words(script: _Script, words: Words) -> str:
    return serialize_for_script({name: getattr(words, name) for name in script.words})


def serialize_for_script(value: object) -> str:
    """Return JSON that can stand in a script element."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # str.translate() is many times slower on a text of megabytes.
    for character, escape in _SCRIPT_ESCAPES.items():
        text = text.replace(character, escape)
    return text
