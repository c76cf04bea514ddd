"""The site as files: whole at every instant, and nothing that is somebody else's is touched."""

from __future__ import annotations

import fcntl
import json
import math
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Final, TypeAlias

import pytest

from defects_ical.content.site_url import SiteURL
from defects_ical.errors import ExportError
from defects_ical.export.exporter import ExportResult, export_site
from defects_ical.site.build import Resource, Site, build_site
from tests.support.example_schedules import load_yaml, make_yaml

URL: Final = "https://defects.example"
SITE_URL: Final = SiteURL.parse(URL)
UNDER_A_PATH: Final = SiteURL.parse("https://me.example/the-defects")
MANIFEST: Final = ".defects-ical.json"
TEMPORARY: Final = ".defects-ical.tmp"

CHANNEL: Final = "channel: {name: Channel, kind: television, region: Everywhere}"
VOD: Final = "vod: {name: Vod, kind: streaming, region: Everywhere}"
ONE_PLATFORM: Final = make_yaml(platforms=f"{{{CHANNEL}}}")
TWO_PLATFORMS: Final = make_yaml(platforms=f"{{{CHANNEL}, {VOD}}}")
MOVED: Final = make_yaml(
    changes="[{at: 2025-08-01T00:00:00+00:00, episodes: [5], move: 2025-08-04T23:30}]"
)
SPECIAL: Final = "[{id: special-1, title: The making of, airs: 2025-07-14T23:00, runtime: 60}]"
LARGE: Final = (
    make_yaml(episodes=1000, platforms=f"{{{CHANNEL}, {VOD}}}"),
    make_yaml(episodes=1000, specials=SPECIAL).replace("title: The Show", "title: The Film"),
)

Contents: TypeAlias = dict[str, bytes]


@cache
def made(text: str, address: SiteURL = SITE_URL) -> Site:
    return build_site(load_yaml(text), address)


def contents(folder: Path) -> Contents:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def traces(folder: Path) -> dict[str, tuple[int, int]]:
    """What tells that a file was replaced, or that one came or went: inodes and times."""
    states = {str(path): path.lstat() for path in (folder, *folder.rglob("*"))}
    return {path: (state.st_ino, state.st_mtime_ns) for path, state in states.items()}


@contextmanager
def untouched(folder: Path) -> Iterator[None]:
    before = contents(folder), traces(folder)
    yield
    assert (contents(folder), traces(folder)) == before


def refusal(site: Site, folder: Path) -> str:
    """The message of an export that is refused and has touched nothing."""
    with untouched(folder), pytest.raises(ExportError) as caught:
        export_site(site, SITE_URL, folder)
    return str(caught.value)


def differing(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> set[str]:
    return {path for path in {*one, *other} if one.get(path) != other.get(path)}


def bodies(site: Site) -> Contents:
    return {path.lstrip("/") or "index.html": each.body for path, each in site.items()}


def arguments(folder: Path, schedule: Path, url: str = URL) -> list[str]:
    return ["export", f"{folder}", "--url", url, "--schedule", f"{schedule}"]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, *words]
    return subprocess.run(line, capture_output=True, text=True, check=False, umask=0o022)


def command(folder: Path, schedule: Path, url: str = URL) -> subprocess.CompletedProcess[str]:
    return run("-m", "defects_ical", *arguments(folder, schedule, url))


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_every_path_of_the_site_is_a_file_with_its_bytes(site: Site, tmp_path: Path) -> None:
    export_site(site, SITE_URL, tmp_path)
    found = contents(tmp_path)
    assert found["index.html"] == site["/"].body
    assert found["the-defects.ics"] == site["/the-defects.ics"].body
    assert found["episodes/the-defects-e05.ics"] == site["/episodes/the-defects-e05.ics"].body
    assert differing(found, bodies(site)) == {".nojekyll", "_headers", MANIFEST}
    assert found[".nojekyll"] == b""


