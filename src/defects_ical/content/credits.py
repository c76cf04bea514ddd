"""Name the sources of the data that a site shows, as their licences demand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from defects_ical.model.source import Credit
from defects_ical.text.sentences import has_sentence_end
from defects_ical.text.words import Words

_CREATIVE_COMMONS: Final = re.compile(
    r"CC[ -](?P<terms>BY(?:-NC)?(?:-SA|-ND)?)[ -](?P<version>[2-4]\.0|2\.5)(?: International)?"
)
_NO_RIGHTS_RESERVED: Final = re.compile(r"CC0(?: 1\.0)?")


def describe_credit(credit: Credit, words: Words) -> str:
    """Return a credit as plain text, without a full stop."""
    return format_credit(credit.name, credit.licence, words)


def format_credit(name: str, licence: str, words: Words) -> str:
    """Return a credit of a name and a licence: "Schedule data: TVmaze (CC BY-SA 4.0)"."""
    return words.credit.format(name=words.isolate(name), licence=words.isolate(licence))


def describe_credits(credited: Iterable[Credit], words: Words, before: str = "") -> str:
    """Return credits as one plain text, each once, perhaps after another text.

    All but the last one end as sentences. Without credits, it is the text alone.
    """
    texts = dict.fromkeys((before, *(describe_credit(each, words) for each in credited)))
    *sentences, last = filter(None, texts) if any(texts) else ("",)
    return words.sentence_separator.join((*(_end(each, words) for each in sentences), last))


def _end(text: str, words: Words) -> str:
    return text if has_sentence_end(text) else f"{text}{words.sentence_end}"


def find_licence_url(licence: str) -> str | None:
    """Return the URL of a licence of Creative Commons, by its short name; None for others."""
    if _NO_RIGHTS_RESERVED.fullmatch(licence):
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    found = _CREATIVE_COMMONS.fullmatch(licence)
    if not found:
        return None
    return f"https://creativecommons.org/licenses/{found['terms'].lower()}/{found['version']}/"
