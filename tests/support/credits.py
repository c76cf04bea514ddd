"""Schedules that credit the source of their data."""

from __future__ import annotations

import json
from typing import Final

from tests.support.example_schedules import make_yaml

CREDIT: Final = {
    "name": "TVmaze",
    "url": "https://www.tvmaze.com/shows/1/x",
    "licence": "CC BY-SA 4.0",
}
# An attack in markup, XML, scripts, JSON and calendars; Arabic in a name.
HOSTILE_NAMES: Final = (
    "</script><script>window.ran=1</script>",
    "]]></rights><!-- -- --> <b> &amp; \"'`",
    "{name} {licence} {{ 7*7 }} {% raw %} %s",
    "a;b,c:d=e",
    "ويكي \u202eabc",
    "W" * 100,
    "漢" * 100,
    "\u2067א\u2069" * 30,
)


def write_credited(
    name: str = CREDIT["name"],
    licence: str = CREDIT["licence"],
    url: str = CREDIT["url"],
    languages: str = "[en]",
) -> str:
    """Return the text of a schedule with a credit."""
    credit = json.dumps({"name": name, "url": url, "licence": licence}, ensure_ascii=False)
    text = make_yaml().replace("title: The Show}", f"title: The Show, credit: {credit}}}")
    return f"{text}languages: {languages}\n"
