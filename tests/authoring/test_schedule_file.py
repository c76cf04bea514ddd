"""A schedule for another show: what ``init`` writes, refuses and leaves alone.

In data/init, NAME.yaml is what it writes for NAME in SHOWS, but for identity and instants.
"""

from __future__ import annotations

import os
import re
import resource
import struct
import subprocess
import sys
import tempfile
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar
from pydantic import BaseModel, ValidationError

from defects_ical.authoring.schedule_file import ShowAnswers, create_schedule
from defects_ical.cli.app import main
from defects_ical.doctor.diagnosis import diagnose
from defects_ical.errors import DefectsIcalError, OptionError
from defects_ical.probe.session import Limits
from defects_ical.schedule.episodes import expand_episodes
from defects_ical.schedule.loader import load_schedule
from defects_ical.schedule.model import (
    Airing,
    Change,
    EpisodeText,
    Platform,
    Schedule,
    Show,
    Special,
)
from tests.support.processes import run_granian

DATA = Path(__file__).parent / "data"
URL = "https://show.example"
NOBODY = 65534
UID = uuid.UUID("8a4b1d0c-52e7-4c36-9f10-6d2e7b3c5a48")
NOW = datetime(2025, 1, 15, 12, tzinfo=UTC)
FILE = Path("schedule.yaml")
INSTANT = r"[0-9-]{10}T[0-9:]{8}[+-][0-9]{2}:[0-9]{2}"

