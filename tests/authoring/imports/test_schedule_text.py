"""The whole text of an imported schedule.

In `data/`, NAME.yaml is what is written for NAME in FILES.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from defects_ical.authoring.imports import texts
from defects_ical.authoring.imports.imported_schedule import create_imported_schedule
from defects_ical.authoring.imports.options import ImportOptions
from defects_ical.authoring.imports.platforms import KINDS, MAX_PLATFORMS
from defects_ical.authoring.imports.schedule_text import render_schedule
from defects_ical.errors import ListingError
from defects_ical.model.schedule import build_json_schema
from defects_ical.schedule.expansion import expand_episodes
from defects_ical.schedule.loader import load_schedule
from defects_ical.sources import plain_text
from defects_ical.sources.listing import ListedEpisode, ListedPlatform, Listing
from tests.authoring.imports.listings import (
    TVMAZE,
    list_episode,
    list_weekly,
    make_lighthouse,
    make_listing,
    number_episodes,
)
from tests.authoring.shows import FILE, NOW, UID

DATA = Path(__file__).parent / "data"
SUMMARIES = ImportOptions(with_summaries=True)
FILES = {
    "seasons": (make_lighthouse(), ImportOptions()),
    "summaries": (make_lighthouse(), SUMMARIES),
    "film": (
        make_listing([list_episode("2025-12-12T20:00", None, title="The Show", runtime=131)]),
        ImportOptions(slug="film"),
    ),
}


def write_golden() -> None:
    """Replace the golden files by what is written now."""
    for name, (listing, options) in FILES.items():
        (DATA / f"{name}.yaml").write_text(render_schedule(listing, options, UID, NOW), "utf-8")


@pytest.mark.parametrize("name", FILES)
def test_schedule_text_is_golden(name: str) -> None:
    listing, options = FILES[name]
    text = render_schedule(listing, options, UID, NOW)
    assert text == (DATA / f"{name}.yaml").read_text("utf-8")


@pytest.mark.parametrize("name", FILES)
def test_comments_fit_in_100_columns(name: str) -> None:
    lines = (DATA / f"{name}.yaml").read_text("utf-8").splitlines()
    assert max(len(each) for each in lines if each.lstrip().startswith("# ")) <= 100


@pytest.mark.parametrize("name", FILES)
def test_example_change_is_valid(name: str, folder: Path) -> None:
    listing, options = FILES[name]
    text = render_schedule(listing, options, UID, NOW)
    (folder / FILE).write_text(re.sub(r"^( *)#(?=[^ \n])", r"\1", text, flags=re.MULTILINE))
    moved = [each for each in expand_episodes(load_schedule(folder / FILE)) if each.revisions]
    assert len(moved) == 1


def test_modeline_needs_json_schema_file(folder: Path) -> None:
    (folder / "schedule.schema.json").touch()
    listing = make_listing(number_episodes(list_weekly("2025-01-05", 3)))
    create_imported_schedule(folder / FILE, listing, ImportOptions(), UID, NOW)
    modeline = "# yaml-language-server: $schema=schedule.schema.json"
    assert (folder / FILE).read_text().splitlines()[0] == modeline


def read_source(listing: Listing) -> object:
    """Return what is under `source` of an imported schedule, as any YAML reader has it."""
    return yaml.safe_load(render_schedule(listing, ImportOptions(), UID, NOW)).get("source")


def test_source_has_ids_of_every_episode() -> None:
    assert read_source(make_lighthouse()) == {
        "tvmaze": 82,
        "episodes": {
            **{f"s01e{n:02}": 2_001_000 + n for n in range(1, 9)},
            **{f"s02e{n:02}": 2_002_000 + n for n in range(1, 5)},
            "the-lighthouse-at-christmas": 2_001_000,
        },
    }


def test_ids_of_many_episodes_are_wrapped() -> None:
    episodes = number_episodes(list_weekly("2025-01-05", 100))
    listing = replace(make_listing(episodes), kind="tvmaze", reference="82")
    text = render_schedule(listing, ImportOptions(), UID, NOW)
    assert max(map(len, text[text.index("source:") :].splitlines())) <= 100
    assert read_source(listing) == {
        "tvmaze": 82,
        "episodes": {f"e{n:02}": 2_000_000 + n for n in range(1, 101)},
    }


@pytest.mark.parametrize("identifier", ["", "2001002", "a\nb", "a\x07", "x" * 501, "\ud800"])
def test_source_is_left_out_without_unique_ids(identifier: str) -> None:
    listing = make_lighthouse()
    first, *others = listing.episodes
    changed = (replace(first, id=identifier), *others)
    assert read_source(replace(listing, episodes=changed)) is None


@pytest.mark.parametrize(
    ("kind", "reference"),
    [
        ("tvmaze", ""),
        ("tvmaze", "x"),
        ("ics", "webcal://a.example/"),
        ("csv", "82"),
        ("ics", "a:b"),
    ],
)
def test_source_is_left_out_without_reference(kind: str, reference: str) -> None:
    assert read_source(replace(make_lighthouse(), kind=kind, reference=reference)) is None


def test_texts_of_source_are_quoted() -> None:
    listing = replace(
        make_listing(number_episodes(list_weekly("2025-01-05", 1))),
        kind="ics",
        reference="https://show.example/a.ics?b=c,d#e",
        credit=replace(TVMAZE, name="no"),
    )
    uid = "[a]: b@example, #1"
    listing = replace(listing, episodes=(replace(listing.episodes[0], id=uid),))
    assert read_source(listing) == {"ics": listing.reference, "episodes": {"e01": uid}}
    read = yaml.safe_load(render_schedule(listing, ImportOptions(), UID, NOW))
    assert read["show"]["credit"] == {"name": "no", "url": TVMAZE.url, "licence": TVMAZE.licence}


def list_notes(*episodes: ListedEpisode) -> str:
    """Return the comments above the plan, in one line."""
    text = render_schedule(make_listing(episodes), ImportOptions(), UID, NOW)
    above = re.split("\n(?:airing|specials):\n", text)[0].split("\n\n")[-1]
    return above.replace("\n# ", " ").removeprefix("# ")


WEEKLY = number_episodes(list_weekly("2025-01-05", 3))


@pytest.mark.parametrize(
    ("episodes", "note"),
    [
        (
            [*number_episodes([""] * 3, first=4), list_episode("", None, title="Making #of")],
            (
                "Left out, because their date is not known yet: Episodes 4\u20136; `Making #of`. "
                "Add them when it is."
            ),
        ),
        (
            [replace(list_episode("2025-01-26T21:00", 4), is_cancelled=True)],
            "Left out, because the source has them as cancelled: Episode 4.",
        ),
        (
            [
                list_episode("1963-11-23T17:15", 4, zone="UTC"),
                list_episode("1973-01-01T01:00", 5, zone="UTC"),
                list_episode("2038-01-01", 6),
            ],
            "Left out, because a schedule has the years 1973 to 2037 only: Episodes 4\u20136.",
        ),
        (
            [list_episode("2025-01-26T21:00", 3), list_episode("2025-02-02T21:00", 3)],
            "Listed more than once, and taken the first time: Episode 3.",
        ),
        (
            [list_episode("2025-01-26T21:00", 4, runtime=None)],
            "The source does not say how long 1 episode is: check `runtime`.",
        ),
    ],
)
def test_notes_say_what_is_not_as_in_source(episodes: list[ListedEpisode], note: str) -> None:
    assert list_notes(*WEEKLY, *episodes) == note


def test_long_list_of_names_is_cut() -> None:
    undated = [list_episode("", None, title=f"{n} {'x' * 99}") for n in range(50)]
    note = list_notes(*WEEKLY, *undated)
    assert "; 46 more. Add them when it is." in note
    assert len(note) < 500


def test_episodes_without_names_are_numbered() -> None:
    whens = list_weekly("2025-01-05", 3)
    nameless = [list_episode(each, None) for each in reversed(whens)]
    assert list_notes(*nameless) == "The source has no numbers: the episodes have them by date."
    read = yaml.safe_load(render_schedule(make_listing(nameless), ImportOptions(), UID, NOW))
    assert read["airing"]["episodes"] == 3


def test_hopeless_listing_is_refused() -> None:
    listing = make_listing([list_episode("", 1), list_episode("", 2)])
    with pytest.raises(ListingError) as caught:
        render_schedule(listing, ImportOptions(), UID, NOW)
    assert str(caught.value) == (
        "The source lists no episode that can be planned. Left out, because their date is not "
        "known yet: Episodes 1\u20132. Add them when it is."
    )
    with pytest.raises(ListingError, match="It has no episodes at all"):
        render_schedule(make_listing([]), ImportOptions(), UID, NOW)


def test_source_without_platform_gets_a_placeholder() -> None:
    text = render_schedule(make_listing(WEEKLY), ImportOptions(), UID, NOW)
    platform = '  television: {name: "Television", kind: television, region: "everywhere"}\n'
    assert "# The source names no channel or service: write here who shows it.\n" in text
    assert f"platforms:\n{platform}" in text


def test_platforms_have_unique_valid_ids(folder: Path) -> None:
    names = ["CBS", "CBS!", "티빙", "채널", "Reminders", "CBS reminders", " ", "x" * 99, "x" * 98]
    platforms = [ListedPlatform(each, "radio", url="ftp://x") for each in names]
    platforms.append(ListedPlatform("BBC", "cinema", "United\nKingdom", "https://a.example/?b=c,d"))
    listing = replace(make_listing(WEEKLY), platforms=(*platforms, *platforms, *platforms))
    schedule = create_imported_schedule(folder / FILE, listing, ImportOptions(), UID, NOW)
    ids = ["cbs", "cbs-2", "channel-1", "channel-2", "channel-3", "channel-4"]
    assert [*schedule.platforms][:9] == [*ids, "x" * 60, f"{'x' * 58}-2", "bbc"]
    assert len(schedule.platforms) == 20
    assert {each.kind for each in schedule.platforms.values()} == {"television", "cinema"}
    assert schedule.platforms["bbc"].region == "United Kingdom"
    assert schedule.platforms["bbc"].url == "https://a.example/?b=c%2Cd"
    assert schedule.platforms["cbs"].url is None


def test_limits_are_those_of_the_format() -> None:
    schema = build_json_schema()
    show = schema["$defs"]["Show"]["properties"]
    synopsis, genre = show["synopsis"]["anyOf"][0], show["genres"]["items"]["anyOf"][0]
    assert show["title"]["anyOf"][0]["maxLength"] == plain_text.MAX_LINE_LENGTH
    assert synopsis["maxLength"] == plain_text.MAX_TEXT_LENGTH
    assert (genre["maxLength"], show["genres"]["maxItems"]) == (texts.MAX_GENRE, texts.MAX_GENRES)
    assert show["cast"]["maxItems"] == texts.MAX_ROLES
    assert schema["properties"]["platforms"]["maxProperties"] == MAX_PLATFORMS
    kinds = schema["$defs"]["Platform"]["properties"]["kind"]["enum"]
    assert tuple(kinds) == KINDS
