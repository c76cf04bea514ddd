"""Shows to create schedules for, as options of `init` and as answers."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path

from click.testing import CliRunner, Result

from defects_ical.authoring.answers import ShowAnswers
from defects_ical.cli.app import main

UID = uuid.UUID("8a4b1d0c-52e7-4c36-9f10-6d2e7b3c5a48")
NOW = datetime(2025, 1, 15, 12, tzinfo=UTC)
FILE = Path("schedule.yaml")

WEEKLY = [
    *("--title", "The Lighthouse", "--premiere", "2025-10-12", "--time", "21:00"),
    *("--weekday", "sunday", "--timezone", "America/New_York", "--episodes", "6"),
    *("--platform", "Channel 4, region=United States, url=https://four.example/"),
    *("--platform", "Big Stream,kind=streaming,delay=180,id=big"),
]
SOAP = [
    *("--title", "Gute Nacht, Élise: „Nein!“ #1", "--slug", "gute-nacht"),
    *("--premiere", "2025-02-03", "--time", "19:40", "--timezone", "Europe/Berlin"),
    *("--weekday", "monday,tuesday,wednesday", "--weekday", "thursday, friday"),
    *("--runtime", "25", "--episodes", "120"),
    *("--platform", "Das Vierte,region=Germany, Austria, and Switzerland"),
]
FILM = [
    *("--title", "النهاية", "--slug", "the-end", "--premiere", "2025-12-24", "--time", "20:15"),
    *("--timezone", "Europe/London", "--runtime", "131", "--episodes", "1"),
    *("--platform", "القناة,id=channel,region=United Kingdom"),
]
# All on one date, whose hour is not known yet.
BINGE = [
    *("--title", "All Night", "--premiere", "2025-11-14", "--timezone", "America/Denver"),
    *("--episodes", "9", "--platform", "Big Stream,kind=streaming"),
]
DAILY = [
    *("--title", "The Square", "--premiere", "2026-01-05", "--timezone", "Europe/London"),
    *("--weekday", "monday, tuesday,thursday 19:30,thursday 20:00", "--time", "24:10"),
    *("--runtime", "30", "--episodes", "7250-7289", "--together", "2"),
    *("--platform", "BBC One"),
]
ANNOUNCED = [
    *("--title", "Next Year", "--premiere", "2027-10", "--timezone", "Asia/Seoul"),
    *("--platform", "Channel"),
]
SHOWS = {
    "weekly": WEEKLY,
    "soap": SOAP,
    "film": FILM,
    "binge": BINGE,
    "daily": DAILY,
    "announced": ANNOUNCED,
}


ANSWERS = ShowAnswers(
    title="The Show",
    slug="show",
    premiere="2025-03-02",
    weekdays=("sunday",),
    time="21:00",
    timezone="UTC",
    runtime="60",
    episodes="10",
    together=None,
    platforms=("Channel",),
)


def run_cli(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def replace_option(arguments: list[str], option: str, value: str) -> list[str]:
    """Return the arguments with another value of the first such option."""
    index = arguments.index(option) + 1
    return [*arguments[:index], value, *arguments[index + 1 :]]