WEEKLY = [
    *("--title", "The Lighthouse", "--premiere", "2025-10-12", "--time", "21:00"),
    *("--timezone", "America/New_York", "--episodes", "6"),
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
SHOWS = {"weekly": WEEKLY, "soap": SOAP, "film": FILM}


class Aired(NamedTuple):
    """What a show's feed has to say: its name, its length, and starts in UTC by place."""

    slug: str
    episodes: int
    runtime: int
    starts: dict[int, str]


FEEDS = {
    # The clocks of New York go back on 2 November, those of Berlin forward on 30 March.
    "weekly": Aired(
        "the-lighthouse",
        6,
        60,
        {
            0: "2025-10-13T01:00",
            2: "2025-10-27T01:00",
            3: "2025-11-03T02:00",
            5: "2025-11-17T02:00",
        },
    ),
    "soap": Aired(
        "gute-nacht",
        120,
        25,
        {
            0: "2025-02-03T18:40",
            5: "2025-02-10T18:40",
            39: "2025-03-28T18:40",
            40: "2025-03-31T17:40",
            119: "2025-07-18T17:40",
        },
    ),
    "film": Aired("the-end", 1, 131, {0: "2025-12-24T20:15"}),
}

OUTLINE = ShowAnswers(
    title="The Show",
    slug="show",
    premiere="2025-03-02",
    weekdays=(),
    time="21:00",
    timezone="UTC",
    runtime="60",
    episodes="10",
    platforms=("Channel",),
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def neutral(text: str) -> str:
    """What ``init`` wrote, without what is another at every run."""
    return re.sub(INSTANT, "INSTANT", re.sub("uid: [0-9a-f-]{36}", "uid: UID", text))


def changed(arguments: list[str], option: str, value: str) -> list[str]:
    """The same arguments with another value of the first such option."""
    place = arguments.index(option) + 1
    return [*arguments[:place], value, *arguments[place + 1 :]]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def uncommented(text: str) -> str:
    """The file with every example in use."""
    return re.sub(r"^( *)#(?=[^ \n])", r"\1", text, flags=re.MULTILINE)


def write_golden() -> None:
    """Make what ``init`` writes now what it has to write."""
    for name, arguments in SHOWS.items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / FILE
            assert run("init", *arguments, str(path)).exit_code == 0
            (DATA / f"{name}.yaml").write_text(neutral(path.read_text("utf-8")), "utf-8")


@pytest.mark.parametrize("name", SHOWS)
def test_what_it_writes_is_the_golden_file(name: str) -> None:
    assert run("init", *SHOWS[name]).exit_code == 0
    assert neutral(FILE.read_text("utf-8")) == (DATA / f"{name}.yaml").read_text("utf-8")


@pytest.mark.parametrize("name", SHOWS)
def test_a_show_gets_from_its_options_to_a_served_feed(name: str, folder: Path) -> None:
    expected = FEEDS[name]
    assert run("init", *SHOWS[name]).exit_code == 0
    checked = run("check")
    assert (checked.exit_code, checked.stderr) == (0, "")
    exported = run("export", "public", "--url", URL)
    assert (exported.exit_code, exported.stderr) == (0, "")
    with run_granian(folder / FILE, URL) as server:
        reply = server.request(f"/{expected.slug}.ics")
        feed = f"http://127.0.0.1:{server.port}/{expected.slug}.ics"
        # Before its premiere nothing is wrong, not even that it is over.
        assert diagnose(feed, datetime(2000, 1, 1, tzinfo=UTC), Limits(pause=0)) == ()
    assert reply.status == 200
    assert reply.body == (folder / "public" / f"{expected.slug}.ics").read_bytes()
    events = Calendar.from_ical(reply.body).events
    starts = [in_utc(each.DTSTART) for each in events]
    told = {place: f"{starts[place]:%Y-%m-%dT%H:%M}" for place in expected.starts}
    assert (len(events), told) == (expected.episodes, expected.starts)
    lengths = {in_utc(each.DTEND) - in_utc(each.DTSTART) for each in events}
    assert lengths == {timedelta(minutes=expected.runtime)}


def in_utc(at: date | None) -> datetime:
    assert isinstance(at, datetime)
    return at.astimezone(UTC)


def test_it_says_what_it_wrote_and_what_comes_next() -> None:
    result = run("init", *WEEKLY)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "schedule.yaml: The Lighthouse, 6 episodes from 2025-10-12\n"
        "Never change its `uid`. Complete the file as its comments say, then run:\n"
        "  defects-ical check\n"
        "  defects-ical serve\n"
        "  defects-ical export public --url URL\n"
    )


def test_another_file_is_named_in_what_comes_next() -> None:
    result = run("init", "my film.yaml", *FILM)
    assert result.stdout.splitlines()[0] == "my film.yaml: النهاية, 1 episode from 2025-12-24"
    assert result.stdout.splitlines()[2] == "  defects-ical check --schedule 'my film.yaml'"
    assert load_schedule(Path("my film.yaml")).show.slug == "the-end"


def test_two_runs_give_two_identities() -> None:
    for name in ("one.yaml", "two.yaml"):
        assert run("init", name, *WEEKLY).exit_code == 0
    one, two = (load_schedule(Path(name)).show.uid for name in ("one.yaml", "two.yaml"))
    assert one != two
    assert {each.version for each in (one, two)} == {4}


def test_it_is_published_now_by_the_clocks_of_its_zone() -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    assert run("init", *changed(WEEKLY, "--timezone", "Asia/Kolkata")).exit_code == 0
    assert before <= load_schedule(FILE).published <= datetime.now(UTC)
    assert re.search(r"^published: \S{19}\+05:30$", FILE.read_text("utf-8"), re.MULTILINE)


def test_the_same_answers_and_instant_make_the_same_bytes() -> None:
    for name in ("one.yaml", "two.yaml"):
        create_schedule(Path(name), OUTLINE, UID, NOW)
    assert Path("one.yaml").read_bytes() == Path("two.yaml").read_bytes()


def test_what_follows_from_the_rest_need_not_be_said() -> None:
    schedule = create_schedule(FILE, replace(OUTLINE, slug=None), UID, NOW)
    assert (schedule.show.slug, schedule.airing.weekdays) == ("the-show", ("sunday",))
    assert {name: each.model_dump() for name, each in schedule.platforms.items()} == {
        "channel": {
            "name": "Channel",
            "kind": "television",
            "region": "everywhere",
            "url": None,
            "delay": 0,
        }
    }


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("The Show", "the-show"),
        ("Élite: l'été à l\u2019Opéra", "elite-lete-a-lopera"),
        ("  24 Hours -- Live!  ", "hours-live"),
        ("M*A*S*H", "m-a-s-h"),
        ("아이쇼핑 (The Defects)", "the-defects"),
        ("x" * 59 + " y z", "x" * 59),
        ("FILM", "film"),
    ],
)
def test_the_slug_is_made_of_the_title(title: str, slug: str) -> None:
    assert (
        create_schedule(FILE, replace(OUTLINE, title=title, slug=None), UID, NOW).show.slug == slug
    )


