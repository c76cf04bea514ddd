"""Creating a schedule file: what `init` writes, rejects and leaves untouched.

In `data/`, NAME.yaml is what it writes for NAME in SHOWS, without the UID and the current time.
"""

from __future__ import annotations

import os
import re
import resource
import struct
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar
from pydantic import BaseModel, ValidationError

from defects_ical.authoring.schedule_file import create_schedule
from defects_ical.doctor.diagnosis import diagnose_url
from defects_ical.errors import DefectsIcalError, OptionError
from defects_ical.model.airing import Block
from defects_ical.model.changes import Change
from defects_ical.model.schedule import EpisodeDetails, Platform, Schedule, Show, Special
from defects_ical.probe.session import Limits
from defects_ical.schedule.expansion import expand_episodes
from defects_ical.schedule.loader import load_schedule
from tests.authoring.shows import (
    ANNOUNCED,
    ANSWERS,
    BINGE,
    DAILY,
    FILE,
    FILM,
    NOW,
    SHOWS,
    UID,
    WEEKLY,
    replace_option,
    run_cli,
)
from tests.support.processes import run_granian
from tests.support.variants import sample

DATA = Path(__file__).parent / "data"
URL = "https://show.example"
UNPRIVILEGED_UID = 65534
TIMESTAMP = r"[0-9-]{10}T[0-9:]{8}[+-][0-9]{2}:[0-9]{2}"


class ExpectedFeed(NamedTuple):
    """The events of a show's feed: how many, how long, and starts by position.

    A start is in UTC, or a date; an event without an hour takes a day.
    """

    slug: str
    events: int
    length: timedelta
    starts: dict[int, str]


FEEDS = {
    # DST ends on 2 November in New York and starts on 30 March in Berlin.
    "weekly": ExpectedFeed(
        "the-lighthouse",
        6,
        timedelta(minutes=60),
        {
            0: "2025-10-13T01:00",
            2: "2025-10-27T01:00",
            3: "2025-11-03T02:00",
            5: "2025-11-17T02:00",
        },
    ),
    "soap": ExpectedFeed(
        "gute-nacht",
        120,
        timedelta(minutes=25),
        {
            0: "2025-02-03T18:40",
            5: "2025-02-10T18:40",
            39: "2025-03-28T18:40",
            40: "2025-03-31T17:40",
            119: "2025-07-18T17:40",
        },
    ),
    "film": ExpectedFeed("the-end", 1, timedelta(minutes=131), {0: "2025-12-24T20:15"}),
    "binge": ExpectedFeed("all-night", 1, timedelta(days=1), {0: "2025-11-14"}),
    # 40 episodes, two in each of four slots a week.
    "daily": ExpectedFeed(
        "the-square",
        20,
        timedelta(minutes=30),
        {
            0: "2026-01-06T00:10",
            1: "2026-01-07T00:10",
            2: "2026-01-08T19:30",
            3: "2026-01-08T20:00",
            19: "2026-02-05T20:00",
        },
    ),
}


def mask(text: str) -> str:
    """Return what `init` wrote without what differs in every run."""
    return re.sub(TIMESTAMP, "TIMESTAMP", re.sub("uid: [0-9a-f-]{36}", "uid: UID", text))


def list_names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def uncomment_examples(text: str) -> str:
    """Return the file with every example in use."""
    return re.sub(r"^( *)#(?=[^ \n])", r"\1", text, flags=re.MULTILINE)


def write_golden() -> None:
    """Replace the golden files by what `init` writes now."""
    for name, arguments in SHOWS.items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / FILE
            assert run_cli("init", *arguments, str(path)).exit_code == 0
            (DATA / f"{name}.yaml").write_text(mask(path.read_text("utf-8")), "utf-8")


@pytest.mark.parametrize("name", SHOWS)
def test_init_writes_golden_file(name: str) -> None:
    assert run_cli("init", *SHOWS[name]).exit_code == 0
    assert mask(FILE.read_text("utf-8")) == (DATA / f"{name}.yaml").read_text("utf-8")


@pytest.mark.parametrize("name", sample(FEEDS, 6))
def test_new_show_can_be_checked_and_served(name: str, folder: Path) -> None:
    expected = FEEDS[name]
    assert run_cli("init", *SHOWS[name]).exit_code == 0
    checked = run_cli("check")
    assert (checked.exit_code, checked.stderr) == (0, "")
    exported = run_cli("export", "public", "--url", URL)
    assert (exported.exit_code, exported.stderr) == (0, "")
    with run_granian(folder / FILE, URL) as server:
        reply = server.request(f"/{expected.slug}.ics")
        feed = f"http://127.0.0.1:{server.port}/{expected.slug}.ics"
        # At this time, all events are upcoming, so that the doctor has nothing to report.
        diagnosis = diagnose_url(feed, datetime(2000, 1, 1, tzinfo=UTC), Limits(pause=0))
        assert diagnosis.findings == ()
    assert reply.status == 200
    assert reply.body == (folder / "public" / f"{expected.slug}.ics").read_bytes()
    events = Calendar.from_ical(reply.body).events
    starts = [format_start(each.DTSTART) for each in events]
    found = {index: starts[index] for index in expected.starts}
    assert (len(events), found) == (expected.events, expected.starts)
    assert {each.duration for each in events} == {expected.length}