def test_a_new_folder_is_made_with_the_folders_above_it(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b" / "site"
    outcome = export_site(site, SITE_URL, folder)
    assert outcome == ExportResult(written=len(site) + 2, unchanged=0, removed=0)
    assert (folder / "index.html").read_bytes() == site["/"].body


def test_everybody_may_read_the_files(tmp_path: Path) -> None:
    schedule, folder = written(tmp_path / "schedule.yaml", make_yaml()), tmp_path / "site"
    command(folder, schedule)
    modes = {path: path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*"))}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o644}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o755}


def test_the_headers_are_those_of_the_service(site: Site, tmp_path: Path) -> None:
    export_site(site, SITE_URL, tmp_path)
    rules = header_rules(tmp_path)
    for path, resource in site.items():
        assert sent(rules, path) == described(resource)
    assert sent(rules, "/the-defects.ics") == {
        "Content-Type": "text/calendar; charset=utf-8",
        "Cache-Control": (
            "public, max-age=300, stale-while-revalidate=3600, stale-if-error=604800, no-transform"
        ),
        "Access-Control-Allow-Origin": "*",
        "Content-Disposition": "inline",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Strict-Transport-Security": "max-age=31536000",
    }


def test_the_rules_of_the_headers_begin_with_the_path_of_the_address(tmp_path: Path) -> None:
    site = made(TWO_PLATFORMS, UNDER_A_PATH)
    export_site(site, UNDER_A_PATH, tmp_path)
    rules = header_rules(tmp_path)
    assert all(pattern.startswith("/the-defects/") for pattern in rules)
    for path, resource in site.items():
        assert sent(rules, f"/the-defects{path}") == described(resource)


def test_a_thousand_episodes_need_fewer_than_a_hundred_rules(memory: Path) -> None:
    site = made(LARGE[0])
    export_site(site, SITE_URL, memory)
    rules = header_rules(memory)
    assert len(site) > 1000
    assert len(rules) < 100
    for path, resource in site.items():
        assert sent(rules, path) == described(resource)


def header_rules(folder: Path) -> dict[str, dict[str, str]]:
    """The headers by the pattern of the paths that get them, as a host reads ``_headers``."""
    rules: dict[str, dict[str, str]] = {}
    headers: dict[str, str] = {}
    for line in (folder / "_headers").read_text(encoding="utf-8").splitlines():
        if line.startswith("/"):
            assert line not in rules
            assert "*" not in line.removesuffix("/*")
            assert ":" not in line
            headers = rules[line] = {}
        else:
            name, _, value = line.strip().partition(": ")
            headers[name] = value
    return rules


def sent(rules: dict[str, dict[str, str]], path: str) -> dict[str, str]:
    """The headers that a host sends for a path; one rule has to say them all."""
    matching = [
        headers
        for pattern, headers in rules.items()
        if path == pattern or (pattern.endswith("/*") and path.startswith(pattern[:-1]))
    ]
    assert len(matching) == 1
    return matching[0]


def described(resource: Resource) -> dict[str, str]:
    """The headers of a resource without the file's name, which differs within one rule."""
    return {name: value.partition("; filename=")[0] for name, value in resource.headers}


def test_a_second_run_writes_nothing(site: Site, tmp_path: Path) -> None:
    export_site(site, SITE_URL, tmp_path)
    with untouched(tmp_path):
        outcome = export_site(site, SITE_URL, tmp_path)
    assert outcome == ExportResult(written=0, unchanged=len(site) + 2, removed=0)


def test_only_what_changed_is_replaced(tmp_path: Path) -> None:
    export_site(made(ONE_PLATFORM), SITE_URL, tmp_path)
    before = traces(tmp_path)
    outcome = export_site(made(MOVED), SITE_URL, tmp_path)
    after = traces(tmp_path)
    changed = differing(bodies(made(ONE_PLATFORM)), bodies(made(MOVED)))
    assert "episodes/show-e05.ics" in changed
    assert "episodes/show-e04.ics" not in changed
    assert outcome.written == len(changed)
    own = {path for path in contents(tmp_path) if path != MANIFEST}
    replaced = {path for path in own if before[f"{tmp_path / path}"] != after[f"{tmp_path / path}"]}
    assert replaced == changed


def test_what_is_no_longer_part_of_the_site_is_removed(tmp_path: Path) -> None:
    export_site(made(TWO_PLATFORMS), SITE_URL, tmp_path)
    assert (tmp_path / "show-vod.ics").exists()
    assert export_site(made(ONE_PLATFORM), SITE_URL, tmp_path).removed == 2
    assert not (tmp_path / "show-vod.ics").exists()
    assert not (tmp_path / "show-vod-reminders.ics").exists()
    assert differing(contents(tmp_path), bodies(made(ONE_PLATFORM))) == {
        ".nojekyll",
        "_headers",
        MANIFEST,
    }


def test_what_others_add_to_the_folder_is_left_alone(tmp_path: Path) -> None:
    export_site(made(TWO_PLATFORMS), SITE_URL, tmp_path)
    (tmp_path / "photos").mkdir()
    theirs = [
        written(tmp_path / "CNAME", "defects.example\n"),
        written(tmp_path / "photos" / "one.txt", "a photo\n"),
        written(tmp_path / "episodes" / "notes.txt", "my notes\n"),
    ]
    before = [path.stat() for path in theirs]
    export_site(made(ONE_PLATFORM), SITE_URL, tmp_path)
    assert [path.stat().st_ino for path in theirs] == [state.st_ino for state in before]
    assert [path.stat().st_mtime_ns for path in theirs] == [each.st_mtime_ns for each in before]
    assert [path.read_text("utf-8") for path in theirs] == [
        "defects.example\n",
        "a photo\n",
        "my notes\n",
    ]


def test_a_file_to_be_removed_stays_if_somebody_changed_it(tmp_path: Path) -> None:
    export_site(made(TWO_PLATFORMS), SITE_URL, tmp_path)
    edited = written(tmp_path / "show-vod.ics", "mine now\n")
    assert export_site(made(ONE_PLATFORM), SITE_URL, tmp_path).removed == 1
    assert edited.read_text("utf-8") == "mine now\n"
    message = refusal(made(TWO_PLATFORMS), tmp_path)
    assert message == f"{edited}: not written by this program; move it out of the way"


def test_a_folder_in_place_of_a_file_to_be_removed_stays(tmp_path: Path) -> None:
    export_site(made(TWO_PLATFORMS), SITE_URL, tmp_path)
    (tmp_path / "show-vod.ics").unlink()
    (tmp_path / "show-vod.ics").mkdir()
    assert export_site(made(ONE_PLATFORM), SITE_URL, tmp_path).removed == 1
    assert (tmp_path / "show-vod.ics").is_dir()


def test_a_file_of_the_site_that_was_changed_or_deleted_is_put_right(tmp_path: Path) -> None:
    site = made(ONE_PLATFORM)
    export_site(site, SITE_URL, tmp_path)
    before = contents(tmp_path)
    written(tmp_path / "show.ics", "half a file")
    (tmp_path / "episodes" / "show-e05.ics").unlink()
    assert export_site(site, SITE_URL, tmp_path) == ExportResult(2, len(site), 0)
    assert contents(tmp_path) == before


def test_a_link_in_place_of_a_file_is_replaced_and_not_followed(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "site", tmp_path / "elsewhere.ics"
    export_site(made(ONE_PLATFORM), SITE_URL, folder)
    (folder / "show.ics").rename(elsewhere)
    (folder / "show.ics").symlink_to(elsewhere)
    with untouched(elsewhere):
        assert export_site(made(ONE_PLATFORM), SITE_URL, folder).written == 1
    assert not (folder / "show.ics").is_symlink()
    assert (folder / "show.ics").read_bytes() == elsewhere.read_bytes()


def test_what_an_older_manifest_names_may_be_gone_with_its_folder(tmp_path: Path) -> None:
    site = made(ONE_PLATFORM)
    export_site(site, SITE_URL, tmp_path)
    before = contents(tmp_path)
    manifest = json.loads(before[MANIFEST])
    manifest["files"]["former/show-e01.ics"] = ["0" * 64]
    written(tmp_path / MANIFEST, json.dumps(manifest))
    assert export_site(site, SITE_URL, tmp_path) == ExportResult(0, len(site) + 2, 0)
    assert contents(tmp_path) == before


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    written(tmp_path / "thesis.txt", "years of work\n")
    assert refusal(made(ONE_PLATFORM), tmp_path) == (
        f"{tmp_path}: is not empty, and not written by this program; name a new or an empty folder"
    )


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path / "thesis.txt", "years of work\n")
    assert refusal(made(ONE_PLATFORM), file) == f"{file}: is not a folder; name another one"


def test_a_folder_below_a_file_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path / "thesis.txt", "years of work\n")
    with untouched(tmp_path), pytest.raises(ExportError) as caught:
        export_site(made(ONE_PLATFORM), SITE_URL, file / "site")
    assert str(caught.value) == f"{file / 'site'}: is not a folder; name another one"


def test_a_file_of_somebody_else_where_the_site_wants_one_is_refused(tmp_path: Path) -> None:
    export_site(made(ONE_PLATFORM), SITE_URL, tmp_path)
    theirs = written(tmp_path / "show-vod.ics", "BEGIN:VCALENDAR\n")
    message = refusal(made(TWO_PLATFORMS), tmp_path)
    assert message == f"{theirs}: not written by this program; move it out of the way"


def test_a_link_to_nowhere_where_the_site_wants_a_file_is_refused(tmp_path: Path) -> None:
    export_site(made(ONE_PLATFORM), SITE_URL, tmp_path)
    theirs = tmp_path / "show-vod.ics"
    theirs.symlink_to("nowhere")
    message = refusal(made(TWO_PLATFORMS), tmp_path)
    assert message == f"{theirs}: not written by this program; move it out of the way"


def test_a_folder_in_place_of_a_file_of_the_site_is_refused(tmp_path: Path) -> None:
    export_site(made(ONE_PLATFORM), SITE_URL, tmp_path)
    theirs = tmp_path / "show.ics"
    theirs.unlink()
    theirs.mkdir()
    message = refusal(made(MOVED), tmp_path)
    assert message == f"{theirs}: not written by this program; move it out of the way"


def test_single_files_are_not_written_through_a_link(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    export_site(made(ONE_PLATFORM), SITE_URL, folder)
    (folder / "episodes").rename(elsewhere)
    (folder / "episodes").symlink_to(elsewhere)
    with untouched(elsewhere):
        message = refusal(made(MOVED), folder)
    assert message == f"{folder / 'episodes'}: has to be a folder; move it out of the way"


def test_a_file_in_place_of_the_folder_of_single_files_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    export_site(made(ONE_PLATFORM), SITE_URL, folder)
    (folder / "episodes").rename(tmp_path / "elsewhere")
    written(folder / "episodes", "a list of episodes\n")
    message = refusal(made(MOVED), folder)
    assert message == f"{folder / 'episodes'}: has to be a folder; move it out of the way"


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "{",
        "\udcff",
        "[" * 100_000,
        "null",
        "[]",
        '"files"',
        "{}",
        '{"files": []}',
        '{"files": "show.ics"}',
        '{"files": {"show.ics": null}}',
        '{"files": {"show.ics": 1}}',
        '{"files": {"": []}}',
        '{"files": {".": []}}',
        '{"files": {"..": []}}',
        '{"files": {"../thesis.txt": []}}',
        '{"files": {"episodes/..": []}}',
        '{"files": {"episodes/../../thesis.txt": []}}',
        '{"files": {"/etc/passwd": []}}',
        '{"files": {"show.ics\\n": []}}',
        '{"files": {"show.ics\\u0000": []}}',
    ],
    ids=lambda text: repr(text[:40]),
)
def test_a_damaged_manifest_is_refused(manifest: str, tmp_path: Path) -> None:
    export_site(made(ONE_PLATFORM), SITE_URL, tmp_path)
    (tmp_path / MANIFEST).write_text(manifest, encoding="utf-8", errors="surrogateescape")
    message = refusal(made(MOVED), tmp_path)
    assert message == f"{tmp_path / MANIFEST}: damaged; export to a new folder"