@pytest.mark.parametrize(
    ("typed", "platform"),
    [
        ("name=ENA,kind=streaming", ("ena", "ENA", "streaming", "everywhere", None, 0)),
        (
            "name=One, Two , region=A, B: C #1 ,delay=60",
            ("one-two", "One, Two", "television", "A, B: C #1", None, 60),
        ),
        (
            "no,url=https://a.example/?b=c;d",
            ("no", "no", "television", "everywhere", "https://a.example/?b=c%3Bd", 0),
        ),
        ('{"}: [x]', ("x", '{"}: [x]', "television", "everywhere", None, 0)),
        (
            "ENA , kind = streaming , delay = 60 ",
            ("ena", "ENA", "streaming", "everywhere", None, 60),
        ),
        ("قناة,id=tv", ("tv", "قناة", "television", "everywhere", None, 0)),
    ],
)
def test_a_platform_is_its_name_and_what_else_is_known(
    typed: str, platform: tuple[object, ...]
) -> None:
    schedule = create_schedule(FILE, replace(OUTLINE, platforms=(typed,)), UID, NOW)
    assert [(name, *each.model_dump().values()) for name, each in schedule.platforms.items()] == [
        platform
    ]


WRONG = {
    ("--title", " "): "--title '': a text belongs here, nothing is there; write it like `My Show`",
    ("--title", "A\\B"): "--title 'A\\B': a backslash, which calendar programs misread; "
    "write `/` instead",
    ("--title", "A\nB"): "--title 'A B': more than one line; write it in one line",
    ("--title", "A\u2028B"): "--title 'A B': control character U+2028; remove it",
    ("--title", "A\x07B"): "--title AU+0007B: control character U+0007; remove it",
    ("--title", "A\u2067B"): "--title 'A\u2067B': U+2066, U+2067 or U+2068 without its U+2069, or "
    "the other way round; remove it: it would turn the words after it",
    ("--title", "A\udcffB"): "--title: this is not UTF-8; write it in UTF-8",
    ("--title", "아이쇼핑 2"): "--slug: the title has no letter from a to z to make it of; "
    "write the word for the addresses, like `my-show`",
    ("--slug", "The Show"): "--slug 'The Show': `The Show` is not an id of lower-case letters, "
    "digits and single hyphens, a letter first; write `the-show`",
    ("--slug", ""): "--slug '': an id of lower-case letters, digits and single hyphens, a letter "
    "first belongs here, nothing is there; write `my-show`",
    ("--premiere", "2025-13-01"): "--premiere 2025-13-01: `2025-13-01` is not a date; "
    "write it like `2025-07-21`",
    ("--premiere", "2025-3-2"): "--premiere 2025-3-2: `2025-3-2` is not a date; write `2025-03-02`",
    ("--premiere", "2040-01-01"): "--premiere 2040-01-01: 2040-01-01 is out of reach: clock "
    "changes are known from 1973 to 2037; write a year from 1973 to 2037",
    ("--premiere", "x: {\n#"): "--premiere 'x: { #': `x: { #` is not a date; "
    "write it like `2025-07-21`",
    ("--time", "9 pm"): "--time '9 pm': `9 pm` is not a time of day; write it like `23:00`",
    ("--time", "9:00"): "--time 9:00: `9:00` is not a time of day; write `09:00`",
    ("--timezone", "KST"): "--timezone KST: `KST` is not a time zone of the IANA list; "
    "write `Asia/Seoul`",
    ("--weekday", "tuesday"): "--premiere 2025-10-12: 2025-10-12 is a Sunday, which is not one of "
    "the weekdays; write `2025-10-14`, or add the day with `--weekday`",
    ("--weekday", "sunday,Tusday"): "--weekday sunday,Tusday: `Tusday` is not one of the known "
    "words; write `tuesday`",
    ("--weekday", "sunday,"): "--weekday sunday,: one of the known words belongs here, nothing is "
    "there; write `monday` or `tuesday` or `wednesday` or `thursday` or `friday` or `saturday` or "
    "`sunday`",
    ("--episodes", "0"): "--episodes 0: 0 is not between 1 and 5000; "
    "write a number from 1 to 5000, like `8`",
    ("--episodes", "ten"): "--episodes ten: `ten` is not a whole number; "
    "write a number from 1 to 5000, like `8`",
    ("--episodes", "700"): "--episodes 700: episode 639 would air on 2038-01-03, outside the years "
    "1973 to 2037; write `638` or fewer",
    ("--runtime", "1h"): "--runtime 1h: `1h` is not a whole number; "
    "write a number from 1 to 1439, like `60`",
    ("--platform", ""): "--platform '': a text belongs here, nothing is there; "
    "write it like `My Show`",
    (
        "--platform",
        "티빙",
    ): "--platform '티빙': its name has no letter from a to z to make an id of; "
    "add one, like `id=channel`",
    ("--platform", "kind=streaming,id=x"): "--platform kind=streaming,id=x: `name` is missing; "
    "add it, like `name=Channel`",
    ("--platform", "ENA,kind=tv"): "--platform ENA,kind=tv: `tv` is not one of the known words; "
    "write `television` or `streaming`",
    ("--platform", "TG4,Ireland"): "--platform TG4,Ireland: what `Ireland` is, nothing says; "
    "write `region=Ireland`, or, if that is its name, `name=TG4,Ireland`",
    ("--platform", "ENA,knd=streaming"): "--platform ENA,knd=streaming: unknown key; write `kind`",
    ("--platform", "ENA,Kind = streaming"): "--platform 'ENA,Kind = streaming': unknown key; "
    "write `kind`",
    ("--platform", "ENA,x=1"): "--platform ENA,x=1: unknown key; remove it, or write one of "
    "`name`, `kind`, `region`, `url`, `delay`",
    ("--platform", "ENA,url=ena.example"): "--platform ENA,url=ena.example: `ena.example` is not "
    "an http or https address; write `https://ena.example`",
    ("--platform", "ENA,delay=1h"): "--platform ENA,delay=1h: `1h` is not a whole number; "
    "write a number from 0 to 10080, like `60`",
    ("--platform", "ENA,kind=streaming,kind=television"): "--platform "
    "ENA,kind=streaming,kind=television: `kind` is there twice; remove one of the two",
    ("--platform", "Big!,id=big"): "--platform 'Big Stream,kind=streaming,delay=180,id=big': "
    "`big` is the id of an earlier platform; add another, like `id=channel-2`",
    ("--platform", "ENA,id=e.n a"): "--platform 'ENA,id=e.n a': `e.n a` is not an id of lower-case "
    "letters, digits and single hyphens, a letter first; write `e-n-a`",
    ("--platform", f"ENA,id={'e' * 2000}"): f"--platform 'ENA,id={'e' * 52}…': an id of 2000 "
    "characters; shorten it",
    ("--platform", "ENA,id=reminders"): "--platform ENA,id=reminders: `reminders` is the name of a "
    "reminder feed; write another id, like `reminders-channel`",
}


