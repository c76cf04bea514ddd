"""Export a folder of schedules: the same bytes as each show alone, and only what changed."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from defects_ical.content.links.site_url import SiteURL
from defects_ical.errors import ExportError, ScheduleError, UnannouncedChangeError
from defects_ical.export.manifest import ROOT_MANIFEST_FILE
from defects_ical.export.shows import show_stage
from defects_ical.export.shows.show_manifest import SHOW_MANIFEST_FILE, SUMMARY_FILE
from defects_ical.export.shows.show_stage import STAGE_FOLDER, ExportTarget, Verdict
from defects_ical.export.shows.site_exporter import SiteExport, SiteExportResult
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import Site, build_site
from tests.shows.shows import edit, write_show
from tests.support.catalogs import list_release_paths
from tests.support.exports import read_files, record_states
from tests.support.processes import wait_for

URL: Final = SiteURL.parse("https://tv.example/shows")
KINDS: Final = ("k-on", "queen-of-tears", "the-daily", "oscars-2026", "wolf-hall")


def accept(_: Mapping[str, bytes], __: Site, ___: Schedule) -> Verdict:
    return Verdict()


def refuse_two(_: Mapping[str, bytes], __: Site, schedule: Schedule) -> Verdict:
    is_two = schedule.show.slug == "two"
    return Verdict((("Moved", "Append an entry."),) if is_two else (), (f"{schedule.show.slug}!",))


@pytest.fixture
def shows(tmp_path: Path) -> Path:
    """Write a folder with two shows that share a platform."""
    folder = tmp_path / "shows"
    write_show(folder / "one.yaml", platforms="[ena]")
    write_show(folder / "below" / "two.yaml", platforms="[ena, tving]")
    text = """\
title: My shows
platforms:
  ena: {name: ENA, kind: television, region: South Korea}
  tving: {name: TVing, kind: streaming, region: South Korea}
feeds:
  first: {title: First, shows: [one]}