def test_a_folder_into_which_another_run_writes_is_refused(tmp_path: Path) -> None:
    export_site(made(ONE_PLATFORM), SITE_URL, tmp_path)
    other_run = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(other_run, fcntl.LOCK_EX)
    message = refusal(made(MOVED), tmp_path)
    assert message == f"{tmp_path}: another export is writing here; wait for it"
    os.close(other_run)
    assert export_site(made(MOVED), SITE_URL, tmp_path).written > 0


def test_of_two_runs_at_once_one_writes_and_the_other_may_be_refused(tmp_path: Path) -> None:
    text = make_yaml(episodes=100)
    schedule, folder = written(tmp_path / "schedule.yaml", text), tmp_path / "site"
    line = [sys.executable, "-m", "defects_ical", *arguments(folder, schedule)]
    pipe = subprocess.PIPE
    runs = [subprocess.Popen(line, stdout=pipe, stderr=pipe, text=True) for _ in range(2)]
    ends = sorted((*each.communicate(), each.returncode) for each in runs)
    count = len(made(text)) + 2
    assert (f"{folder}: {count} written, 0 unchanged, 0 removed\n", "", 0) in ends
    ends.remove((f"{folder}: {count} written, 0 unchanged, 0 removed\n", "", 0))
    assert ends[0] in [
        ("", f"error: {folder}: another export is writing here; wait for it\n", 1),
        (f"{folder}: 0 written, {count} unchanged, 0 removed\n", "", 0),
    ]
    assert differing(contents(folder), bodies(made(text))) == {".nojekyll", "_headers", MANIFEST}


