"""Follow a folder of schedules: each change concerns its show and what combines it, no other."""

from __future__ import annotations

import json
import logging
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from defects_ical.content.links.site_url import SiteURL
from defects_ical.errors import ScheduleError
from defects_ical.export.shows.show_stage import ExportTarget
from defects_ical.server.shows import publisher as publisher_module
from defects_ical.server.shows.exported_site import ExportedSite
from defects_ical.server.shows.publisher import FolderPublisher
from defects_ical.shows.folder import scan_folder
from tests.shows.shows import edit, make_uid, write_show

URL: Final = SiteURL.parse("https://tv.example/shows")


class Service:
    """A folder of schedules, what publishes it, and what serves it."""

    def __init__(self, folder: Path, exported: Path, *, allow_removal: bool = False) -> None:
        self.shows = folder
        self.target = ExportTarget(exported, URL)
        self.publisher = FolderPublisher(folder, self.target, allow_removal=allow_removal)
        self.publisher.start()
        self.site = ExportedSite(self.target)

    def poll(self, times: int = 3) -> None:
        for _ in range(times):
            self.publisher.poll()
        self.site.refresh()

    def get(self, path: str) -> bytes | None:
        found = self.site.find_responses(path)
        return found.plain.full.body if found else None

    def get_page(self, slug: str) -> str:
        return (self.get(f"/{slug}/") or b"").decode()

    @property
    def problems(self) -> dict[str, str]:
        health = self.site.describe_health()
        problems = health["problems"]
        assert isinstance(problems, dict)
        assert health["status"] == ("degraded" if problems else "ok")
        return problems


@pytest.fixture
def shows(tmp_path: Path) -> Path:
    folder = tmp_path / "shows"
    for name in ("one", "two", "three"):
        write_show(folder / f"{name}.yaml")
    return folder


@pytest.fixture
def service(shows: Path, tmp_path: Path) -> Iterator[Service]:
    running = Service(shows, tmp_path / "public")
    yield running
    running.publisher.close()


def test_every_show_is_served_under_both_kinds_of_paths(service: Service) -> None:
    assert service.problems == {}
    for slug in ("one", "two", "three"):
        feed = service.get(f"/{slug}/{slug}.ics")
        assert feed
        assert feed == service.get(f"/shows/{slug}/{slug}.ics")
    assert (service.get("/all.ics") or b"").count(b"BEGIN:VEVENT") == 12


def test_edit_concerns_its_show_and_what_combines_it(service: Service) -> None:
    before = {path: service.site.find_responses(path) for path in ("/two/", "/one/", "/all.ics")}
    edit(service.shows / "one.yaml", "title: one", "title: The first")
    service.poll()
    assert "The first" in service.get_page("one")
    assert b"The first" in (service.get("/all.ics") or b"")
    assert service.site.find_responses("/two/") is before["/two/"]
    assert service.problems == {}


def test_file_that_is_being_written_is_left_alone(service: Service) -> None:
    for number in range(3):
        edit(service.shows / "one.yaml", "title: one", "title: one ")
        edit(service.shows / "one.yaml", "title: one ", f"title: one{'!' * number} #")
        service.publisher.poll()
        edit(service.shows / "one.yaml", f"title: one{'!' * number} #", "title: one")
    service.site.refresh()
    assert "one!" not in service.get_page("one")


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("time: 21:00", "time: 21h", "one.yaml:5:58: airing.time: `21h` is not a time of day."),
        ("time: 21:00", "time: 22:00", "one.yaml: Episode 1: moved from "),
        ("slug: one", "slug: two", "one.yaml:2:57: show.slug: `two` is already the slug of"),
        ("slug: one", "slug: uno", "one.yaml:2:57: show.slug: subscribers of `/one/` would lose"),
    ],
)
def test_bad_edit_keeps_the_last_good_version(
    before: str, after: str, problem: str, service: Service
) -> None:
    page = service.get_page("one")
    path = service.shows / "one.yaml"
    edit(path, before, after)
    edit(service.shows / "two.yaml", "title: two", "title: The second")
    service.poll()
    assert service.get_page("one") == page
    assert "The second" in service.get_page("two")
    assert [*service.problems] == ["one.yaml"]
    assert service.problems["one.yaml"].startswith(problem)
    edit(path, after, before)
    service.poll()
    assert service.problems == {}


