"""Lengths of time and counts in words."""

from __future__ import annotations

from typing import Final

from defects_ical.text.words import Forms, Words

DAY_MINUTES: Final = 24 * 60


def format_duration(minutes: int, words: Words) -> str:
    """Format a number of minutes: "1 h 30 min"."""
    hours, rest = divmod(minutes, 60)
    parts = (
        words.hours.format(count=hours) if hours else "",
        words.minutes.format(count=rest) if rest else "",
    )
    return words.length_separator.join(filter(None, parts))


def format_distance(days: int, minutes: int, words: Words) -> str:
    """Format days and minutes: "14 days", "1 day 2 h"."""
    parts = (format_count(days, words.days, words) if days else "", format_duration(minutes, words))
    return words.length_separator.join(filter(None, parts))


def format_number(number: int, words: Words) -> str:
    """Format a number: "1,200"."""
    return f"{number:,}".replace(",", words.group_separator)


def format_count(count: int, forms: Forms, words: Words, **values: object) -> str:
    """Format a text with a count, in the plural form that the language has for it."""
    form = forms[words.plural_categories.index(choose_plural(count, words.code))]
    return form.format(count=format_number(count, words), **values)


def choose_plural(count: int, language: str) -> str:
    """Return the plural category of a whole number below a million, by the rules of CLDR."""
    if language in {"id", "ja", "ko", "zh-Hant"}:
        return "other"
    if language == "ar":
        return _choose_arabic(count)
    if language in {"fr", "pt-BR"}:
        return "one" if count in {0, 1} else "other"
    return "one" if count == 1 else "other"


def _choose_arabic(count: int) -> str:
    small = {0: "zero", 1: "one", 2: "two"}
    if count in small:
        return small[count]
    rest = count % 100
    if 3 <= rest <= 10:  # noqa: PLR2004 - from CLDR's table
        return "few"
    return "many" if rest > 10 else "other"  # noqa: PLR2004 - from CLDR's table
