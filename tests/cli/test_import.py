"""The command ``import``: what becomes of a source, and what is refused."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from defects_ical.cli.app import main
from defects_ical.schedule.episodes import Episode
from defects_ical.schedule.expansion import expand_episodes
from defects_ical.schedule.loader import load_schedule
from tests.conftest import ROOT
from tests.support.faulty_server import Reply, Request, Scenario, serve
from tests.support.terminal import TAB, run_in_terminal
from tests.support.tvmaze import (
    BINGE,
    DAILY,
    ENDED,
    SEASONS,
    UNKNOWN,
    WEEKLY,
    TVmazeServer,
    load_shows,
    serve_tvmaze,
)

CALENDARS = ROOT / "tests" / "sources" / "calendars"
SHOWS = [WEEKLY, DAILY, BINGE, SEASONS, UNKNOWN, ENDED]
NAMES_NO_ZONE = {BINGE}


def run_import(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["import", *arguments])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty folder the working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def list_broadcasts(show: dict[str, Any]) -> set[tuple[str, datetime | date]]:
    """Return the id of each dated episode of TVmaze, and its start, or its date if that is all."""
    found: set[tuple[str, datetime | date]] = set()
    for each in show["_embedded"]["episodeswithspecials"]:
        if each["airdate"] and each["airtime"]:
            found.add((str(each["id"]), datetime.fromisoformat(each["airstamp"]).astimezone(UTC)))
        elif each["airdate"]:
            found.add((str(each["id"]), date.fromisoformat(each["airdate"])))
    return found


def get_start(episode: Episode) -> datetime | date:
    return episode.start or episode.date


@pytest.mark.parametrize("show_id", SHOWS)
def test_show_of_tvmaze_has_its_air_stamps(show_id: int) -> None:
    """Each start is the air stamp to the minute, or its day where TVmaze knows no hour."""
    zone = ["--timezone", "Europe/London"] if show_id in NAMES_NO_ZONE else []
    with serve_tvmaze() as server:
        result = run_import(f"tvmaze:{show_id}", "--tvmaze-api", server.api, *zone)
    assert result.exit_code == 0, result.stderr
    show = load_shows()[show_id]
    schedule = load_schedule(Path("schedule.yaml"))
    assert schedule.source
    ids = schedule.source.episodes
    assert {
        (ids[each.id], get_start(each)) for each in expand_episodes(schedule)
    } == list_broadcasts(show)
    assert not schedule.changes
    assert schedule.show.credit
    assert schedule.show.credit.url == show["url"]
    assert show["image"]["original"] not in Path("schedule.yaml").read_text("utf-8")
    assert not any(each.teaser or each.recap for each in schedule.episodes.values())
    assert CliRunner().invoke(main, ["check"]).exit_code == 0


def test_import_says_what_it_made() -> None:
    with serve_tvmaze() as server:
        result = run_import(f"tvmaze:{UNKNOWN}", "comet.yaml", "--tvmaze-api", server.api)
    first, left_out, *rest = result.stdout.splitlines(keepends=True)
    assert first == "comet.yaml: Paper Comet, 4 episodes from TVmaze (CC BY-SA 4.0)\n"
    assert left_out.startswith("- Left out, because their date is not known yet: Episodes 5")
    assert "".join(rest) == (
        "- The source does not say how long 1 episode is: check `runtime`.\n"
        "- The slug, which is in every URL and never changes, is `paper-comet`: choose it now.\n"
        "- The `uid` is new. If people already subscribe to a feed of this show, use the `uid` and "
        "the `slug` of its schedule: under the old address, they would see every episode twice.\n"
        "Complete the file as its comments say, then run:\n"
        "  defects-ical check --schedule comet.yaml\n"
        "  defects-ical serve --schedule comet.yaml\n"
        "  defects-ical export public --url URL --schedule comet.yaml\n"
    )
    assert not result.stderr


def test_options_decide() -> None:
    with serve_tvmaze() as server:
        arguments = ["--title", "North", "--slug", "gate", "--timezone", "Asia/Seoul"]
        url = f"https://www.tvmaze.com/shows/{WEEKLY}/northgate"
        result = run_import(url, "--tvmaze-api", server.api, "--summaries", *arguments)
    assert result.exit_code == 0, result.stderr
    schedule = load_schedule(Path("schedule.yaml"))
    assert (schedule.show.title, schedule.show.slug) == ("North", "gate")
    assert schedule.timezone == "Asia/Seoul"
    assert any(each.recap for each in schedule.episodes.values())


@pytest.mark.parametrize(
    ("name", "arguments", "starts"),
    [
        ("google", [], ["2025-10-05T21:00:00Z"]),
        ("outlook", [], []),
        ("apple", ["--timezone", "America/New_York"], []),
        ("utc", ["--timezone", "Asia/Tokyo"], []),
        ("all-day", ["--timezone", "Europe/Berlin"], []),
        ("recurring", [], []),
        ("floating", ["--timezone", "Europe/Dublin"], []),
        ("korean", [], []),
    ],
)
def test_calendar_becomes_a_schedule(name: str, arguments: list[str], starts: list[str]) -> None:
    """Files in the style of eight clients become schedules that `check` accepts."""
    result = run_import(str(CALENDARS / f"{name}.ics"), *arguments)
    assert result.exit_code == 0, result.stderr
    assert CliRunner().invoke(main, ["check"]).exit_code == 0
    schedule = load_schedule(Path("schedule.yaml"))
    assert len(expand_episodes(schedule)) >= 2
    assert not schedule.changes
    assert not starts or schedule.source is None


def test_zone_is_asked_for_on_a_terminal(folder: Path) -> None:
    """A source that names no zone is a question; without a terminal, the option is missing."""
    arguments = ["import", str(CALENDARS / "utc.ics")]
    assert "Use `--timezone`" in CliRunner().invoke(main, arguments).stderr
    with run_in_terminal(arguments, folder) as terminal:
        terminal.answer("In which one is the show announced?", "Seoul?")
        terminal.expect("This is not an IANA time zone.")
        terminal.answer("In which one is the show announced?", f"seou{TAB}")
        assert terminal.wait() == 0
    assert load_schedule(Path("schedule.yaml")).timezone == "Asia/Seoul"


def test_interrupted_question_leaves_nothing(folder: Path) -> None:
    with run_in_terminal(["import", str(CALENDARS / "utc.ics")], folder) as terminal:
        terminal.expect("In which one is the show announced?")
        assert terminal.interrupt() == 1
    assert not [*folder.iterdir()]


def test_existing_file_is_refused_before_a_request() -> None:
    Path("schedule.yaml").write_text("", "utf-8")
    with serve_tvmaze() as server:
        result = run_import(f"tvmaze:{WEEKLY}", "--tvmaze-api", server.api)
    assert (result.exit_code, server.log) == (1, [])
    assert result.stderr == "error: schedule.yaml: already exists. Choose another file.\n"


def set_many_episodes(server: TVmazeServer) -> None:
    episodes = server.shows[WEEKLY]["_embedded"]["episodeswithspecials"]
    episodes += [dict(episodes[0], id=n, number=n) for n in range(100_000)]


def set_control_characters(server: TVmazeServer) -> None:
    server.shows[WEEKLY]["name"] = "\x00\x07"


def set_other_shape(server: TVmazeServer) -> None:
    server.shows[WEEKLY]["_embedded"] = {"episodeswithspecials": ["no", "object"]}


def refuse_all(server: TVmazeServer) -> None:
    server.refusals = 10


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (set_many_episodes, "the response is larger than 10 MB"),
        (set_control_characters, "`name` is empty"),
        (set_other_shape, "episodeswithspecials"),
        (refuse_all, "Try again in a minute."),
    ],
)
def test_hostile_show_writes_nothing(prepare: Any, message: str, folder: Path) -> None:
    with serve_tvmaze() as server:
        prepare(server)
        result = run_import(f"tvmaze:{WEEKLY}", "--tvmaze-api", server.api)
    assert result.exit_code == 1
    assert message in result.stderr
    assert not [*folder.iterdir()]


def test_yaml_in_titles_stays_text() -> None:
    """Titles that look like YAML, or like the end of it, are titles."""
    titles = ["- {at: 1}", "no", "*alias", "&anchor", "!!tag x", "a: b # c", '"', "'", "{{ x }}"]
    with serve_tvmaze() as server:
        episodes = server.shows[WEEKLY]["_embedded"]["episodeswithspecials"]
        for each, title in zip(episodes, titles, strict=False):
            each["name"] = title
        result = run_import(f"tvmaze:{WEEKLY}", "--tvmaze-api", server.api)
    assert result.exit_code == 0, result.stderr
    schedule = load_schedule(Path("schedule.yaml"))
    assert [each.title for each in expand_episodes(schedule)][: len(titles)] == titles


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("missing.csv", "missing.csv: the file does not exist. Use `tvmaze:12345`"),
        ("gopher://x.example/a.ics", "not an http, https or webcal URL"),
        ("tvmaze:999", "TVmaze has no show 999"),
    ],
)
def test_unknown_source_is_reported(source: str, message: str, folder: Path) -> None:
    with serve_tvmaze() as server:
        result = run_import(source, "--tvmaze-api", server.api)
    assert result.exit_code == 1
    assert message in result.stderr
    assert not [*folder.iterdir()]


TABLES = ROOT / "tests" / "sources" / "tables"


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("day-or-month", [], "Choose with `--date-order day-first` or `--date-order month-first`."),
        ("no-timezone", [], "Use `--timezone`"),
        ("plain", ["--timezone", "KST"], "Asia/Seoul"),
        ("two-digit-years", [], "--date-order"),
    ],
)
def test_ambiguous_table_is_a_question(
    name: str, arguments: list[str], message: str, folder: Path
) -> None:
    result = run_import(str(TABLES / f"{name}.csv"), *arguments)
    assert result.exit_code == 1
    assert message in result.stderr
    assert not [*folder.iterdir()]


def test_ignored_columns_are_named(folder: Path) -> None:
    (folder / "show.csv").write_text("episode,date,director,mood\n1,2025-07-21,Ann,calm\n")
    result = run_import("show.csv", "--timezone", "Asia/Seoul")
    assert "- Columns with other names were ignored: `director` and `mood`.\n" in result.stdout


def test_answer_to_the_question_imports_the_table() -> None:
    answer = ["--date-order", "day-first", "--timezone", "Asia/Seoul"]
    result = run_import(str(TABLES / "day-or-month.csv"), *answer)
    assert result.exit_code == 0, result.stderr
    starts = [each.date for each in expand_episodes(load_schedule(Path("schedule.yaml")))]
    assert starts == sorted(starts)
    assert starts[0] == date(2025, 4, 3)


def test_page_instead_of_a_calendar_is_reported(folder: Path) -> None:
    """A web page is no calendar, with or without the right type."""
    body = b"<!doctype html><title>Sign in</title>"

    def respond(_: Request) -> Reply:
        return Reply(200, {"Content-Type": "text/calendar"}, body)

    with serve(Scenario(respond)) as server:
        result = run_import(server.url)
    assert result.exit_code == 1
    assert "a web page (“Sign in”), not a calendar" in result.stderr
    assert not [*folder.iterdir()]


def test_calendar_of_a_url_can_be_updated() -> None:
    """Its URL is the source of the schedule, and the UIDs of its events are the ids."""
    body = (CALENDARS / "google.ics").read_bytes()

    def respond(_: Request) -> Reply:
        return Reply(200, {"Content-Type": "text/calendar"}, body)

    with serve(Scenario(respond)) as server:
        result = run_import(server.url)
    assert result.exit_code == 0, result.stderr
    source = load_schedule(Path("schedule.yaml")).source
    assert source
    assert source.ics == server.url
    assert json.dumps([*source.episodes.values()]).count("@") == len(source.episodes)
