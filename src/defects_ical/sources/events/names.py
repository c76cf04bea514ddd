"""Season, number and title of an episode in the name of an event, in the forms that people use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Final, NamedTuple

# More episodes than this in one event are no range, but part of a title: "Episode 3-24 Hours".
MAX_RANGE: Final = 10

_START: Final = r"(?<![^\W_])"
_NUMBER: Final = r"(?P<number>\d{1,5})"
_SEASON_OF: Final = r"(?P<season>\d{1,4})[\s.,:;x\u2013-]{0,3}"
# "E01-E02", "E01E02", "3-4", "3~4".
_LAST: Final = (
    r"(?:(?:[-\u2013~\u301c]|\s?[&+]\s?|\s?[-\u2013~&+]?\s?EP?\.?\s?)(?P<last>\d{1,5}))?(?!\d)"
)
_WORDS: Final = r"(?:Episode|Épisode|Episodio|Episódio|Folge|Capítulo|Ep)s?\.?\s?(?:No\.\s?)?"
_SEASON_WORDS: Final = r"(?:Season|Series|Staffel|Saison|Temporada|Stagione|시즌|シーズン)"
_PATTERNS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # S01E02, s1e2, S1 Ep. 2, Season 1, Episode 2
        rf"{_START}(?:S|Season\s?|Series\s?){_SEASON_OF}(?:E|{_WORDS}){_NUMBER}{_LAST}",
        # 1x02
        rf"{_START}(?P<season>\d{{1,2}})x(?P<number>\d{{2,3}}){_LAST}(?![^\W_])",
        # Episode 3, Ep. 3
        rf"{_START}{_WORDS}{_NUMBER}{_LAST}",
        # 제3화, 3화, 3회; 第3話, 第3集
        rf"(?:제\s?)?(?<!\d){_NUMBER}{_LAST}\s?[화회](?![^\W_])",
        rf"第\s?{_NUMBER}{_LAST}\s?[話话集回]",
        # #3
        rf"(?<![\w&])#\s?{_NUMBER}{_LAST}",
        # "E3" is a trade fair, too.
        rf"{_START}E(?=\d\d){_NUMBER}{_LAST}(?![^\W_])",
    )
)
# "of 16" after a number.
_TOTAL: Final = re.compile(r"\s?(?:/|of )\s?\d{1,5}(?!\d)", re.IGNORECASE)
_SEASON: Final = re.compile(
    rf"{_START}(?:{_SEASON_WORDS}\s?|S)(\d{{1,4}})(?!\d)|第\s?(\d{{1,4}})\s?[期季]",
    re.IGNORECASE,
)
# What stands between a show, a number and a title.
_SEPARATORS: Final = " \t-\u2013\u2014:\uff1a|\uff5c\u00b7\u30fb,\uff0c/~\u301c_"
_SEPARATOR: Final = re.compile(r"\s[-\u2013\u2014|\uff5c\u00b7/]\s|[:\uff1a|\uff5c]")
_OPENING: Final = "([<\uff08\u3010\u300c\u300e\u3008\u300a\u201c\u2018\u00ab\"'"
_CLOSING: Final = ")]>\uff09\u3011\u300d\u300f\u3009\u300b\u201d\u2019\u00bb\"'"
_PAIRS: Final = dict(zip(_OPENING, _CLOSING, strict=True))
_EMPTY_PAIR: Final = re.compile(r"\(\s*\)|\[\s*\]|\uff08\s*\uff09|\u3010\s*\u3011")
_ARTICLES: Final = frozenset({"the", "a", "an"})
# Labels of cancelled events, which are no part of a title.
_CANCELLED: Final = re.compile(
    r"[(\[\u3010]?\s?(?:cancell?ed(?: event)?|취소(?:됨)?|결방|休止|中止|取消)"
    r"\s?(?:[)\]\u3011]|[:\uff1a\u2013-])\s*",
    re.IGNORECASE,
)


class EventName(NamedTuple):
    """The name of an event: the numbers in it, and the text around them.

    ``number`` is None if it has none; then ``before`` is all of it. ``last`` is the last number of
    several episodes, or the same. ``season`` is 0 for specials.
    """

    season: int | None
    number: int | None
    last: int | None
    before: str
    after: str = ""

    @property
    def show(self) -> str:
        """What stands before the number, without separators."""
        return clean_title(self.before)

    def drop_special_number(self) -> EventName:
        """Return the name without the number of a special: databases give these the season 0."""
        if self.season != 0:
            return self
        return EventName(None, None, None, f"{self.before} {self.after}".strip())


def parse_name(summary: str) -> EventName:
    """Return the numbers in the name of an event, a line of text."""
    found = next(filter(None, (each.search(summary) for each in _PATTERNS)), None)
    if not found:
        return EventName(None, None, None, summary)
    number, last = int(found["number"]), int(found["last"] or found["number"])
    end = found.end()
    if not number <= last < number + MAX_RANGE:
        last, end = number, found.end("number")
    before, after = summary[: found.start()], _TOTAL.sub("", summary[end:], count=1)
    season = found.groupdict().get("season")
    name = EventName(int(season) if season else None, number, last, before, after)
    name = name if season else _take_season(name)
    before, after = _open_brackets(name.before, name.after)
    return name._replace(before=before, after=after)


def remove_cancelled_label(summary: str) -> str:
    """Return the name of a cancelled event without the word that says so at its start."""
    return summary[found.end() :] if (found := _CANCELLED.match(summary)) else summary


def find_title(name: EventName, shows: Sequence[str]) -> str | None:
    """Return the title of an episode: its event's name without numbers and the show's names."""
    before = name.before if name.number is None else name.show
    for show in sorted(filter(None, shows), key=len, reverse=True):
        rest = _remove_show(before, show, is_numbered=name.number is not None)
        if rest is not None:
            before = rest
            break
    parts = filter(None, map(clean_title, (before, name.after)))
    return " \u2013 ".join(parts) or None


def guess_show(names: Sequence[EventName], *, by_words: bool) -> str:
    """Return what the names of events have in common at their start; empty if there is nothing.

    That is what stands before every number, or else before a separator. ``by_words`` allows the
    first words that all have, if none has a number: they may be those of titles.
    """
    before = {each.show for each in names if each.number is not None}
    if len(before) == 1 and (show := before.pop()):
        return show
    texts = [each.before for each in names if each.before.strip()]
    if len(texts) <= 1:
        return ""
    common = _find_common_start(texts)
    if separators := [*_SEPARATOR.finditer(common)]:
        return clean_title(common[: separators[-1].start()])
    if before or not by_words:
        return ""
    if common[-1:].isalnum() and any(text[len(common) :][:1].isalnum() for text in texts):
        common = common.rpartition(" ")[0]
    show = clean_title(common)
    return "" if show.lower() in _ARTICLES else show


def clean_title(text: str) -> str:
    """Return a text without separators around it, empty brackets, and a pair of quotation marks."""
    text = _EMPTY_PAIR.sub(" ", text).strip(_SEPARATORS).removeprefix(". ")
    text = " ".join(text.split())
    closing = _PAIRS.get(text[:1])
    if len(text) == 1 or not closing or not text.endswith(closing):
        return text
    inner = text[1:-1]
    return text if {text[0], closing} & {*inner} else clean_title(inner)


def _remove_show(text: str, show: str, *, is_numbered: bool) -> str | None:
    """Return the text before a number without the name of the show, or None if it has none."""
    pattern = re.escape(show)
    if found := re.match(rf"\W*{pattern}(?![^\W_])", text, re.IGNORECASE):
        return text[found.end() :]
    # A label may stand before the show: "New: The Show S01E02".
    found = re.search(rf"{_START}{pattern}\W*$", text, re.IGNORECASE) if is_numbered else None
    return text[: found.start()] if found else None


def _open_brackets(before: str, after: str) -> tuple[str, str]:
    """Return the texts around a number without the brackets that enclose it alone."""
    start, end = before.rstrip(_SEPARATORS), after.lstrip(_SEPARATORS)
    is_enclosed = bool(start and end) and _PAIRS.get(start[-1]) == end[0]
    return (start[:-1], end[1:]) if is_enclosed else (before, after)


def _find_common_start(texts: Sequence[str]) -> str:
    # What the first and the last have in common in their order, all have.
    first, last = min(texts), max(texts)
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(each for each, _ in same)


def _take_season(name: EventName) -> EventName:
    """Return a name with the season that stands apart from its number, if there is one."""
    before, after = _SEASON.search(name.before), _SEASON.search(name.after)
    if before:
        return name._replace(season=_get_season(before), before=_cut(name.before, before))
    if after:
        return name._replace(season=_get_season(after), after=_cut(name.after, after))
    return name


def _get_season(found: re.Match[str]) -> int:
    return int(found[1] or found[2])


def _cut(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"
