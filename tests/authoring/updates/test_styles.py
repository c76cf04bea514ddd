"""Update schedules that people wrote by hand: every line that is not the update's stays."""

from __future__ import annotations

import json
from difflib import ndiff

import pytest

from defects_ical.sources.listing import ListedEpisode
from tests.authoring.imports.listings import list_episode, list_weekly, number_episodes
from tests.authoring.shows import FILE
from tests.authoring.updates.updates import (
    LISTING,
    URL,
    add,
    change,
    find_episode,
    propose,
    update,
)

HEAD = """\
# By hand.
format: 1
show: {uid: 3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29, slug: show, title: "The Show"}   # yes: a show
timezone: America/New_York
published: 2025-01-01T07:00:00-05:00
platforms: {channel: {name: Channel, kind: television, region: Everywhere}}
"""
SOURCE = f"""\
source:
  ics: "{URL}"
  episodes: {{e01: 2001001, e02: 2001002, e03: 2001003, e04: 2001004,
             e05: 2001005, e06: 2001006, e07: 2001007, e08: 2001008}}
"""
BLOCK = "{premiere: 2025-01-05, weekdays: [sunday], time: 21:00, runtime: 60, episodes: 8}"
LINES = [
    "premiere: 2025-01-05",
    "# every week",
    "weekdays:",
    "  - 'sunday'  # evening",
    "",
    'time: "21:00"',
    "runtime: 60",
    "episodes: 8   # so far",
]
NEW = "{season: 2, published: 2025-02-03T07:00:00-05:00, premiere: 2025-09-07, episodes: 3}"


def indent(columns: int, first: str = "") -> str:
    lines = [f"{' ' * columns}{line}" if line else "" for line in LINES]
    lines[0] = first or lines[0]
    return "\n".join(lines) + "\n"


AIRING = {
    "brackets": (f"airing: {BLOCK}\n", [f"+   - {NEW}"]),
    "brackets, comment": (f"airing: {BLOCK}  # weekly\n", [f"+   - {NEW}"]),
    "brackets below": (f"airing:\n  {BLOCK}\n", [f"+   - {NEW}"]),
    "brackets over lines": (
        f"airing: {BLOCK.replace(' time', chr(10) + '  time')}\n",
        [f"+   - {NEW}"],
    ),
    "lines": (f"airing:\n{indent(2)}", ["+ - premiere: 2025-01-05", "+ - season: 2"]),
    "lines, deep": (f"airing:\n{indent(6)}", ["+     - premiere: 2025-01-05", "+     - season: 2"]),
    "lines, hardly indented": (
        f"airing:\n{indent(1)}",
        ["+  - premiere: 2025-01-05", "+    # every week", "+      - 'sunday'  # evening"],
    ),
    "list of brackets": (f"airing:\n  - {BLOCK}\n", [f"+   - {NEW}"]),
    "list, not indented": (f"airing:\n- {BLOCK}\n", [f"+ - {NEW}"]),
    "list of lines": (
        f"airing:\n{indent(4, '  - premiere: 2025-01-05')}",
        ["+   - season: 2", "+     premiere: 2025-09-07"],
    ),
    "list in brackets": (f"airing: [{BLOCK}]\n", [f"+ airing: [{BLOCK}, {NEW}]"]),
}
NEWS = add(
    change(LISTING, e1={"title": "Home: #1"}, e7={"when": "2025-02-17T20:00"}),
    *number_episodes(["2025-09-07"] * 3, season=2, runtime=None),
)


def write(text: str, form: str = "LF") -> None:
    if form == "CRLF":
        text = text.replace("\n", "\r\n")
    FILE.write_bytes((("\ufeff" if form == "BOM" else "") + text).encode())


def read() -> str:
    return FILE.read_bytes().decode()


def list_changed_lines(before: str, after: str) -> list[str]:
    """Return the lines that are new, and those that are gone, with + and - before them."""
    lines = ndiff(before.splitlines(), after.splitlines())
    return [each for each in lines if each.startswith(("+ ", "- "))]


@pytest.mark.parametrize("form", ["LF", "CRLF", "BOM"])
@pytest.mark.parametrize("style", AIRING)
def test_every_style_of_airing(style: str, form: str) -> None:
    airing, added = AIRING[style]
    write(f"{HEAD}{airing}# below\n{SOURCE}", form)
    before = read()
    proposed = update(NEWS)
    after = read()
    assert proposed.schedule
    assert [each.season for each in proposed.schedule.airing] == [None, 2]
    changed = list_changed_lines(before, after)
    assert {*added} <= {*changed}
    assert after.count("\r\n") == (after.count("\n") if form == "CRLF" else 0)
    assert after.startswith("\ufeff") == (form == "BOM")
    assert "\n# below\n" in after.replace("\r", "")
    for line in (each for each in before.splitlines() if "#" in each):
        assert line[line.index("#") :] in after


