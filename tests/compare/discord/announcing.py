"""Compare schedules, and read the message about them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from defects_ical.compare.comparison import Comparison
from defects_ical.compare.discord.messages import format_message
from defects_ical.compare.site_diff import compare_site
from tests.compare.comparisons import build_feeds, get_live_feeds
from tests.compare.edits import PUBLISHED, SITE_URL
from tests.support.discord import find_markup, read_message
from tests.support.example_schedules import load_yaml


def make_comparison(text: str, live: str = PUBLISHED) -> Comparison:
    schedule = load_yaml(text)
    differences = compare_site(get_live_feeds(live), build_feeds(text), schedule)
    return Comparison(schedule, Path("schedule.yaml"), "public", SITE_URL, differences)


def announce(*entries: str, text: str = PUBLISHED, live: str = PUBLISHED) -> dict[str, Any]:
    """Return the embed about a schedule with these entries appended to its change log."""
    changed = text + "".join(f"  - {entry}\n" for entry in entries)
    line = format_message(make_comparison(changed, live))
    assert line
    return read_message(line)


def list_news(embed: dict[str, Any]) -> dict[str, str]:
    """Return what changed by the names of episodes; the only markup is times."""
    for each in embed["fields"]:
        assert find_markup(each["name"]) == []
        assert {*find_markup(each["value"])} <= {"timestamp"}
    return {each["name"]: each["value"] for each in embed["fields"]}
