"""Dates and times in words, by the patterns of a language."""

from __future__ import annotations

from datetime import date, datetime, time

from defects_ical.text.words import Words

NOON = 12


def format_date(when: date, words: Words) -> str:
    """Format a date in full: "Monday 21 July 2025"."""
    return words.date.format(**_name_parts(when, words))


def format_day(when: date, words: Words) -> str:
    """Format a date without its weekday: "21 July 2025"."""
    return words.date_without_weekday.format(**_name_parts(when, words))


def format_day_of_year(when: date, words: Words) -> str:
    """Format a date without its weekday and year: "21 July"."""
    return words.day_and_month.format(**_name_parts(when, words))


def format_short_date(when: date, words: Words) -> str:
    """Format a date without its year, in little space: "Mon 21 Jul"."""
    names = {
        "weekday": words.short_weekdays[when.weekday()],
        "month": words.short_months[when.month - 1],
    }
    return words.short_date.format(**_name_parts(when, words) | names)


def format_month(year: int, month: int | None, words: Words) -> str:
    """Format a month, or a year if ``month`` is None: "October 2027", "2027"."""
    if month is None:
        return words.year.format(year=year)
    return words.month_and_year.format(month=words.months[month - 1], year=year)


def format_days(first: date, last: date, words: Words, *, repeat_month: bool = False) -> str:
    """Format two dates and what is between: "28 to 30 July 2025", "28 July to 3 August 2025".

    With ``repeat_month``, the month of both stands there twice.
    """
    if first == last:
        return format_day(first, words)
    if first.year != last.year:
        pattern = words.dates_over_years
    elif first.month != last.month or repeat_month:
        pattern = words.dates_in_year
    else:
        pattern = words.dates_in_month
    return pattern.format(
        **_number_ends("first", first, words), **_number_ends("last", last, words)
    )


def format_time(clock: datetime | time, words: Words) -> str:
    """Format the time of day: "23:00"."""
    return words.time.format(
        hour=f"{clock.hour:02}",
        plain_hour=clock.hour,
        hour12=clock.hour % NOON or NOON,
        minute=f"{clock.minute:02}",
        period=words.day_periods[clock.hour] if words.day_periods else "",
    )


def _name_parts(when: date, words: Words) -> dict[str, object]:
    return {
        "weekday": words.weekdays[when.weekday()],
        "day": when.day,
        "padded_day": f"{when.day:02}",
        "month": words.months[when.month - 1],
        "year": when.year,
    }


def _number_ends(end: str, when: date, words: Words) -> dict[str, object]:
    return {
        f"{end}_day": when.day,
        f"{end}_month": words.months[when.month - 1],
        f"{end}_year": when.year,
    }