def test_a_folder_with_only_the_temporary_file_counts_as_empty(tmp_path: Path) -> None:
    written(tmp_path / TEMPORARY, "what a run was writing when it was killed")
    export_site(made(ONE_PLATFORM), SITE_URL, tmp_path)
    assert (tmp_path / "show.ics").read_bytes() == made(ONE_PLATFORM)["/show.ics"].body
    assert not (tmp_path / TEMPORARY).exists()


def test_a_temporary_file_is_removed_even_where_nothing_else_is_to_do(tmp_path: Path) -> None:
    export_site(made(ONE_PLATFORM), SITE_URL, tmp_path)
    before = contents(tmp_path)
    written(tmp_path / TEMPORARY, "what a run was writing when it was killed")
    assert export_site(made(ONE_PLATFORM), SITE_URL, tmp_path).written == 0
    assert contents(tmp_path) == before


def test_each_file_is_on_the_disk_before_it_takes_its_name(tmp_path: Path) -> None:
    calls: list[str] = []

    def observe(_frame: FrameType, event: str, function: object) -> None:
        if event == "c_call" and function in {os.fsync, os.replace}:
            calls.append("fsync" if function is os.fsync else "rename")

    sys.setprofile(observe)
    try:
        outcome = export_site(made(ONE_PLATFORM), SITE_URL, tmp_path)
    finally:
        sys.setprofile(None)
    assert calls.count("rename") > outcome.written > 10
    assert {first for first, second in pairwise(calls) if second == "rename"} == {"fsync"}
    assert (calls[0], calls[-1]) == ("fsync", "fsync")


