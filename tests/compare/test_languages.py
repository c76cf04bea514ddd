"""Comparisons of a site in several languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from defects_ical.compare.differences import Difference, Issue
from defects_ical.compare.live.published import load_published
from defects_ical.compare.report import build_report
from defects_ical.compare.site_diff import compare_site
from defects_ical.site.build import Site, build_site
from tests.compare.commands import URL, run_command
from tests.compare.edits import NOW, SITE_URL
from tests.site.translated_site import SCHEDULE
from tests.support.events import get_stamps, split_events
from tests.support.example_schedules import load_yaml, make_yaml
from tests.support.processes import run_granian

NOTE: Final = "  - {at: 2025-07-20T12:00:00+09:00, episodes: [1], note: {ko: 제목., en: Title.}}\n"
POSTPONED: Final = "  - {at: 2025-07-20T12:00:00+09:00, episodes: [2], status: postponed}\n"
NEW_TITLE: Final = ("en: The Start", "en: The Beginning")
NEW_TIME: Final = ("time: 22:00", "time: 21:00")
# Without Arabic.
FEWER: Final = re.sub(", ar(?:: [^,}]*)?", "", SCHEDULE)
# With English first, and with all texts in English.
TURNED: Final = SCHEDULE.replace("[ko, en, ar]", "[en, ko, ar]").replace(
    "{ko: 달린다., ar", "{ko: 달린다., en: They run., ar"
)


@cache
def build(text: str) -> Site:
    return build_site(load_yaml(text), SITE_URL)


def get_feeds(text: str, prefix: str = "/") -> dict[str, bytes]:
    """Return the calendars of a site below a path."""
    return {
        path: each.body
        for path, each in build(text).items()
        if path.endswith(".ics") and path.startswith(prefix)
    }


def compare(text: str, live: str | Mapping[str, bytes] = SCHEDULE) -> tuple[Difference, ...]:
    """Compare a schedule with the calendars of another, or with some calendars."""
    feeds = get_feeds(live) if isinstance(live, str) else live
    return compare_site(feeds, build(text), load_yaml(text))


def summarize(differences: Iterable[Difference]) -> list[tuple[str | None, str, str, str]]:
    return [(each.episode, each.kind, each.severity, each.feed) for each in differences]


def get_issues(text: str, live: str | Mapping[str, bytes] = SCHEDULE) -> list[tuple[Issue, str]]:
    return [(each.issue, each.feed) for each in compare(text, live) if each.issue]


def apply_entries(text: str, live: str | Mapping[str, bytes] = SCHEDULE) -> str:
    """Return a schedule with the suggested entries appended."""
    report = build_report(compare(text, live), load_yaml(text), NOW)
    assert report.entries
    return text + "".join(f"  {each}\n" for each in report.entries)


# What subscribers see.


@pytest.mark.parametrize("text", [SCHEDULE, FEWER, TURNED])
def test_same_site_has_no_differences(text: str) -> None:
    assert compare(text, text) == ()


def test_change_of_a_translation_is_a_warning() -> None:
    """Only its subscribers see it: the feed is that of its language."""
    (found,) = compare(SCHEDULE.replace(*NEW_TITLE))
    assert summarize([found]) == [("e01", "text changed", "warning", "/en/show.ics")]
    assert found.before == "title: The Defects: Episode 1, The Start"
    assert found.after == "title: The Defects: Episode 1, The Beginning"


def test_first_translation_of_a_text_is_a_warning() -> None:
    text = SCHEDULE.replace("en: Backstage", "en: Backstage, ar: كواليس")
    expected = [("extra", "text changed", "warning", "/ar/show.ics")]
    assert summarize(compare(text)) == expected


@pytest.mark.parametrize("edits", [[NEW_TITLE], [NEW_TITLE, ("ko: 시작", "ko: 개시")]])
def test_note_announces_text_in_all_languages(edits: list[tuple[str, str]]) -> None:
    """Entries have no language: the stamps of the event increase in every feed."""
    text = SCHEDULE
    for edit in edits:
        text = text.replace(*edit)
    announced = apply_entries(text)
    assert all(each.severity == "ok" for each in compare(announced))
    for path, before in get_feeds(SCHEDULE).items():
        after = split_events(get_feeds(announced)[path])
        for old, new in zip(split_events(before), after, strict=True):
            earlier, later = get_stamps(old), get_stamps(new)
            if "#e01\r\n" in old:
                assert all(was < now for was, now in zip(earlier, later, strict=True)), path
            else:
                assert earlier == later


def test_announced_text_is_reported_once() -> None:
    text = SCHEDULE.replace(*NEW_TITLE) + NOTE
    assert summarize(compare(text)) == [("e01", "text changed", "ok", "/show.ics")]


def test_change_of_all_languages_is_reported_once() -> None:
    text = SCHEDULE.replace(*NEW_TIME)
    assert summarize(compare(text)) == [
        ("e01", "moved", "error", "/show.ics"),
        # Its description says when it was first planned.
        ("e02", "text changed", "warning", "/show.ics"),
    ]
    assert [each.severity for each in compare(apply_entries(text))] == ["ok", "ok"]


@pytest.mark.parametrize("code", ["en", "ar"])
def test_one_language_is_enough_to_find_moves(code: str) -> None:
    """As if the others were never published."""
    live = get_feeds(SCHEDULE, f"/{code}/")
    found = compare(SCHEDULE.replace(*NEW_TIME), live)
    assert summarize(found)[0] == ("e01", "moved", "error", f"/{code}/show.ics")
    # In English, as everything that the command line prints.
    assert found[0].before == "Monday 21 July 2025, 22:00 KST"
    fixed = apply_entries(SCHEDULE.replace(*NEW_TIME), live)
    assert not get_issues(fixed, live)


@pytest.mark.parametrize("prefix", ["/", "/en/", "/ar/"])
def test_postponed_event_is_read_back(prefix: str) -> None:
    """In a calendar, only its title says that it is postponed: in the language of the feed."""
    live = get_feeds(SCHEDULE + POSTPONED, prefix)
    assert compare(SCHEDULE + POSTPONED, live) == ()
    (found,) = compare(SCHEDULE, live)
    assert (found.before, found.after) == ("postponed", "confirmed")
    assert found.feed == f"{prefix}show.ics"


# Languages that come and go.


def test_added_language_changes_nothing() -> None:
    assert compare(SCHEDULE, FEWER) == ()


def test_removed_language_is_an_error() -> None:
    assert get_issues(FEWER) == [(Issue.LANGUAGE_MISSING, "/ar/")]
    report = build_report(compare(FEWER), load_yaml(FEWER), NOW)
    assert report.steps == ("/ar/: Restore it in `languages`.",)


def test_all_other_languages_removed() -> None:
    text = re.sub(r"languages: .*\n", "languages: [ko]\n", SCHEDULE)
    text = re.sub(", (?:en|ar): [^,}]*", "", text)
    found = [(Issue.LANGUAGE_MISSING, "/en/"), (Issue.LANGUAGE_MISSING, "/ar/")]
    assert get_issues(text) == found


@pytest.mark.parametrize(
    ("text", "live", "codes"),
    [(TURNED, SCHEDULE, ("ko", "en")), (SCHEDULE, TURNED, ("en", "ko"))],
)
def test_another_main_language_is_an_error(text: str, live: str, codes: tuple[str, str]) -> None:
    """It is not that a language is gone, though its folder is."""
    found, *others = compare(text, live)
    assert (found.issue, found.feed) == (Issue.MAIN_LANGUAGE_CHANGED, "/show.ics")
    assert (found.before, found.after) == codes
    # What lacks a translation is in another language now.
    assert {each.issue for each in others} == {Issue.UNANNOUNCED_TEXT}
    assert {each.feed for each in others} == {"/ar/show.ics"}


@pytest.mark.parametrize(
    ("text", "live"),
    [
        (f"languages: [ko, en]\n{make_yaml()}", make_yaml()),
        (make_yaml(), f"languages: [ko, en]\n{make_yaml()}"),
        (f"languages: [ja]\n{make_yaml()}", f"languages: [de]\n{make_yaml()}"),
    ],
)
def test_another_only_language_is_an_error(text: str, live: str) -> None:
    found = [each for each in get_issues(text, live) if each[1] != "/en/"]
    assert found == [(Issue.MAIN_LANGUAGE_CHANGED, "/show.ics")]


def test_folder_of_new_main_language_is_an_error() -> None:
    """Its subscribers would get no updates."""
    live = get_feeds(SCHEDULE, "/en/")
    (found,) = compare(TURNED, live)
    assert (found.issue, found.feed) == (Issue.MAIN_LANGUAGE_CHANGED, "/en/")
    assert found.severity == "error"


# Where feeds come from.


@pytest.fixture
def translated_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make and enter a folder with the schedule, and its export in `public`."""
    monkeypatch.chdir(tmp_path)
    Path("schedule.yaml").write_text(SCHEDULE, "utf-8")
    assert run_command("export", "public", "--url", URL).exit_code == 0
    return tmp_path


