"""The command ``check``: the episode table, warnings and errors."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from defects_ical.cli.app import main
from defects_ical.content.links.site_url import SiteURL
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import build_site
from tests.conftest import ROOT
from tests.support.example_schedules import make_yaml

DATA = Path(__file__).parent / "data"

SCHEDULE_WITH_CHANGES = make_yaml(
    clocks="[America/New_York, Australia/Sydney]",
    specials="[{id: making-of, title: The making of, airs: 2025-08-04T23:30, runtime: 45}]",
    changes="""
  - {at: 2025-08-01T12:00:00+09:00, episodes: [5], move: 2025-08-04T23:30, reason: Baseball.}
  - {at: 2025-08-02T12:00:00+09:00, episodes: [6], shift: {weeks: 1}, status: tentative}
  - {at: 2037-12-30T12:00:00+09:00, episodes: [7, 8], status: cancelled}
""",
)


def run_check(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", *arguments])


@pytest.fixture
def schedule_with_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a folder with a changed schedule the working folder."""
    monkeypatch.chdir(tmp_path)
    Path("schedule.yaml").write_text(SCHEDULE_WITH_CHANGES, "utf-8")


def test_check_lists_episodes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table has every episode with the local time on every clock."""
    monkeypatch.chdir(ROOT)
    result = run_check()
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (DATA / "check.txt").read_text("utf-8")


@pytest.mark.usefixtures("schedule_with_changes")
def test_check_lists_changes() -> None:
    """The table has statuses, revisions, and weekdays that differ on other clocks."""
    result = run_check()
    assert result.stdout == (DATA / "check-with-changes.txt").read_text("utf-8")


@pytest.mark.usefixtures("schedule_with_changes")
def test_check_warns() -> None:
    """A change in the future and episodes that start together are probably mistakes."""
    result = run_check()
    assert result.exit_code == 0
    assert result.stderr == (
        "warning: schedule.yaml:17:10: changes[2].at: the time is in the future. "
        "Use the time when it was decided.\n"
        "warning: schedule.yaml:15:3: changes: Episode 5 and The making of start at the same "
        "time, 2025-08-04 23:30. Move or cancel one of them in `changes`.\n"
    )


@pytest.mark.parametrize("name", ["seasons", "announced"])
def test_check_lists_every_kind_of_event(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables have common events, seasons, unknown hours, late nights and platforms' plans."""
    monkeypatch.chdir(DATA)
    result = run_check("--schedule", f"{name}.yaml")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (DATA / f"check-{name}.txt").read_text("utf-8")


LONG_SHOW = make_yaml(
    premiere="2016-07-18", weekdays="[monday, tuesday, wednesday, thursday, friday]", episodes=1600
)


def test_check_warns_of_large_feed(tmp_path: Path) -> None:
    file = tmp_path / "schedule.yaml"
    file.write_text(LONG_SHOW, "utf-8")
    result = run_check("--schedule", str(file))
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (
        0,
        f"{file}: OK, 1,600 episodes, 1 warning",
    )
    assert result.stderr == (
        f"warning: {file}:6:3: airing: `/show-channel-reminders.ics` has 1.1 MB, more than the "
        "1 MB that Google Calendar imports (1 other feed too). Begin with a later episode, like "
        "`episodes: 801-1600`, or use fewer entries in `changes`.\n"
    )


def test_comparison_warns_of_large_feed(tmp_path: Path) -> None:
    file = tmp_path / "schedule.yaml"
    file.write_text(LONG_SHOW, "utf-8")
    url = SiteURL.parse("https://show.example")
    live = tmp_path / "show.ics"
    live.write_bytes(build_site(load_schedule(file), url)["/show.ics"].body)
    result = run_check("--schedule", str(file), "--against", str(live))
    assert "`/show-channel-reminders.ics` has 1.1 MB" in result.stderr


def test_check_reports_problems(tmp_path: Path) -> None:
    file = tmp_path / "schedule.yaml"
    file.write_text(make_yaml(time="30:15"), "utf-8")
    result = run_check("--schedule", str(file))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"{file}:8:9: airing.time: `30:15` is past the night. Use `06:15`, and the next day.\n"
    )


TRANSLATED = """\
format: 1
languages: [ko, en, ja]
show:
  uid: 3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29
  slug: show
  title: {ko: 아이쇼핑, en: The Defects, ja: 欠陥}
  synopsis: 아이들.
  genres: [스릴러, 범죄]
timezone: Asia/Seoul
published: 2025-07-01T00:00:00+00:00
airing: {premiere: 2025-07-21, weekdays: [monday], time: 22:00, runtime: 60, episodes: 2}
platforms:
  ena: {name: ENA, kind: television, region: {ko: 대한민국, en: South Korea, ja: 韓国}}
episodes:
  1: {title: {ko: 시작, en: The Start}, teaser: 달린다.}
  2: {title: {ko: 끝, en: The End}}
"""


def test_check_lists_missing_translations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All else is in English, with the texts of the main language."""
    monkeypatch.chdir(tmp_path)
    Path("schedule.yaml").write_text(TRANSLATED, "utf-8")
    result = run_check()
    assert (result.exit_code, result.stderr) == (0, "")
    *_, english, japanese, verdict = result.stdout.splitlines()
    assert english == (
        "en: 4 texts are missing and shown in ko: show.synopsis, show.genres[0], show.genres[1], "
        "episodes.1.teaser"
    )
    assert japanese == (
        "ja: 6 texts are missing and shown in ko: show.synopsis, show.genres[0], show.genres[1], "
        "episodes.1.title, episodes.1.teaser and 1 more"
    )
    assert verdict == "schedule.yaml: OK, 2 episodes"
    assert [line.split() for line in result.stdout.splitlines()[:3]] == [
        ["아이쇼핑"],
        ["Ep.", "Title", "Seoul", "Status", "Rev."],
        ["1", "시작", "Mon", "2025-07-21", "22:00", "KST", "confirmed", "0"],
    ]


def test_one_missing_translation_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = make_yaml().replace("region: Everywhere", "region: {en: Everywhere, ko: 어디서나}")
    Path("schedule.yaml").write_text(f"languages: [en, ko, ja]\n{text}", "utf-8")
    *_, line, verdict = run_check().stdout.splitlines()
    assert line == "ja: 1 text is missing and shown in en: platforms.channel.region"
    assert verdict == "schedule.yaml: OK, 8 episodes"