@pytest.mark.parametrize(("option", "value"), WRONG, ids=lambda each: ascii(each)[:40])
def test_a_wrong_option_is_refused_with_its_exact_text(
    option: str, value: str, folder: Path
) -> None:
    given = WEEKLY if option in WEEKLY else [*WEEKLY, option, ""]
    result = run("init", *changed(given, option, value))
    assert result.stderr == f"{WRONG[option, value]}\n"
    assert (result.exit_code, result.stdout, list(folder.iterdir())) == (2, "", [])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"--time": "02:30", "--premiere": "2025-03-02"},
            (
                "--time 02:30: episode 2: 02:30 on 2025-03-09 does not exist in America/New_York: "
                "clocks go forward over it; write a time that all of its days have once, and then "
                "move this episode, in `changes`\n"
            ),
        ),
        (
            {"--time": "01:30"},
            (
                "--time 01:30: episode 4: 01:30 on 2025-11-02 happens twice in America/New_York: "
                "clocks go back over it; write a time that all of its days have once, and then "
                "move this episode, in `changes`\n"
            ),
        ),
        (
            {"--time": "25:00", "--premiere": "soon", "--timezone": "ET", "--title": ""},
            (
                "--premiere soon: `soon` is not a date; write it like `2025-07-21`\n"
                "--time 25:00: `25:00` is not a time of day; write it like `23:00`\n"
                "--timezone ET: `ET` is not a time zone of the IANA list; "
                "write `America/New_York`\n"
                "--title '': a text belongs here, nothing is there; write it like `My Show`\n"
            ),
        ),
    ],
)
def test_all_that_is_wrong_is_told_at_once(
    options: dict[str, str], message: str, folder: Path
) -> None:
    arguments = WEEKLY
    for option, value in options.items():
        arguments = changed(arguments, option, value)
    result = run("init", *arguments)
    assert (result.exit_code, result.stderr, list(folder.iterdir())) == (2, message, [])