LIMITED: Final = """\
import resource, runpy, sys
size = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
runpy.run_module("defects_ical", run_name="__main__")
"""


def test_an_error_in_the_middle_leaves_every_file_whole(tmp_path: Path) -> None:
    text = make_yaml(episodes=100)
    schedule, folder = written(tmp_path / "schedule.yaml", text), tmp_path / "site"
    export_site(made(ONE_PLATFORM), SITE_URL, folder)
    old, new = bodies(made(ONE_PLATFORM)), bodies(made(text))
    # Room for the feed, and not for the page, which is the longest file.
    limit = max(map(len, new.values())) - 1
    failed = run("-c", LIMITED, f"{limit}", *arguments(folder, schedule))
    assert failed.stderr == f"error: {folder}: File too large; mend that, or name another folder\n"
    assert (failed.stdout, failed.returncode) == ("", 1)
    found = contents(folder)
    assert not [path for path in new if found.get(path) not in (old.get(path), new[path])]
    assert differing(found, old) > {".nojekyll", "_headers", MANIFEST}
    assert differing(found, new) > {".nojekyll", "_headers", MANIFEST}
    assert TEMPORARY not in found
    assert command(folder, schedule).returncode == 0
    assert differing(contents(folder), new) == {".nojekyll", "_headers", MANIFEST}