@pytest.mark.usefixtures("translated_folder")
def test_folder_has_the_feeds_of_all_languages() -> None:
    published = load_published("public", load_yaml(SCHEDULE))
    expected = {
        path: body for path, body in get_feeds(SCHEDULE).items() if "/episodes/" not in path
    }
    assert published.site_url == SITE_URL
    assert published.calendars == expected
    result = run_command("check", "--against", "public")
    assert (result.exit_code, result.stdout.splitlines()[1]) == (0, "schedule.yaml: no changes")


@pytest.mark.usefixtures("translated_folder")
@pytest.mark.parametrize(
    "name",
    [
        "en/show.ics",
        "ar/show-ena-reminders.ics",
        "en/episodes/show-e01.ics",
        "ar/episodes/show-e01.ics",
    ],
)
def test_one_file_of_a_language_is_compared(name: str) -> None:
    assert [*load_published(f"public/{name}", load_yaml(SCHEDULE)).calendars] == [f"/{name}"]
    Path("schedule.yaml").write_text(SCHEDULE.replace(*NEW_TIME), "utf-8")
    # Its name does not matter.
    Path(f"public/{name}").rename("downloaded.ics")
    result = run_command("check", "--against", "downloaded.ics")
    assert result.exit_code == 1
    assert (
        "- {at: 2025-08-01T12:00:00+09:00, episodes: [1], move: 2025-07-21T21:00}" in result.stdout
    )