"""
    (folder / "site.yaml").write_text(text, "utf-8")
    return folder


@pytest.fixture
def folder(fast_folder: Path) -> Path:
    return fast_folder / "public"


@contextmanager
def assert_files_untouched(folder: Path) -> Iterator[None]:
    """Assert that no file was written; shows are staged in the folder and removed."""
    before = record_states(folder)
    yield
    after = record_states(folder)
    del before[str(folder)], after[str(folder)]
    assert after == before


def export(shows: Path, folder: Path, **options: object) -> SiteExportResult:
    target = ExportTarget(folder, URL)
    values: dict[str, object] = {"check": accept, **options}
    return SiteExport(source=shows, target=target, **values).run()  # type: ignore[arg-type] # options of each test


@pytest.mark.parametrize("jobs", [1, 2])
def test_each_show_is_as_alone(jobs: int, tmp_path: Path, folder: Path) -> None:
    paths = {slug: list_release_paths()[slug] for slug in KINDS}
    for path in paths.values():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    result = export(tmp_path, folder, jobs=jobs)
    assert (result.written, result.unchanged, result.removed) == (len(KINDS), 0, 0)
    for slug, path in paths.items():
        site = build_site(load_schedule(path), SiteURL(URL.origin, f"{URL.path}/{slug}"))
        expected = {name.strip("/") or "index.html": each.body for name, each in site.items()}
        found = read_files(folder / slug)
        del found[SHOW_MANIFEST_FILE], found[SUMMARY_FILE]
        assert found == expected
    assert not (folder / STAGE_FOLDER).exists()


def test_static_files_of_shows_are_one_file(shows: Path, folder: Path) -> None:
    export(shows, folder)
    for name in ("page.js", "embed.css", "icon.svg"):
        assert (folder / "one" / name).samefile(folder / "two" / name)
    assert not (folder / "one" / "card.svg").samefile(folder / "two" / "card.svg")
    # An edited file is that of one show.
    (folder / "one" / "page.js").unlink()
    (folder / "one" / "page.js").write_text("lost", "utf-8")
    export(shows, folder)
    assert (folder / "one" / "page.js").read_bytes() == (folder / "two" / "page.js").read_bytes()


def test_second_export_loads_nothing(
    shows: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = export(shows, folder)
    monkeypatch.setattr(show_stage, "load_show", None)
    with assert_files_untouched(folder):
        again = export(shows, folder)
    assert first.files > 60
    assert again == SiteExportResult(0, 2, 0, 0, ())


def test_only_the_edited_show_is_built(shows: Path, folder: Path) -> None:
    export(shows, folder)
    before = record_states(folder)
    edit(shows / "one.yaml", "title: one", "title: The first")
    result = export(shows, folder)
    assert (result.written, result.unchanged) == (1, 1)
    changed = {path for path, state in record_states(folder).items() if before.get(path) != state}
    names = {str(Path(path).relative_to(folder)) for path in changed}
    assert not any(name.startswith("two") for name in names)
    assert {"one/one.ics", "all.ics", "on-ena.ics", "first.ics", "index.html"} <= names
    assert not {"on-tving.ics", "one/page.js", "robots.txt"} & names


def test_edit_of_a_shared_platform_concerns_the_shows_on_it(shows: Path, folder: Path) -> None:
    export(shows, folder)
    edit(shows / "site.yaml", "name: TVing", "name: TVING")
    assert export(shows, folder).written == 1
    assert "TVING" in (folder / "two" / "index.html").read_text("utf-8")
    edit(shows / "site.yaml", "name: ENA", "name: Ena")
    assert export(shows, folder).written == 2


def test_file_that_was_edited_or_lost_is_written_again(shows: Path, folder: Path) -> None:
    export(shows, folder)
    before = read_files(folder)
    (folder / "one" / "one.ics").write_text("lost", "utf-8")
    (folder / "two" / SUMMARY_FILE).unlink()
    (folder / "all.ics").write_text("lost", "utf-8")
    assert export(shows, folder).written == 2
    after = read_files(folder)
    assert {name for name in after if after[name] != before[name]} <= {
        ROOT_MANIFEST_FILE,
        f"one/{SHOW_MANIFEST_FILE}",
        f"two/{SHOW_MANIFEST_FILE}",
    }


def test_removal_of_a_show_is_refused_unless_allowed(shows: Path, folder: Path) -> None:
    export(shows, folder)
    (shows / "below" / "two.yaml").unlink()
    (folder / "two" / "note.txt").write_text("mine", "utf-8")
    with (
        assert_files_untouched(folder),
        pytest.raises(UnannouncedChangeError, match=r"lose 2 URLs: /two/, /on-tving\.ics"),
    ):
        export(shows, folder)
    assert export(shows, folder, allow_removal=True).removed == 1
    # What no export wrote stays.
    assert read_files(folder / "two") == {"note.txt": b"mine"}
    assert not (folder / "on-tving.ics").exists()
    assert b"two" not in (folder / "all.ics").read_bytes()


def test_renamed_feed_is_a_removal(shows: Path, folder: Path) -> None:
    export(shows, folder)
    edit(shows / "site.yaml", "first:", "second:")
    with pytest.raises(UnannouncedChangeError, match=r"lose 1 URL: /first\.ics"):
        export(shows, folder)


def test_nothing_goes_live_if_one_show_is_refused(shows: Path, folder: Path) -> None:
    export(shows, folder)
    for name in ("one.yaml", "below/two.yaml"):
        edit(shows / name, "time: 21:00", "time: 22:00")
    with assert_files_untouched(folder), pytest.raises(UnannouncedChangeError) as caught:
        export(shows, folder, check=refuse_two)
    assert str(caught.value).splitlines()[1:] == [
        "  two: Moved. Append an entry.",
        "  Use --force to export anyway.",
    ]


@pytest.mark.parametrize("jobs", [1, 2])
def test_problems_of_all_schedules_come_at_once(jobs: int, shows: Path, folder: Path) -> None:
    for name in ("one.yaml", "below/two.yaml"):
        edit(shows / name, "time: 21:00", "time: 21h")
    with pytest.raises(ScheduleError) as caught:
        export(shows, folder, jobs=jobs)
    assert len(caught.value.problems) == 2
    assert not folder.exists()


def test_feed_of_an_unknown_show_is_refused(shows: Path, folder: Path) -> None:
    edit(shows / "site.yaml", "shows: [one]", "shows: [on], platforms: [enna], genres: [crime]")
    with pytest.raises(ScheduleError) as caught:
        export(shows, folder)
    assert [f"{each.key_path}: {each.message}. {each.hint}" for each in caught.value.problems] == [
        "feeds.first.shows[0]: no schedule has the show `on`. Use `one`, or remove it.",
        "feeds.first.platforms[0]: no schedule has the platform `enna`. Use `ena`, or remove it.",
        "feeds.first.genres[0]: no schedule has the genre `crime`. Remove it.",
    ]


def write_foreign_file(folder: Path) -> None:
    folder.mkdir()
    (folder / "thesis.txt").write_text("mine", "utf-8")


def write_foreign_show(folder: Path) -> None:
    (folder / "one").mkdir(parents=True)
    (folder / "one" / "thesis.txt").write_text("mine", "utf-8")
    (folder / ROOT_MANIFEST_FILE).write_text("{}", "utf-8")


def link_show(folder: Path) -> None:
    (folder / "elsewhere").mkdir(parents=True)
    (folder / "one").symlink_to("elsewhere")
    (folder / ROOT_MANIFEST_FILE).write_text("{}", "utf-8")


def write_foreign_root(folder: Path) -> None:
    folder.mkdir()
    (folder / "all.ics").write_text("mine", "utf-8")
    (folder / ROOT_MANIFEST_FILE).write_text("{}", "utf-8")


def damage_manifest(folder: Path) -> None:
    folder.mkdir()
    (folder / ROOT_MANIFEST_FILE).write_text('{"shows": {"../x": ""}}', "utf-8")


def export_one_schedule(folder: Path) -> None:
    folder.mkdir()
    (folder / ".defects-ical.json").write_text("{}", "utf-8")


FOREIGN: Final = {
    write_foreign_file: "not empty, and not written by defects-ical. Use a new or empty folder.",
    write_foreign_show: "/one: not written by defects-ical. Move it elsewhere, or use another",
    link_show: "/one: must be a folder. Move the file elsewhere.",
    write_foreign_root: "/all.ics: not written by defects-ical. Move it elsewhere.",
    damage_manifest: "/.defects-ical-site.json: damaged. Export to a new folder.",
    export_one_schedule: "has the site of one schedule. Use another folder for several.",
}


@pytest.mark.parametrize("prepare", FOREIGN, ids=lambda each: each.__name__)
def test_folder_of_others_is_refused(prepare: object, shows: Path, folder: Path) -> None:
    assert callable(prepare)
    prepare(folder)
    with pytest.raises(ExportError) as caught:
        export(shows, folder)
    assert FOREIGN[prepare] in str(caught.value)
    assert all(body in {b"mine", b"{}"} or b"shows" in body for body in read_files(folder).values())


def test_progress_counts_the_changed_shows(shows: Path, folder: Path) -> None:
    seen: list[tuple[int, int]] = []
    export(shows, folder, progress=lambda *each: seen.append(each))
    assert seen == [(1, 2), (2, 2)]


def count_shows(folder: Path) -> int:
    return sum(1 for _ in folder.glob("*/index.html"))


def kill_export(shows: Path, folder: Path, count: int) -> None:
    """Kill an export once a number of shows is in place."""
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(shows), str(folder)])
    wait_for(lambda: process.poll() is not None or count_shows(folder) >= count, pause=0)
    process.send_signal(signal.SIGKILL)
    process.wait()


KILLED: Final = """\
import sys
from pathlib import Path
from tests.export.test_site_exporter import export
export(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def test_export_after_a_kill_finishes(shows: Path, folder: Path, tmp_path: Path) -> None:
    """Kill exports at many moments; no file is ever half written, and the next one finishes."""
    for number in range(20):
        write_show(shows / f"show-{number}.yaml", platforms="[ena]")
    export(shows, tmp_path / "expected")
    expected = read_files(tmp_path / "expected")
    for count in (1, 5, 12):
        kill_export(shows, folder, count)
        assert count_shows(folder) > 0
        for name, body in read_files(folder).items():
            if (
                STAGE_FOLDER not in name
                and name in expected
                and not Path(name).name.startswith(".")
            ):
                assert body == expected[name]
    export(shows, folder)
    found = read_files(folder)
    is_page = {name for name in expected if not name.rpartition("/")[2].startswith(".defects")}
    assert {name: found[name] for name in is_page} == {name: expected[name] for name in is_page}
    assert found.keys() == expected.keys()


def test_two_exports_do_not_run_at_once(shows: Path, folder: Path) -> None:
    def export_again(_: Mapping[str, bytes], __: Site, ___: Schedule) -> Verdict:
        export(shows, folder)
        return Verdict()

    with pytest.raises(ExportError, match="another export or a service writes here"):
        export(shows, folder, check=export_again)
