"""What is published, wherever it is: read, compared on the command line, or refused in plain words.

In data/comparison, NAME.txt and NAME.md are what a comparison prints, and errors.txt is what is
said where there is nothing to compare with.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner, Result

from defects_ical import __version__
from defects_ical.cli import check, export
from defects_ical.cli.app import main
from defects_ical.compare import published
from defects_ical.compare.published import load_published
from defects_ical.errors import ComparisonSourceError
from defects_ical.export.exporter import export_site
from defects_ical.site.build import build_site
from tests.compare.test_site_diff import CASES, DATA, NOW, PUBLISHED, SITE_URL, edited, site
from tests.support.example_schedules import load_yaml
from tests.support.processes import run_granian

URL: Final = f"{SITE_URL}"
FEED: Final = site(PUBLISHED)["/show.ics"].body

# A comparison of each kind, with the folder that was exported.
SHOWN: Final = {
    "nothing": "nothing",
    "announced": "an entry of several things appended",
    "moved": "the rule's time and runtime",
    "reworded": "a teaser",
    "retitled": "the title",
    "deleted": "two entries deleted",
    "inserted": "a note put before the last one",
    "removed": "a special less",
    "delayed": "a platform's delay",
    "gone": "the slug",
    "renewed": "the uid",
    "zone": "a zone of another time",
}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test decides at the same instant, and asks no proxy."""
    for command in (check, export):
        monkeypatch.setattr(command, "utc_now", lambda: NOW)
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with the schedule in it."""
    monkeypatch.chdir(tmp_path)
    Path("schedule.yaml").write_text(PUBLISHED, "utf-8")
    return tmp_path


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the schedule is exported to."""
    folder = tmp_path_factory.mktemp("exported")
    export_site(build_site(load_yaml(PUBLISHED), SITE_URL), SITE_URL, folder)
    return folder


@pytest.fixture
def folder(here: Path, exported: Path) -> Path:
    """The working folder with the schedule in it, and `public`, to which it was exported."""
    shutil.copytree(exported, "public")
    return here


def expected(name: str) -> str:
    return (DATA / name).read_text("utf-8")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", SHOWN)
def test_a_comparison_says_what_subscribers_will_see_and_how_to_mend_it(name: str) -> None:
    Path("schedule.yaml").write_text(edited(CASES[SHOWN[name]]), "utf-8")
    text = run("check", "--against", "public")
    assert text.stdout == expected(f"{name}.txt")
    markdown = run("check", "--against", "public", "--format", "markdown")
    assert markdown.stdout == expected(f"{name}.md")
    silent = "error: " in text.stdout
    assert (text.exit_code, markdown.exit_code) == (silent, silent)
    assert (text.stderr, markdown.stderr) == ("", "")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", SHOWN)
def test_what_a_comparison_prints_can_be_pasted(name: str) -> None:
    Path("schedule.yaml").write_text(edited(CASES[SHOWN[name]]), "utf-8")
    shown = run("check", "--against", "public").stdout
    restored = re.findall("^- put back under `specials`: `(- .*)`$", shown, flags=re.MULTILINE)
    entries = re.findall("^  - {at: .*}$", shown, flags=re.MULTILINE)
    text = edited(CASES[SHOWN[name]])
    for special in restored:
        text = text.replace("specials:\n", f"specials:\n  {special}\n")
    Path("schedule.yaml").write_text(text + "".join(f"{each}\n" for each in entries), "utf-8")
    again = run("check", "--against", "public")
    assert ("error: " in again.stdout) == (again.exit_code == 1) == (name in {"gone", "renewed"})
    assert "warning: " not in again.stdout


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["show.ics", "show-stream-reminders.ics", "episodes/show-e02.ics"])
def test_a_file_is_compared_with_its_own_counterpart(name: str) -> None:
    Path("schedule.yaml").write_text(edited(CASES["the rule's time"]), "utf-8")
    result = run("check", "--against", f"public/{name}")
    assert result.exit_code == 1
    assert f"The Show, compared with public/{name}\n" in result.stdout
    assert "episodes: [2], move: 2025-07-22T22:00}" in result.stdout


