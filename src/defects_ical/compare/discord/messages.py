"""The body of a request to a Discord webhook, within Discord's limits."""

from __future__ import annotations

import json
from typing import Any, Final

from defects_ical.compare.comparison import Comparison
from defects_ical.compare.discord.announcements import Announcement, list_announcements
from defects_ical.compare.discord.markdown import escape, measure
from defects_ical.model.fields import color_to_hex
from defects_ical.text.lengths import format_number

MAX_TITLE: Final = 256
MAX_FIELDS: Final = 25
# Over all titles, names, values and footers of a message.
MAX_CHARACTERS: Final = 6000
# More than the footer has.
_FOOTER_ROOM: Final = 100


def format_message(comparison: Comparison) -> str | None:
    """Return the news of a show as one line of JSON; None if nothing is news.

    The line is ASCII. It mentions no users, whatever the texts of the schedule contain. What does
    not fit is counted: "and 14 more".
    """
    schedule = comparison.schedule
    announcements = list_announcements(comparison.differences, schedule)
    if not announcements:
        return None
    title = escape(schedule.show.title, MAX_TITLE)
    shown = _select_fitting(announcements, MAX_CHARACTERS - measure(title) - _FOOTER_ROOM)
    embed: dict[str, Any] = {
        "title": title,
        "color": int(color_to_hex(schedule.show.color).removeprefix("#"), 16),
        "fields": [{"name": each.name, "value": each.text} for each in shown],
    }
    if comparison.site_url:
        embed["url"] = str(comparison.site_url)
    if others := len(announcements) - len(shown):
        words = schedule.words
        text = words.and_more.format(count=format_number(others, words))
        embed["footer"] = {"text": text}
    return json.dumps({"embeds": [embed], "allowed_mentions": {"parse": []}})


def _select_fitting(announcements: tuple[Announcement, ...], room: int) -> tuple[Announcement, ...]:
    """Return the first announcements that fit into one message."""
    count = 0
    for each in announcements[:MAX_FIELDS]:
        room -= measure(each.name) + measure(each.text)
        if room < 0:
            break
        count += 1
    return announcements[:count]