def test_the_command_says_how_many_files_it_wrote(tmp_path: Path) -> None:
    schedule, folder = written(tmp_path / "schedule.yaml", TWO_PLATFORMS), tmp_path / "site"
    count = len(made(TWO_PLATFORMS)) + 2
    first = command(folder, schedule)
    assert first.stdout == f"{folder}: {count} written, 0 unchanged, 0 removed\n"
    assert (first.stderr, first.returncode) == ("", 0)
    again = command(folder, schedule)
    assert again.stdout == f"{folder}: 0 written, {count} unchanged, 0 removed\n"
    assert differing(contents(folder), bodies(made(TWO_PLATFORMS))) == {
        ".nojekyll",
        "_headers",
        MANIFEST,
    }


def test_the_command_refuses_with_a_message_and_exit_status_1(tmp_path: Path) -> None:
    schedule, folder = written(tmp_path / "schedule.yaml", make_yaml()), tmp_path / "thesis"
    folder.mkdir()
    written(folder / "thesis.txt", "years of work\n")
    with untouched(folder):
        refused = command(folder, schedule)
    assert refused.stderr == (
        f"error: {folder}: is not empty, and not written by this program;"
        " name a new or an empty folder\n"
    )
    assert (refused.stdout, refused.returncode) == ("", 1)


def test_a_wrong_address_is_wrong_usage_and_nothing_is_made(tmp_path: Path) -> None:
    schedule, folder = written(tmp_path / "schedule.yaml", make_yaml()), tmp_path / "site"
    refused = command(folder, schedule, "defects.example")
    assert "`defects.example` is not like `https://defects.example`" in refused.stderr
    assert (refused.stdout, refused.returncode) == ("", 2)
    assert not folder.exists()


def test_a_bad_schedule_is_refused_and_nothing_is_made(tmp_path: Path) -> None:
    text = make_yaml(weekdays="[monday, moonday]")
    schedule, folder = written(tmp_path / "schedule.yaml", text), tmp_path / "site"
    refused = command(folder, schedule)
    assert "`moonday`" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert (refused.stdout, refused.returncode) == ("", 1)
    assert not folder.exists()


def test_a_bad_schedule_leaves_the_last_good_site(tmp_path: Path) -> None:
    schedule, folder = written(tmp_path / "schedule.yaml", make_yaml()), tmp_path / "site"
    assert command(folder, schedule).returncode == 0
    written(schedule, make_yaml(time="25:00"))
    with untouched(folder):
        assert command(folder, schedule).returncode == 1


# It builds the sites once and forks a run for each order, so that fifty kills take seconds.
# A delay counts from the first file that the run replaces: before, it only reads.
RUNNER: Final = """\
import json, os, signal, sys, time
from pathlib import Path
from defects_ical.content.site_url import SiteURL
from defects_ical.export.exporter import export_site
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import build_site

def inode(path):
    return path.stat().st_ino if path.exists() else None

def ended(child):
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT)

site_url = SiteURL.parse("https://defects.example")
sites = [build_site(load_schedule(Path(name)), site_url) for name in sys.argv[1:]]
for line in sys.stdin:
    which, folder, delay = json.loads(line)
    manifest = Path(folder, ".defects-ical.json")
    before = inode(manifest)
    child = os.fork()
    if not child:
        export_site(sites[which], site_url, Path(folder))
        os._exit(0)
    while inode(manifest) == before and not ended(child):
        time.sleep(0.0005)
    began = time.monotonic()
    while time.monotonic() < began + delay and not ended(child):
        time.sleep(0.0005)
    seconds = time.monotonic() - began
    os.kill(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(json.dumps([status, seconds]), flush=True)
"""