@pytest.mark.parametrize(
    "option", ["--title", "--premiere", "--time", "--timezone", "--episodes", "--platform"]
)
def test_what_follows_from_nothing_has_to_be_said(option: str, folder: Path) -> None:
    place = FILM.index(option)
    result = run("init", *FILM[:place], *FILM[place + 2 :])
    assert f"Missing option '{option}'" in result.stderr
    assert (result.exit_code, list(folder.iterdir())) == (2, [])


def test_more_platforms_than_a_schedule_takes_are_refused() -> None:
    named = [word for n in range(19) for word in ("--platform", f"More {n}")]
    result = run("init", *WEEKLY, *named)
    assert result.exit_code == 2
    assert result.stderr == "--platform: more than 20 are too many; keep 20 at most\n"


def test_a_file_is_never_overwritten() -> None:
    FILE.write_text("mine", "utf-8")
    before = FILE.stat()
    result = run("init", *WEEKLY)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "error: schedule.yaml: is there already, and stays as it is; name another file\n"
    )
    assert (FILE.read_text("utf-8"), FILE.stat()) == ("mine", before)


def test_neither_is_a_link_to_nowhere_nor_a_folder(folder: Path) -> None:
    Path("link.yaml").symlink_to("nowhere.yaml")
    Path("folder.yaml").mkdir()
    for name in ("link.yaml", "folder.yaml"):
        result = run("init", name, *WEEKLY)
        assert result.exit_code == 1
        assert result.stderr.startswith(f"error: {name}: is there already")
    assert Path("link.yaml").readlink() == Path("nowhere.yaml")
    assert names(folder) == ["folder.yaml", "link.yaml"]


def test_a_folder_that_is_not_there_is_named() -> None:
    result = run("init", "shows/new.yaml", *WEEKLY)
    assert result.exit_code == 1
    assert result.stderr == "error: shows: there is no such folder; make it first\n"


def test_a_folder_that_may_not_be_written_is_told(folder: Path) -> None:
    Path("closed").mkdir(mode=0o555)
    folder.chmod(0o755)
    privileged = os.geteuid() == 0
    if privileged:  # root may write anywhere: try as somebody else
        os.seteuid(NOBODY)
    try:
        with pytest.raises(DefectsIcalError, match=r"^closed/new\.yaml: Permission denied; "):
            create_schedule(Path("closed/new.yaml"), OUTLINE, UID, NOW)
    finally:
        if privileged:
            os.seteuid(0)


def test_a_file_that_cannot_be_written_whole_is_not_there(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "defects_ical", "init", *WEEKLY],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, list(folder.iterdir())) == (1, [])
    assert done.stderr == (
        "error: schedule.yaml: File too large; mend that, or name another file\n"
    )


def test_of_several_runs_at_once_one_writes(folder: Path) -> None:
    command = [sys.executable, "-m", "defects_ical", "init", *WEEKLY]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=-1) for _ in range(3)]
    for each in runs:
        each.communicate()
    assert sorted(each.returncode for each in runs) == [0, 1, 1]
    assert list(folder.iterdir()) == [folder / FILE]
    assert load_schedule(FILE).show.title == "The Lighthouse"