def test_problems_are_logged_once(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        edit(service.shows / "one.yaml", "time: 21:00", "time: 21h")
        service.poll(6)
        edit(service.shows / "one.yaml", "time: 21h", "time: 21:00")
        service.poll(6)
    assert [each.levelname for each in caplog.records] == ["WARNING", "INFO"]
    assert caplog.records[1].getMessage() == "one.yaml: no problems any more"


def test_edits_are_logged(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    """One line for each edit says what subscribers see."""
    entry = "changes: [{at: 2025-08-02T12:00:00+09:00, episodes: [2], status: postponed}]"
    with caplog.at_level(logging.INFO):
        edit(service.shows / "one.yaml", "platforms:", f"{entry}\nplatforms:")
        service.poll()
        write_show(service.shows / "below" / "four.yaml")
        service.poll()
    assert [each.getMessage() for each in caplog.records] == [
        f"{service.shows / 'one.yaml'}: edit is live. Episode 2: postponed.",
        f"{service.shows / 'below' / 'four.yaml'}: new show is live.",
    ]


def test_new_show_appears(service: Service) -> None:
    write_show(service.shows / "below" / "four.yaml")
    service.poll()
    assert service.get("/four/four.ics")
    assert (service.get("/all.ics") or b"").count(b"BEGIN:VEVENT") == 16
    assert b"/four/" in (service.get("/") or b"")


def test_gone_show_stays_until_a_restart(service: Service, tmp_path: Path) -> None:
    (service.shows / "one.yaml").unlink()
    service.poll()
    assert service.get("/one/one.ics")
    assert b"one" in (service.get("/all.ics") or b"")
    assert service.problems["one.yaml"].startswith(
        "one.yaml: the schedule is gone; `/one/` stays until a restart."
    )
    service.publisher.close()
    again = Service(service.shows, tmp_path / "public")
    assert again.get("/one/one.ics") is None
    assert again.problems == {}
    again.publisher.close()


def test_gone_show_is_taken_away_if_that_is_allowed(shows: Path, tmp_path: Path) -> None:
    service = Service(shows, tmp_path / "public", allow_removal=True)
    (shows / "one.yaml").unlink()
    service.poll()
    assert service.get("/one/one.ics") is None
    assert not (tmp_path / "public" / "one").exists()
    assert (service.get("/all.ics") or b"").count(b"BEGIN:VEVENT") == 8
    assert service.problems == {}
    service.publisher.close()


def test_only_an_edit_changes_when_the_site_was_edited(service: Service) -> None:
    (service.shows / "one.yaml").touch()
    service.poll()
    assert service.site.describe_health()["edited_at"] is None
    with (service.shows / "one.yaml").open("a", encoding="utf-8") as stream:
        stream.write("episodes: {1: {teaser: A start.}}\n")
    service.poll()
    assert service.site.describe_health()["edited_at"]


def test_renamed_show_moves_if_removal_is_allowed(shows: Path, tmp_path: Path) -> None:
    service = Service(shows, tmp_path / "public", allow_removal=True)
    edit(shows / "one.yaml", "slug: one", "slug: uno")
    service.poll()
    assert service.get("/one/one.ics") is None
    assert service.get("/uno/uno.ics")
    service.publisher.close()


def test_renamed_file_is_the_same_show(service: Service) -> None:
    (service.shows / "one.yaml").rename(service.shows / "first.yaml")
    service.poll()
    assert service.problems == {}
    assert service.get("/one/one.ics")
    edit(service.shows / "first.yaml", "title: one", "title: The first")
    service.poll()
    assert "The first" in service.get_page("one")


def test_schedule_that_comes_back_ends_its_problem(service: Service) -> None:
    path = service.shows / "one.yaml"
    path.rename(service.shows / "one.txt")
    service.poll()
    assert [*service.problems] == ["one.yaml"]
    (service.shows / "one.txt").rename(path)
    service.poll()
    assert service.problems == {}


def test_copied_file_is_refused(service: Service) -> None:
    shutil.copy(service.shows / "one.yaml", service.shows / "copy.yaml")
    service.poll()
    assert len(service.problems["copy.yaml"].splitlines()) == 2
    assert f"`{make_uid('one')}` is already the uid of" in service.problems["copy.yaml"]


def test_picture_that_arrives_later_is_taken_up(service: Service) -> None:
    edit(service.shows / "one.yaml", "title: one", "title: one, picture: picture.png")
    service.poll()
    assert "cannot be read" in service.problems["one.yaml"]
    content = make_picture()
    (service.shows / "picture.png").write_bytes(content)
    service.poll()
    assert service.problems == {}
    assert service.get("/one/picture.png") == content


def make_picture() -> bytes:
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (1200).to_bytes(4) + (630).to_bytes(4)


def test_settings_are_followed(service: Service) -> None:
    path = service.shows / "site.yaml"
    path.write_text("title: Korean shows\nfeeds: {a: {title: A, shows: [one]}}\n", "utf-8")
    service.poll()
    assert b"Korean shows" in (service.get("/") or b"")
    assert service.get("/a.ics")
    path.write_text("titel: Korean shows\n", "utf-8")
    service.poll()
    assert service.problems["site.yaml"].startswith("site.yaml:1:1: titel: unknown key.")
    assert service.get("/a.ics")
    path.write_text("title: Korean shows\n", "utf-8")
    service.poll()
    # A feed that is gone from the settings stays, and is reported.
    assert service.get("/a.ics")
    assert "the feed `/a.ics` is gone" in service.problems["site.yaml"]
    path.write_text("title: Korean shows\nfeeds: {a: {title: A, shows: [on]}}\n", "utf-8")
    service.poll()
    assert "no schedule has the show `on`. Use `one`" in service.problems["site.yaml"]
    # The settings before stay in use.
    assert (service.get("/a.ics") or b"").count(b"BEGIN:VEVENT") == 4


def test_shared_platform_is_followed_by_every_show(service: Service) -> None:
    settings = service.shows / "site.yaml"
    settings.write_text("platforms: {net: {name: Net, kind: streaming, region: here}}\n", "utf-8")
    write_show(service.shows / "four.yaml", platforms="[net]")
    service.poll()
    assert "four.yaml" not in service.problems
    edit(settings, "name: Net", "name: Network")
    service.poll(5)
    assert "Network" in service.get_page("four")


def test_broken_schedule_at_the_start_keeps_its_show(service: Service, tmp_path: Path) -> None:
    service.publisher.close()
    edit(service.shows / "one.yaml", "time: 21:00", "time: 21h")
    edit(service.shows / "two.yaml", "time: 21:00", "time: 22:00")
    again = Service(service.shows, tmp_path / "public")
    assert again.get("/one/one.ics") == service.get("/one/one.ics")
    # A start accepts every valid change.
    assert b"T220000" in (again.get("/two/two.ics") or b"")
    assert [*again.problems] == ["one.yaml"]
    again.publisher.close()


def test_process_that_takes_over_accepts_no_more_than_an_edit(
    service: Service, tmp_path: Path
) -> None:
    edit(service.shows / "one.yaml", "time: 21:00", "time: 22:00")
    (service.shows / "two.yaml").unlink()
    service.publisher.close()
    target = ExportTarget(tmp_path / "public", URL)
    publisher = FolderPublisher(service.shows, target, is_restart=False)
    publisher.start()
    publisher.poll()
    service.site.refresh()
    assert b"T210000" in (service.get("/one/one.ics") or b"")
    assert service.get("/two/two.ics")
    assert [*service.problems] == ["one.yaml", "two.yaml"]
    publisher.close()


def test_settings_with_a_mistake_at_the_start_are_reported(service: Service) -> None:
    service.publisher.close()
    (service.shows / "site.yaml").write_text("foo: 1\n", "utf-8")
    publisher = FolderPublisher(service.shows, service.target, is_restart=False)
    with pytest.raises(ScheduleError):
        publisher.start()
    publisher.close()
    assert service.problems["site.yaml"].startswith("site.yaml:1:1: foo: unknown key.")


def test_start_without_a_valid_schedule_fails(shows: Path, tmp_path: Path) -> None:
    for path in shows.glob("*.yaml"):
        edit(path, "time: 21:00", "time: 21h")
    with pytest.raises(ScheduleError) as caught:
        Service(shows, tmp_path / "public")
    assert len(caught.value.problems) == 3


def test_second_start_loads_nothing(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.publisher.close()
    monkeypatch.setattr("defects_ical.export.shows.show_stage.load_show", None)
    again = Service(service.shows, tmp_path / "public")
    assert again.get("/one/one.ics")
    again.publisher.close()


def test_folder_that_vanishes_changes_nothing(service: Service) -> None:
    service.shows.rename(service.shows.with_name("elsewhere"))
    service.poll()
    assert service.get("/one/one.ics")
    assert [*service.problems] == ["."]
    assert "cannot be read" in service.problems["."]
    service.shows.with_name("elsewhere").rename(service.shows)
    service.poll()
    assert service.problems == {}


def test_bug_or_full_disk_does_not_end_the_service(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(publisher_module, "RETRY_SECONDS", 0)
    with monkeypatch.context() as patch:
        patch.setattr("defects_ical.export.shows.show_stage.build_site", lambda *_: 1 / 0)
        edit(service.shows / "one.yaml", "title: one", "title: The first")
        service.poll(6)
        assert [each.levelname for each in caplog.records] == ["ERROR"]
        assert service.get("/one/one.ics")
    service.poll()
    assert "The first" in service.get_page("one")
    assert service.problems == {}


def test_pauses_grow_with_the_folder(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    service.poll()
    assert service.publisher.poll_seconds <= 0.5

    def scan_slowly(folder: Path) -> object:
        time.sleep(0.01)
        return scan_folder(folder)

    monkeypatch.setattr(publisher_module, "scan_folder", scan_slowly)
    service.poll(1)
    assert service.publisher.poll_seconds > 1


def test_slug_that_became_free_can_be_used_again(shows: Path, tmp_path: Path) -> None:
    service = Service(shows, tmp_path / "public", allow_removal=True)
    edit(shows / "one.yaml", "slug: one", "slug: uno")
    service.poll()
    assert not (tmp_path / "public" / "one").exists()
    write_show(shows / "four.yaml")
    edit(shows / "four.yaml", "slug: four", "slug: one")
    service.poll()
    assert service.problems == {}
    assert b"four" in (service.get("/one/one.ics") or b"")
    service.publisher.close()


def test_swapped_files_are_the_same_shows(service: Service) -> None:
    one, two = (service.shows / f"{name}.yaml" for name in ("one", "two"))
    one.rename(service.shows / "held")
    two.rename(one)
    (service.shows / "held").rename(two)
    service.poll()
    assert service.problems == {}
    edit(one, "title: two", "title: The second")
    service.poll()
    assert "The second" in service.get_page("two")


@pytest.mark.parametrize("allow_removal", [False, True])
def test_chain_of_renamed_files_loses_no_show(
    allow_removal: bool,  # noqa: FBT001 - a parameter of the test
    shows: Path,
    tmp_path: Path,
) -> None:
    service = Service(shows, tmp_path / "public", allow_removal=allow_removal)
    (shows / "two.yaml").rename(shows / "aaa.yaml")
    (shows / "one.yaml").rename(shows / "two.yaml")
    service.poll()
    assert service.problems == {}
    assert service.get("/one/one.ics")
    assert service.get("/two/two.ics")
    service.publisher.close()


def test_slug_that_changes_before_a_start_moves_the_show(service: Service, tmp_path: Path) -> None:
    service.publisher.close()
    edit(service.shows / "one.yaml", "slug: one", "slug: uno")
    again = Service(service.shows, tmp_path / "public")
    assert again.get("/one/one.ics") is None
    assert (again.get("/all.ics") or b"").count(b"BEGIN:VEVENT") == 12
    assert again.problems == {}
    again.publisher.close()


def test_conflict_ends_with_its_cause(service: Service) -> None:
    shutil.copy(service.shows / "one.yaml", service.shows / "uno.yaml")
    service.poll()
    assert [*service.problems] == ["uno.yaml"]
    # The report is public: it does not say where the folder is.
    assert str(service.shows) not in str(service.problems)
    (service.shows / "uno.yaml").unlink()
    service.poll()
    assert service.problems == {}


def test_show_that_cannot_be_written_holds_up_no_other(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(publisher_module, "RETRY_SECONDS", 0)
    (service.target.folder / "aaa").mkdir()
    (service.target.folder / "aaa" / "mine.txt").write_text("mine", "utf-8")
    write_show(service.shows / "aaa.yaml")
    edit(service.shows / "one.yaml", "title: one", "title: The first")
    service.poll(5)
    assert "The first" in service.get_page("one")
    assert "cannot be written" in service.problems["aaa.yaml"]
    assert [each.levelname for each in caplog.records] == ["ERROR"]
    (service.target.folder / "aaa" / "mine.txt").unlink()
    service.poll(5)
    assert service.problems == {}
    assert service.get("/aaa/aaa.ics")


def test_folder_that_cannot_be_read_takes_no_show_away(shows: Path, tmp_path: Path) -> None:
    (shows / "below").mkdir()
    (shows / "one.yaml").rename(shows / "below" / "one.yaml")
    service = Service(shows, tmp_path / "public", allow_removal=True)
    (shows / "below").rename(tmp_path / "elsewhere")
    # Root may read every folder: a loop of links is one that cannot be read.
    (shows / "below").mkdir()
    (shows / "below" / "loop").symlink_to("..")
    service.poll()
    assert service.get("/one/one.ics")
    assert service.problems.keys() == {".", "below/one.yaml"}
    service.publisher.close()


@pytest.mark.parametrize("name", ["site.yaml", "picture.png"])
def test_pipe_holds_up_nothing(name: str, service: Service) -> None:
    if name == "picture.png":
        (service.shows / name).write_bytes(make_picture())
        edit(service.shows / "one.yaml", "title: one", "title: one, picture: picture.png")
        service.poll()
        (service.shows / name).unlink()
    os.mkfifo(service.shows / name)
    edit(service.shows / "two.yaml", "title: two", "title: The second")
    service.poll(5)
    assert "The second" in service.get_page("two")
    assert f"{name}: neither a file nor a folder" in service.problems["."]


def test_only_files_of_the_show_are_served(service: Service) -> None:
    folder = service.target.folder / "one"
    (folder / "notes.html").write_text("mine", "utf-8")
    (folder / "x.json").symlink_to("/etc/passwd")
    (folder / "page.js").unlink()
    (folder / "page.js").symlink_to("/etc/passwd")
    assert {service.get(f"/one/{each}") for each in ("notes.html", "x.json", "page.js")} == {None}


def test_shared_platform_that_no_show_uses_rebuilds_none(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("defects_ical.export.shows.show_stage.load_show", None)
    settings = service.shows / "site.yaml"
    settings.write_text("platforms: {net: {name: Net, kind: streaming, region: here}}\n", "utf-8")
    service.poll(5)
    assert service.problems == {}


def test_work_is_done_in_small_portions(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publisher_module, "SHOWS_PER_POLL", 1)
    for name in ("one", "two"):
        edit(service.shows / f"{name}.yaml", f"title: {name}", f"title: The {name}")
    service.poll(2)
    assert "The one" in service.get_page("one")
    assert "The two" not in service.get_page("two")
    service.poll(1)
    assert "The two" in service.get_page("two")


def test_large_files_are_sent_in_chunks(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    small = {path: service.get(path) for path in ("/all.ics", "/shows.json")}
    whole = {path: service.site.find_responses(path) for path in small}
    monkeypatch.setattr("defects_ical.server.shows.exported_site.MAX_BODY", 10)
    monkeypatch.setattr("defects_ical.server.responses.CHUNK_BYTES", 100)
    large = ExportedSite(service.target)
    for path, body in small.items():
        expected = whole[path]
        assert expected
        for headers in ({}, {"HTTP_ACCEPT_ENCODING": "gzip"}, {"HTTP_IF_NONE_MATCH": "*"}):
            for method in ("GET", "HEAD", "OPTIONS"):
                found = large.find_responses(path)
                assert found
                environ = {"REQUEST_METHOD": method, **headers}
                response, other = found.select(environ), expected.select(environ)
                assert response
                assert other
                assert (response.status, response.headers) == (other.status, other.headers)
                sent = b"".join(response.chunks or [response.body])
                assert sent == other.body
        assert body
    edit(service.shows / "one.yaml", "title: one", "title: The first")
    service.poll()
    changed = large.find_responses("/all.ics")
    assert changed
    assert changed.plain.full.chunks
    assert b"The first" in b"".join(changed.plain.full.chunks)


def test_report_is_in_the_exported_folder(service: Service) -> None:
    report = json.loads((service.target.folder / ".defects-ical-health.json").read_bytes())
    assert report.keys() == {"status", "version", "loaded_at", "edited_at", "shows", "problems"}
    assert (report["status"], report["shows"]) == ("ok", 3)