@dataclass(frozen=True)
class Runner:
    """A process that exports the large sites, each export in a process of its own."""

    process: subprocess.Popen[str]

    def export(self, which: int, folder: Path) -> Contents:
        """Export to the end; what is in the folder then."""
        assert not self.killed(which, folder, math.inf)[0]
        return contents(folder)

    def killed(self, which: int, folder: Path, delay: float) -> tuple[bool, float]:
        """Kill an export that has been writing for ``delay`` seconds, unless it ends before.

        Returns whether it was killed, and the seconds for which it was writing.
        """
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps([which, str(folder), delay]), file=self.process.stdin, flush=True)
        status, seconds = json.loads(self.process.stdout.readline())
        assert status in {0, -signal.SIGKILL}
        return status != 0, seconds


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    folder = tmp_path_factory.mktemp("schedules")
    schedules = [written(folder / f"{index}.yaml", text) for index, text in enumerate(LARGE)]
    line = [sys.executable, "-c", RUNNER, *map(str, schedules)]
    pipe = subprocess.PIPE
    with subprocess.Popen(line, stdin=pipe, stdout=pipe, text=True) as process:
        yield Runner(process)


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """A folder on which a thousand files are synchronized at once, if the system has one."""
    shared = Path("/dev/shm")  # noqa: S108 - the folder made in it has a random name
    usable = os.access(shared, os.W_OK)
    with tempfile.TemporaryDirectory(dir=shared if usable else tmp_path) as folder:
        yield Path(folder)


def assert_whole(found: Contents, old: Contents, new: Contents) -> None:
    """Every file is the old one or the new one, and known as ours; removal comes last."""
    own = found.keys() - {MANIFEST, TEMPORARY}
    assert {path for path in own if found[path] not in (old.get(path), new.get(path))} == set()
    assert own - json.loads(found.get(MANIFEST, b'{"files": {}}'))["files"].keys() == set()
    removed = old.keys() - found.keys()
    assert removed & new.keys() == set()
    assert not removed or differing(found, new) <= {MANIFEST, TEMPORARY, *old.keys() - new.keys()}


def was_writing(found: Contents, old: Contents, new: Contents) -> bool:
    """Whether old and new files are in the folder, or one that is not finished."""
    changed = differing(old, new) & found.keys() - {MANIFEST}
    replaced = {path for path in changed if found[path] == new.get(path)}
    return TEMPORARY in found or set() < replaced < changed


def proven(runner: Runner, folder: Path, wanted: int) -> tuple[int, int]:
    """How often an export was killed, and how often while it was writing."""
    first, second = (runner.export(which, folder / f"{which}") for which in (0, 1))
    site = folder / "site"
    runner.export(0, site)
    longest = max(runner.killed(which, site, math.inf)[1] for which in (1, 0))
    chance = random.Random(1)  # noqa: S311 - the same delays in every run
    kills = writing = 0
    for turn in range(200):
        which, old, new = (0, second, first) if turn % 2 else (1, first, second)
        killed, seconds = runner.killed(which, site, chance.uniform(0, longest))
        found = contents(site)
        assert_whole(found, old, new)
        kills += killed
        writing += killed and was_writing(found, old, new)
        longest = longest if killed else seconds
        assert differing(runner.export(which, site), new) == set()
        if kills == wanted:
            break
    return kills, writing


def test_killed_at_any_instant_every_file_is_whole_and_the_next_run_finishes(
    runner: Runner, memory: Path
) -> None:
    kills, writing = proven(runner, memory, 8)
    assert kills == 8
    assert writing >= 3


@pytest.mark.soak
def test_killed_at_any_instant_every_file_on_a_disk_is_whole_and_the_next_run_finishes(
    runner: Runner, tmp_path: Path
) -> None:
    kills, writing = proven(runner, tmp_path, 50)
    assert kills == 50
    assert writing >= 30


def test_a_first_run_killed_at_any_instant_is_finished_by_the_next(
    runner: Runner, memory: Path
) -> None:
    _, longest = runner.killed(0, memory / "site", math.inf)
    site = contents(memory / "site")
    chance = random.Random(2)  # noqa: S311 - the same delays in every run
    kills = 0
    for turn in range(5):
        folder = memory / f"{turn}"
        kills += runner.killed(0, folder, chance.uniform(0, longest))[0]
        assert_whole(contents(folder), {}, site)
        assert differing(runner.export(0, folder), site) == set()
    assert kills > 0