def test_the_file_may_be_on_another_disk_than_temporary_files() -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as memory:
        create_schedule(Path(memory) / FILE, OUTLINE, UID, NOW)
        assert names(Path(memory)) == ["schedule.yaml"]


def test_the_file_is_for_whom_other_new_files_are(folder: Path) -> None:
    Path("other").write_text("", "utf-8")
    create_schedule(FILE, OUTLINE, UID, NOW)
    assert FILE.stat().st_mode == Path("other").stat().st_mode
    assert FILE.stat().st_nlink == 1
    assert names(folder) == ["other", "schedule.yaml"]


MODELS: list[type[BaseModel]] = [Schedule, Show, Airing, Platform, EpisodeText, Special, Change]


@pytest.mark.parametrize("model", MODELS)
def test_every_key_of_the_format_is_shown(model: type[BaseModel]) -> None:
    create_schedule(FILE, OUTLINE, UID, NOW)
    words = set(re.findall("[a-z_]+", FILE.read_text("utf-8")))
    assert set(model.model_fields) - words == set()


@pytest.mark.parametrize("name", SHOWS)
def test_the_examples_in_its_comments_are_right(name: str) -> None:
    assert run("init", *SHOWS[name]).exit_code == 0
    png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 1200, 630)
    Path("picture.png").write_bytes(png)
    FILE.write_text(uncommented(FILE.read_text("utf-8")), "utf-8")
    schedule = load_schedule(FILE)
    assert (len(schedule.changes), len(schedule.specials), len(schedule.clocks)) == (5, 1, 2)
    assert [each for each in Show.model_fields if getattr(schedule.show, each) in (None, ())] == []
    assert expand_episodes(schedule)[0].sequence == 5


def test_a_text_is_one_to_every_reader_of_yaml() -> None:
    create_schedule(FILE, replace(OUTLINE, title="null", platforms=("no,region=1984",)), UID, NOW)
    read = yaml.safe_load(FILE.read_text("utf-8"))
    assert read["show"]["title"] == "null"
    assert (read["platforms"][False]["name"], read["platforms"][False]["region"]) == ("no", "1984")


def test_no_line_is_longer_than_editors_show() -> None:
    create_schedule(FILE, OUTLINE, UID, NOW)
    prose = [each for each in FILE.read_text("utf-8").splitlines() if "# " in each]
    assert max(map(len, prose)) <= 100


def test_the_json_schema_is_named_only_where_it_is_there() -> None:
    modeline = "# yaml-language-server: $schema=schedule.schema.json"
    assert run("init", *WEEKLY).exit_code == 0
    lines = FILE.read_text("utf-8").splitlines()
    assert not [each for each in lines if re.match(r"#\s*yaml-language-server", each)]
    Path("schedule.schema.json").write_text(run("schema").stdout, "utf-8")
    assert run("init", "named.yaml", *WEEKLY).exit_code == 0
    assert Path("named.yaml").read_text("utf-8").splitlines()[0] == modeline


NASTY = st.sampled_from(
    "\"'#:{}[],&*!|>%@`~?- \\\n\t\r\x00\x85\u2028\u2066\u2069\ufeff\uffffאع\U0001f600"
)
# No file has half a character of UTF-16.
TITLES = st.text(st.one_of(NASTY, st.characters(codec="utf-8"))) | st.sampled_from(
    ["no", "~", "null", "23:00", "1984", "0x1f", "=", "<<", "- a", "a: b", "Show #1", "!!str x"]
)


@given(title=TITLES)
@example(title="x\x85")
@example(title="x" * 5000)
@example(title="x" * 5001)
@example(title="\u2067א\u2069")
def test_a_title_that_the_format_allows_survives_and_no_other_is_written(title: str) -> None:
    outline = replace(OUTLINE, title=title)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        try:
            allowed = Show.model_validate({"uid": str(UID), "slug": "show", "title": title})
        except ValidationError:
            with pytest.raises(OptionError) as caught:
                create_schedule(path, outline, UID, NOW)
            assert [each.location.file[:7] for each in caught.value.problems] == ["--title"]
            assert names(Path(folder)) == []
        else:
            create_schedule(path, outline, UID, NOW)
            assert load_schedule(path).show.title == allowed.title