def test_address_of_a_site_has_all_languages(translated_folder: Path) -> None:
    """Other feeds than those with reminders: these have the same events."""
    expected = {
        path: body
        for path, body in get_feeds(SCHEDULE).items()
        if "/episodes/" not in path and "-reminders" not in path
    }
    with run_granian(translated_folder / "schedule.yaml", URL) as server:
        for end in ("", "/"):
            address = f"http://127.0.0.1:{server.port}{end}"
            assert load_published(address, load_yaml(SCHEDULE)).calendars == expected


def test_address_of_a_language_is_compared(translated_folder: Path) -> None:
    Path("edited.yaml").write_text(SCHEDULE.replace(*NEW_TIME), "utf-8")
    with run_granian(translated_folder / "schedule.yaml", "https://me.example/shows") as server:
        url = f"http://127.0.0.1:{server.port}/en/show.ics"
        same = run_command("check", "--against", url)
        edited = run_command("check", "--against", url, "--schedule", "edited.yaml")
    assert (same.exit_code, same.stdout.splitlines()[1]) == (0, "schedule.yaml: no changes")
    assert edited.exit_code == 1
    assert "episodes: [1], move: 2025-07-21T21:00}" in edited.stdout


@pytest.mark.usefixtures("translated_folder")
def test_folder_of_a_language_alone_is_compared() -> None:
    result = run_command("check", "--against", "public/en")
    assert (result.exit_code, result.stdout.splitlines()[1]) == (0, "schedule.yaml: no changes")