def test_only_the_dash_is_new() -> None:
    """A block in lines becomes an item of a list; the lines stay where they are."""
    write(f"{HEAD}airing:\n{indent(2)}{SOURCE}")
    before = read()
    update(NEWS)
    gone = [each for each in list_changed_lines(before, read()) if each.startswith("- ")]
    assert gone == [
        "-   premiere: 2025-01-05",
        "-              e05: 2001005, e06: 2001006, e07: 2001007, e08: 2001008}",
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '\nepisodes:\n  1: {title: "Home: #1"}\n'),
        ("episodes:\n", '\nepisodes:\n  1: {title: "Home: #1"}\n'),
        ("episodes: {}\n", '\nepisodes: {1: {title: "Home: #1"}}\n'),
        (
            "episodes:\n  1: {title: Old, runtime: 60} # x\n",
            '\n  1: {title: "Home: #1", runtime: 60} # x\n',
        ),
        ("episodes:\n  1: {runtime: 60} # x\n", '\n  1: {runtime: 60, title: "Home: #1"} # x\n'),
        (
            "episodes:\n  1:\n    title: >-\n      Very\n      old\n    runtime: 60\n",
            '\n    title: "Home: #1"\n    runtime: 60\n',
        ),
        (
            "episodes:\n  1:\n    teaser: |\n      Very\n\n  2: {title: B}\n",
            '\n      Very\n\n    title: "Home: #1"\n  2: {title: B}\n',
        ),
        (
            "episodes:\n  2:\n    title: 'B'\n",
            "\n  2:\n    title: 'B'\n  1:\n    title: \"Home: #1\"\n",
        ),
    ],
)
def test_every_style_of_titles(before: str, after: str) -> None:
    write(f"{HEAD}airing: {BLOCK}\n{before}{SOURCE}")
    proposed = update(change(LISTING, e1={"title": "Home: #1"}))
    assert find_episode(proposed.schedule, "e01").title == "Home: #1"
    assert after in read()


def test_counts_are_raised_in_place() -> None:
    new = list_episode("2025-03-02T21:00", 9, season=1)
    write(f"{HEAD}airing:\n{indent(2)}{SOURCE}")
    update(add(LISTING, new))
    assert "\n  episodes: 9   # so far\n" in read()
    write(f"{HEAD}airing: {BLOCK.replace('episodes: 8', 'episodes: 1-8')}\n{SOURCE}")
    update(add(LISTING, new))
    assert "episodes: 1-9}\n" in read()


def test_json_stays_json() -> None:
    root = {
        "format": "1",
        "show": {"uid": "3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29", "slug": "show", "title": "Show"},
        "timezone": "America/New_York",
        "published": "2025-01-01T07:00:00-05:00",
        "airing": {
            "premiere": "2025-01-05",
            "weekdays": ["sunday"],
            "time": "21:00",
            "runtime": "60",
            "episodes": "8",
        },
        "platforms": {"channel": {"name": "Channel", "kind": "television", "region": "All"}},
        "source": {"ics": URL, "episodes": {f"e0{n}": f"200100{n}" for n in range(1, 9)}},
    }
    write(json.dumps(root, indent=2))
    update(NEWS)
    assert len(json.loads(read())["airing"]) == 2


def list_many(count: int) -> list[ListedEpisode]:
    whens = list_weekly("2025-09-07", 2 * count)
    odd = [each for n, each in enumerate(whens) if n % 5 not in {1, 2}][:count]
    return number_episodes(odd, season=2)


def test_long_values_are_broken_into_lines() -> None:
    write(f"{HEAD}airing:\n  - {BLOCK}\n{SOURCE}")
    update(add(LISTING, *list_many(40)))
    lines = read().splitlines()
    assert max(map(len, lines)) <= 101
    assert len(lines) < 50


def test_file_without_a_place_is_edited_by_hand() -> None:
    """The keys in question marks leave no place for lines."""
    text = f"{HEAD}airing: {BLOCK}\n{SOURCE}".replace("format: 1\n", "")
    write("? changes\n? format\n: 1\n" + text)
    before = read()
    proposed = propose(NEWS)
    assert (proposed.content, proposed.schedule) == (None, None)
    assert proposed.actions
    assert read() == before
    first, *_, last = proposed.by_hand
    assert first == 'schedule.yaml:1:1: Add to `episodes`:\n  1: {title: "Home: #1"}'
    assert last == (
        "schedule.yaml:2:1: Append to `changes`:\n"
        "  - {at: 2025-02-03T07:00:00-05:00, episodes: [7], move: 2025-02-17T20:00}\n"
        '  - {at: 2025-02-03T07:00:00-05:00, episodes: [1], note: "New title."}'
    )