def format_start(at: date | None) -> str:
    if isinstance(at, datetime):
        return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M}"
    return str(at)


def test_init_prints_next_commands() -> None:
    result = run_cli("init", *WEEKLY)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "schedule.yaml: The Lighthouse, 6 episodes from 2025-10-12\n"
        "Never change its `uid`. Complete the file as its comments say, then run:\n"
        "  defects-ical check\n"
        "  defects-ical serve\n"
        "  defects-ical export public --url URL\n"
    )


@pytest.mark.parametrize(
    ("arguments", "plan"),
    [
        (BINGE, "All Night, 9 episodes on 2025-11-14"),
        (DAILY, "The Square, 40 episodes from 2026-01-05"),
        (ANNOUNCED, "Next Year, announced for 2027-10"),
        ([*ANNOUNCED, "--episodes", "8"], "Next Year, 8 episodes announced for 2027-10"),
    ],
)
def test_init_describes_plan(arguments: list[str], plan: str) -> None:
    assert run_cli("init", *arguments).stdout.splitlines()[0] == f"schedule.yaml: {plan}"


def test_init_prints_next_commands_for_other_file() -> None:
    result = run_cli("init", "my film.yaml", *FILM)
    assert result.stdout.splitlines()[0] == "my film.yaml: النهاية, a film on 2025-12-24"
    assert result.stdout.splitlines()[2] == "  defects-ical check --schedule 'my film.yaml'"
    assert load_schedule(Path("my film.yaml")).show.slug == "the-end"


def test_each_run_creates_another_uid() -> None:
    for name in ("one.yaml", "two.yaml"):
        assert run_cli("init", name, *WEEKLY).exit_code == 0
    one, two = (load_schedule(Path(name)).show.uid for name in ("one.yaml", "two.yaml"))
    assert one != two
    assert {each.version for each in (one, two)} == {4}


def test_published_is_now_in_local_time() -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    assert run_cli("init", *replace_option(WEEKLY, "--timezone", "Asia/Kolkata")).exit_code == 0
    assert before <= load_schedule(FILE).published <= datetime.now(UTC)
    assert re.search(r"^published: \S{19}\+05:30$", FILE.read_text("utf-8"), re.MULTILINE)


def test_same_answers_and_time_write_same_bytes() -> None:
    for name in ("one.yaml", "two.yaml"):
        create_schedule(Path(name), ANSWERS, UID, NOW)
    assert Path("one.yaml").read_bytes() == Path("two.yaml").read_bytes()


def test_existing_file_is_not_overwritten() -> None:
    FILE.write_text("mine", "utf-8")
    before = FILE.stat()
    result = run_cli("init", *WEEKLY)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == ("error: schedule.yaml: already exists. Choose another file.\n")
    after = FILE.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert FILE.read_text("utf-8") == "mine"


def test_broken_link_and_folder_are_not_overwritten(folder: Path) -> None:
    Path("link.yaml").symlink_to("nowhere.yaml")
    Path("folder.yaml").mkdir()
    for name in ("link.yaml", "folder.yaml"):
        result = run_cli("init", name, *WEEKLY)
        assert result.exit_code == 1
        assert result.stderr.startswith(f"error: {name}: already exists")
    assert Path("link.yaml").readlink() == Path("nowhere.yaml")
    assert list_names(folder) == ["folder.yaml", "link.yaml"]


def test_missing_folder_is_reported() -> None:
    result = run_cli("init", "shows/new.yaml", *WEEKLY)
    assert result.exit_code == 1
    assert result.stderr == "error: shows: this folder does not exist. Create it first.\n"


def test_read_only_folder_is_reported(folder: Path) -> None:
    Path("closed").mkdir(mode=0o555)
    folder.chmod(0o755)
    privileged = os.geteuid() == 0
    if privileged:  # root may write to any folder
        os.seteuid(UNPRIVILEGED_UID)
    try:
        with pytest.raises(DefectsIcalError, match=r"^closed/new\.yaml: Permission denied\. "):
            create_schedule(Path("closed/new.yaml"), ANSWERS, UID, NOW)
    finally:
        if privileged:
            os.seteuid(0)


def test_incomplete_file_is_removed(folder: Path) -> None:
    """If the disk is full, neither the file nor a temporary one remains."""
    done = subprocess.run(
        [sys.executable, "-m", "defects_ical", "init", *WEEKLY],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, list(folder.iterdir())) == (1, [])
    assert done.stderr == (
        "error: schedule.yaml: File too large. Fix this, or choose another file.\n"
    )