@pytest.mark.usefixtures("translated_folder")
def test_removed_language_is_told_by_its_folder() -> None:
    Path("schedule.yaml").write_text(FEWER, "utf-8")
    result = run_command("check", "--against", "public")
    assert result.exit_code == 1
    assert "- /ar/: Restore it in `languages`.\n" in result.stdout


@pytest.mark.usefixtures("translated_folder")
def test_file_of_a_removed_language_is_an_error() -> None:
    """A file alone does not tell the language's folder from that of a site."""
    Path("schedule.yaml").write_text(FEWER, "utf-8")
    result = run_command("check", "--against", "public/ar/show.ics")
    assert result.exit_code == 1
    assert "Put the former one first in `languages`" in result.stdout


def test_site_in_a_folder_with_the_name_of_a_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no folder of another site, if the schedule has one language."""
    monkeypatch.chdir(tmp_path)
    text = f"languages: [ko]\n{make_yaml()}"
    Path("schedule.yaml").write_text(text, "utf-8")
    assert run_command("export", "public", "--url", "https://me.example/ko").exit_code == 0
    result = run_command("check", "--against", "public")
    assert (result.exit_code, result.stdout.splitlines()[1]) == (0, "schedule.yaml: no changes")


# Exports.


@pytest.mark.usefixtures("translated_folder")
@pytest.mark.parametrize("kept", ["", "en", "ar"])
def test_export_refuses_unannounced_move(kept: str) -> None:
    """Also if only the feeds of one language are there any more."""
    for path in Path("public").rglob("*.ics"):
        if kept and path.parent.name != kept:
            path.unlink()
    Path("schedule.yaml").write_text(SCHEDULE.replace(*NEW_TIME), "utf-8")
    refused = run_command("export", "public", "--url", URL)
    assert (refused.exit_code, refused.stdout) == (1, "")
    day = "Monday 21 July 2025"
    assert f": moved from {day}, 22:00 KST to {day}, 21:00 KST without" in refused.stderr
    assert refused.stderr.count("21:00 KST") == 1
    assert refused.stderr.endswith("  Use --force to export anyway.\n")
    Path("schedule.yaml").write_text(SCHEDULE, "utf-8")
    assert run_command("export", "public", "--url", URL).exit_code == 0


@pytest.mark.usefixtures("translated_folder")
def test_export_refuses_to_remove_a_language() -> None:
    Path("schedule.yaml").write_text(FEWER, "utf-8")
    refused = run_command("export", "public", "--url", URL)
    assert refused.exit_code == 1
    assert "the language is gone, so its subscribers would get no updates" in refused.stderr
    assert Path("public/ar/show.ics").exists()
    forced = run_command("export", "public", "--url", URL, "--force")
    assert forced.exit_code == 0
    assert not Path("public/ar/show.ics").exists()
    assert Path("public/en/show.ics").exists()


@pytest.mark.usefixtures("translated_folder")
def test_export_warns_of_a_changed_translation() -> None:
    Path("schedule.yaml").write_text(SCHEDULE.replace(*NEW_TITLE), "utf-8")
    result = run_command("export", "public", "--url", URL)
    assert result.exit_code == 0
    title = "The Defects: Episode 1, The Beginning"
    assert result.stderr.startswith(f"warning: public: Episode 1: text changed (title: {title})")
    assert "The Beginning" in Path("public/en/show.ics").read_text("utf-8")


@pytest.mark.usefixtures("translated_folder")
def test_export_to_the_url_of_a_language_is_refused() -> None:
    result = run_command("export", "other", "--url", f"{URL}en")
    assert (result.exit_code, result.stdout, Path("other").exists()) == (1, "", False)
    assert result.stderr == (
        "schedule.yaml:2:17: languages[1]: the URL of the site ends in `/en`, the folder of a "
        "language. Publish it at `https://defects.example/`, or remove the language.\n"
    )