@pytest.mark.usefixtures("folder")
def test_a_copy_anywhere_is_compared_at_the_address_that_it_names() -> None:
    assert run("export", "moved", "--url", "https://me.example/shows").exit_code == 0
    Path("moved/show-stream.ics").rename("show-stream (1).ics")
    Path("moved/episodes/show-e02.ics").rename("e2.ics")
    for name in ("show-stream (1).ics", "e2.ics"):
        result = run("check", "--against", name)
        assert (result.exit_code, result.stdout.splitlines()[1]) == (
            0,
            "schedule.yaml: nothing changed",
        )


def test_a_live_feed_is_compared(folder: Path) -> None:
    Path("edited.yaml").write_text(edited(CASES["the rule's time and runtime"]), "utf-8")
    with run_granian(folder / "schedule.yaml", "https://me.example/shows") as server:
        address = f"http://127.0.0.1:{server.port}/show.ics"
        result = run("check", "--against", address, "--schedule", "edited.yaml")
    text = expected("moved.txt").replace("public", address).replace("schedule.yaml", "edited.yaml")
    assert (result.exit_code, result.stdout) == (1, text)


@pytest.mark.usefixtures("folder")
def test_other_calendars_in_the_folder_are_left_out() -> None:
    Path("public/party.ics").write_text("BEGIN:VCALENDAR\nEND:VCALENDAR\n", "utf-8")
    other = PUBLISHED.replace("slug: show", "slug: film").replace("3c2d1f64", "4c2d1f64")
    Path("other.yaml").write_text(other, "utf-8")
    assert run("export", "other", "--url", URL, "--schedule", "other.yaml").exit_code == 0
    Path("other/film.ics").rename("public/film.ics")
    result = run("check", "--against", "public")
    assert (result.exit_code, result.stdout.splitlines()[1]) == (
        0,
        "schedule.yaml: nothing changed",
    )


def test_a_format_is_of_a_comparison(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("check", "--format", "markdown")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--format needs --against." in result.stderr


@pytest.mark.usefixtures("folder")
def test_what_stands_in_a_table_or_a_heading_is_text_in_markdown() -> None:
    teaser = "teaser: 'They <b>run</b> | *fast* `now` [here](x)'"
    Path("schedule.yaml").write_text(PUBLISHED.replace("teaser: They run.", teaser), "utf-8")
    shown = run("check", "--against", "public", "--format", "markdown").stdout
    assert r"teaser: They \<b\>run\</b\> \| \*fast\* \`now\` \[here\](x) |" in shown


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["deleted", "delayed", "removed", "gone", "renewed"])
def test_an_export_over_another_refuses_what_nobody_would_learn_of(name: str) -> None:
    before = contents(Path("public"))
    Path("schedule.yaml").write_text(edited(CASES[SHOWN[name]]), "utf-8")
    refused = run("export", "public", "--url", URL)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == expected(f"{name}.export.txt")
    assert contents(Path("public")) == before
    forced = run("export", "public", "--url", URL, "--force")
    assert forced.exit_code == 0
    assert forced.stderr.startswith("warning: public: ")
    assert contents(Path("public")) != before
    assert run("check", "--against", "public").stdout.endswith("schedule.yaml: nothing changed\n")


@pytest.mark.usefixtures("folder")
def test_an_export_warns_of_other_words_and_writes_them() -> None:
    Path("schedule.yaml").write_text(edited(CASES["a teaser"]), "utf-8")
    result = run("export", "public", "--url", URL)
    assert result.exit_code == 0
    assert result.stderr == (
        "warning: public: Episode 1: reworded (teaser: They are on the run.), without an entry in "
        "`changes`; append `- {at: 2025-08-01T12:00:00+09:00, episodes: [1], "
        'note: "Details corrected."}`\n'
    )
    assert b"They are on the run." in Path("public/show.ics").read_bytes()


@pytest.mark.usefixtures("folder")
def test_an_export_of_what_is_announced_says_nothing() -> None:
    Path("schedule.yaml").write_text(edited(CASES["a shift appended"]), "utf-8")
    result = run("export", "public", "--url", URL)
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.usefixtures("folder")
def test_an_export_mends_a_damaged_feed_and_says_that_it_did_not_compare_it() -> None:
    feed = Path("public/show.ics")
    sound = feed.read_bytes()
    feed.write_bytes(sound[:1000])
    result = run("export", "public", "--url", URL)
    assert (result.exit_code, feed.read_bytes()) == (0, sound)
    assert result.stderr == "warning: public/show.ics: damaged, not compared\n"