def test_one_of_several_runs_succeeds(folder: Path) -> None:
    command = [sys.executable, "-m", "defects_ical", "init", *WEEKLY]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=-1) for _ in range(3)]
    for each in runs:
        each.communicate()
    assert sorted(each.returncode for each in runs) == [0, 1, 1]
    assert list(folder.iterdir()) == [folder / FILE]
    assert load_schedule(FILE).show.title == "The Lighthouse"


def test_file_may_be_on_another_file_system() -> None:
    """A link cannot cross file systems, so the draft is next to the file."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as memory:
        create_schedule(Path(memory) / FILE, ANSWERS, UID, NOW)
        assert list_names(Path(memory)) == ["schedule.yaml"]


def test_file_has_default_permissions(folder: Path) -> None:
    Path("other").write_text("", "utf-8")
    create_schedule(FILE, ANSWERS, UID, NOW)
    assert FILE.stat().st_mode == Path("other").stat().st_mode
    assert FILE.stat().st_nlink == 1
    assert list_names(folder) == ["other", "schedule.yaml"]


MODELS: list[type[BaseModel]] = [Schedule, Show, Block, Platform, EpisodeDetails, Special, Change]


@pytest.mark.parametrize("model", MODELS)
def test_template_shows_every_key(model: type[BaseModel]) -> None:
    create_schedule(FILE, ANSWERS, UID, NOW)
    words = set(re.findall("[a-z_]+", FILE.read_text("utf-8")))
    assert set(model.model_fields) - words == set()


@pytest.mark.parametrize(
    ("name", "changes"), [(name, 7 if name == "binge" else 6) for name in FEEDS]
)
def test_commented_examples_are_valid(name: str, changes: int) -> None:
    assert run_cli("init", *SHOWS[name]).exit_code == 0
    png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 1200, 630)
    Path("picture.png").write_bytes(png)
    FILE.write_text(uncomment_examples(FILE.read_text("utf-8")), "utf-8")
    schedule = load_schedule(FILE)
    assert (len(schedule.changes), len(schedule.clocks)) == (changes, 2)
    assert [each.id for each in schedule.specials][-1] == "making-of"
    assert [each for each in Show.model_fields if getattr(schedule.show, each) in (None, ())] == []
    assert len(expand_episodes(schedule)[0].revisions) == changes


def test_text_is_string_to_every_yaml_reader() -> None:
    create_schedule(FILE, replace(ANSWERS, title="null", platforms=("no,region=1984",)), UID, NOW)
    read = yaml.safe_load(FILE.read_text("utf-8"))
    assert read["show"]["title"] == "null"
    assert (read["platforms"][False]["name"], read["platforms"][False]["region"]) == ("no", "1984")


def test_comments_fit_in_100_columns() -> None:
    create_schedule(FILE, ANSWERS, UID, NOW)
    prose = [each for each in FILE.read_text("utf-8").splitlines() if "# " in each]
    assert max(map(len, prose)) <= 100


def test_modeline_needs_json_schema_file() -> None:
    modeline = "# yaml-language-server: $schema=schedule.schema.json"
    assert run_cli("init", *WEEKLY).exit_code == 0
    lines = FILE.read_text("utf-8").splitlines()
    assert not [each for each in lines if re.match(r"#\s*yaml-language-server", each)]
    Path("schedule.schema.json").write_text(run_cli("schema").stdout, "utf-8")
    assert run_cli("init", "named.yaml", *WEEKLY).exit_code == 0
    assert Path("named.yaml").read_text("utf-8").splitlines()[0] == modeline


TRICKY = st.sampled_from(
    "\"'#:{}[],&*!|>%@`~?- \\\n\t\r\x00\x85\u2028\u2066\u2069\ufeff\uffffאع\U0001f600"
)
# A file in UTF-8 cannot contain lone surrogates.
TITLES = st.text(st.one_of(TRICKY, st.characters(codec="utf-8"))) | st.sampled_from(
    ["no", "~", "null", "23:00", "1984", "0x1f", "=", "<<", "- a", "a: b", "Show #1", "!!str x"]
)


@given(title=TITLES)
@example(title="x\x85")
@example(title="x" * 5000)
@example(title="x" * 5001)
@example(title="\u2067א\u2069")
def test_title_is_kept_or_rejected(title: str) -> None:
    """A title that the format allows is read back unchanged; no other is written."""
    answers = replace(ANSWERS, title=title)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        try:
            allowed = Show.model_validate({"uid": str(UID), "slug": "show", "title": title})
        except ValidationError:
            with pytest.raises(OptionError) as caught:
                create_schedule(path, answers, UID, NOW)
            assert [each.location.file[:7] for each in caught.value.problems] == ["--title"]
            assert list_names(Path(folder)) == []
        else:
            create_schedule(path, answers, UID, NOW)
            assert load_schedule(path).show.title == allowed.title