@pytest.mark.usefixtures("folder")
def test_an_export_to_another_address_warns_of_the_links() -> None:
    result = run("export", "public", "--url", "https://me.example/shows")
    assert result.exit_code == 0
    assert "Episodes 1 to 8, The making of: reworded (link)" in result.stderr


def changed(old: bytes, new: bytes) -> bytes:
    assert old in FEED
    return FEED.replace(old, new)


# What is no published feed of the show; None is no file at all.
UNUSABLE: Final[dict[str, Callable[[], bytes]]] = {
    "empty": lambda: b"",
    "blank": lambda: b"\r\n\r\n",
    "a web page": lambda: b"\n<!DOCTYPE html>\n<title>The Show</title>\n",
    "binary": lambda: b"\x89PNG\r\n\x1a\n\0\0",
    "compressed": lambda: b"\x1f\x8b\x08\x01",
    "not a calendar": lambda: b"The Show\n",
    "cut short": lambda: FEED[:1000],
    "another program's": lambda: changed(b"-//defects-ical//defects-ical//EN", b"-//a//b//EN"),
    "without events": lambda: b"".join(re.split(b"BEGIN:VEVENT(?s:.*)END:VEVENT\r\n", FEED)),
    "another show's": lambda: (
        site(PUBLISHED.replace("slug: show", "slug: film").replace("3c2d1f64", "4c2d1f64"))[
            "/film.ics"
        ].body
    ),
    "not UTF-8": lambda: changed(b"They run.", b"They r\xfcn."),
    "without an address": lambda: changed(b"SOURCE;VALUE=URI:https:", b"SOURCE;VALUE=URI:ftp:"),
    "a line too many": lambda: changed(b"TRANSP:TRANSPARENT\r\n", b"TRANSPARENT\r\n"),
    "no SEQUENCE": lambda: changed(b"SEQUENCE:0\r\n", b""),
    "an odd SEQUENCE": lambda: changed(b"SEQUENCE:0\r\n", b"SEQUENCE:-1\r\n"),
    "a large SEQUENCE": lambda: changed(b"SEQUENCE:0\r\n", b"SEQUENCE:100000\r\n"),
    "an odd STATUS": lambda: changed(b"STATUS:CONFIRMED", b"STATUS:PLANNED"),
    "a local stamp": lambda: changed(b"DTSTAMP:20250701T000000Z", b"DTSTAMP:20250701T000000"),
    "a floating time": lambda: changed(b"DTSTART;TZID=Asia/Seoul:", b"DTSTART:"),
    "an unknown zone": lambda: changed(b"DTSTART;TZID=Asia/Seoul:", b"DTSTART;TZID=Asia/Soul:"),
    "a day alone": lambda: changed(b"DTSTART;TZID=Asia/Seoul:20250721T230000", b"DTSTART:20250721"),
    "a day that there is not": lambda: changed(b"Seoul:20250721T23", b"Seoul:20250732T23"),
    "a time that is skipped": lambda: changed(
        b"DTSTART;TZID=Asia/Seoul:20250721T230000", b"DTSTART;TZID=Europe/London:20250330T013000"
    ),
    "too large": lambda: FEED + b" " * 10_000_000,
}


def errors() -> dict[str, str]:
    told = re.findall(r"(?m)^# (.*)\n(.*)$", expected("errors.txt"))
    assert len(told) == len({name for name, _ in told})
    return dict(told)


def refused(where: str) -> str:
    """What is said of it, on the command line, with the port that every server has."""
    result = run("check", "--against", where)
    assert (result.exit_code, result.stdout) == (1, "")
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8000", result.stderr).removesuffix("\n")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", UNUSABLE)
def test_a_file_that_is_no_published_feed_is_refused(name: str) -> None:
    Path("feed.ics").write_bytes(UNUSABLE[name]())
    assert refused("feed.ics") == errors()[name]


@pytest.mark.usefixtures("here")
def test_what_is_not_there_or_no_file_is_refused() -> None:
    Path("empty").mkdir()
    os.mkfifo("pipe")
    assert refused("none.ics") == errors()["no file"]
    assert refused("empty") == errors()["an empty folder"]
    assert refused("pipe") == errors()["a pipe"]
    assert refused("schedule.yaml/feed.ics") == errors()["below a file"]
    assert refused("a\0b") == errors()["no name"]
    assert refused("webcal://defects.example/show.ics") == errors()["webcal"]
    assert refused("ftp://defects.example/show.ics") == errors()["ftp"]


@pytest.mark.usefixtures("folder")
def test_feeds_of_several_addresses_are_refused() -> None:
    feed = Path("public/show-stream.ics")
    feed.write_bytes(feed.read_bytes().replace(b"https://defects.example", b"https://me.example"))
    assert refused("public") == errors()["several addresses"]


@pytest.mark.usefixtures("folder")
def test_a_damaged_feed_of_a_folder_is_refused_by_its_name() -> None:
    Path("public/show-stream.ics").write_bytes(b"half a file")
    assert refused("public") == errors()["a damaged feed in a folder"]


class Handler(BaseHTTPRequestHandler):
    """Answers as servers do that something is wrong with."""

    def do_GET(self) -> None:
        name = self.path.strip("/")
        agents.append(self.headers["User-Agent"])
        if name.isdigit():
            self.answer(int(name), b"<html>", Location=f"/{name}")
        elif name in REDIRECTS:
            self.answer(302, b"", Location=REDIRECTS[name])
        elif name == "slow":
            time.sleep(0.5)
        elif name == "trickle":
            self.trickle()
        elif name == "hang-up":
            self.close_connection = True
        else:
            self.answer(200, UNUSABLE.get(name.replace("-", " "), lambda: FEED)())

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def trickle(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(20):
            self.wfile.write(b"BEGIN:VCALENDAR\r\n")
            time.sleep(0.05)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Nothing."""


REDIRECTS: Final = {
    "moved": "/show.ics",
    "to-a-file": "file:///etc/passwd",
    "to-ftp": "ftp://127.0.0.1/show.ics",
}
agents: list[str] = []


class Quiet(ThreadingHTTPServer):
    """A server that does not mind clients that leave, and waits for its own threads."""

    daemon_threads = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    with Quiet(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@pytest.mark.usefixtures("here")
def test_an_address_is_asked_by_name_and_followed(server: str) -> None:
    agents.clear()
    result = run("check", "--against", f"{server}/moved")
    assert (result.exit_code, result.stdout.splitlines()[1]) == (
        0,
        "schedule.yaml: nothing changed",
    )
    assert agents == [f"defects-ical/{__version__}"] * 2


ANSWERS: Final = (
    *("404", "410", "403", "500", "503", "418", "302"),
    *("to-a-file", "to-ftp", "slow", "trickle", "hang-up"),
    *("a-web-page", "empty", "too-large", "another-show's", "cut-short"),
)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_is_no_published_feed_is_refused(
    name: str, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name in {"slow", "trickle"}:
        monkeypatch.setattr(published, "PATIENCE", 0.3)
    assert refused(f"{server}/{name}") == errors()[f"/{name}"]


@pytest.mark.usefixtures("here")
def test_an_address_at_which_nothing_answers_is_refused(server: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert refused(f"http://127.0.0.1:{port}/show.ics") == errors()["no server"]
    assert refused(server.replace("http:", "https:") + "/show.ics") == errors()["no TLS"]
    assert refused("http://127.0.0.1:x/show.ics") == errors()["no port"]
    assert refused("http:///show.ics") == errors()["no host"]
    assert refused("http://dé fects.example/show.ics") == errors()["no host name"]


@pytest.mark.usefixtures("here")
def test_a_name_that_no_server_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert refused("http://nobody.invalid/show.ics") == errors()["no such name"]


@pytest.mark.usefixtures("folder")
def test_a_file_that_may_not_be_read_is_refused() -> None:
    Path("public/show.ics").chmod(0)
    schedule = load_yaml(PUBLISHED)
    privileged = os.geteuid() == 0
    if privileged:  # root may read anything: look as somebody else
        os.seteuid(65534)
    try:
        with pytest.raises(ComparisonSourceError) as caught:
            load_published("public/show.ics", schedule)
    finally:
        if privileged:
            os.seteuid(0)
    assert f"error: {caught.value}" == errors()["no permission"]
