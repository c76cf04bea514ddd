"""A folder of shows in several languages: checked, exported, served, compared, and its mistakes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

import pytest

from tests.authoring.shows import run_cli
from tests.support.processes import run_granian
from tests.support.strict_parser import parse_calendar

URL: Final = "https://tv.example"
SETTINGS: Final = """\
languages: [en, ko, ar]
title: {en: My shows, ko: 내 작품}
platforms:
  stream: {name: Stream, kind: streaming, region: {en: South Korea, ko: 대한민국}}
feeds:
  crime: {title: {en: Crime, ko: 범죄}, genres: [crime]}
"""
SCHEDULE: Final = """\
format: 1
{languages}show:
  uid: 6e0a7f0c-61a7-4d0e-9f4e-0d4f3a8b2c1{n}
  slug: {slug}
  title: {title}
  genres: [crime]
timezone: Asia/Seoul
published: 2025-07-01T00:00:00+09:00
airing: {{premiere: 2025-07-21, weekdays: [monday], time: "23:00", runtime: 60, episodes: 2}}
platforms: [stream]
"""
SHOWS: Final = {
    "korean": ("languages: [ko, en]\n", "{ko: 하나, en: One}"),
    "english": ("", "Two"),
    "three": ("languages: [ko, ja, en]\n", "{ko: 셋, ja: 三, en: Three}"),
}


@pytest.fixture
def shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write three schedules and the settings to `shows`, and change to the folder above."""
    monkeypatch.chdir(tmp_path)
    folder = Path("shows")
    folder.mkdir()
    (folder / "site.yaml").write_text(SETTINGS, "utf-8")
    for n, (slug, (languages, title)) in enumerate(SHOWS.items()):
        text = SCHEDULE.format(languages=languages, n=n, slug=slug, title=title)
        (folder / f"{slug}.yaml").write_text(text, "utf-8")
    return folder


def run(*arguments: str) -> tuple[int, str]:
    """Run a command on the folder; return its exit status and what it printed."""
    command, *rest = arguments
    result = run_cli(command, *rest, "--schedule", "shows")
    return result.exit_code, result.stdout + result.stderr


def export(*options: str) -> tuple[int, str]:
    return run("export", "public", "--url", URL, *options)


def list_lines(path: str, names: str) -> list[str]:
    """Return the lines of a feed with these properties."""
    text = Path("public", path).read_text("utf-8").replace("\n ", "")
    return re.findall(rf"^(?:{names})[:;].*$", text, re.MULTILINE)


@pytest.mark.usefixtures("shows")
def test_each_language_has_its_overview_and_feeds() -> None:
    assert export()[0] == 0
    assert export() == (0, "public: 0 written, 3 unchanged, 0 removed (0 files written)\n")
    page = Path("public/ko/index.html").read_text("utf-8")
    assert '<html lang="ko">' in page
    assert f'<link rel="canonical" href="{URL}/ko/">' in page
    assert re.findall(r'hreflang="([\w-]+)" href="([^"]+)">\n', page) == [
        ("en", f"{URL}/"),
        ("ko", f"{URL}/ko/"),
        ("ar", f"{URL}/ar/"),
        ("x-default", f"{URL}/"),
    ]
    # A show that lacks a language is linked in its main one.
    assert re.findall(r'<h3[^>]*><a href="([^"]+)"', page) == ["/english/", "/korean/", "/three/"]
    # Its texts are marked in the list of shows and in the week.
    assert '<h3 dir="auto" lang="en"><a href="/english/">Two</a>' in page
    assert {*re.findall(r"<bdi[^>]*>Two</bdi>", page)} == {'<bdi lang="en">Two</bdi>'}
    overview = Path("public/index.html").read_text("utf-8")
    assert re.findall(r'<h3[^>]*><a href="([^"]+)"', overview) == [
        "/english/",
        "/korean/en/",
        "/three/en/",
    ]
    assert list_lines("ko/crime.ics", "X-WR-CALNAME") == ["X-WR-CALNAME:범죄"]
    assert list_lines("ar/crime.ics", "X-WR-CALNAME") == ["X-WR-CALNAME:\u200fCrime"]
    assert list_lines("ko/all.ics", "SUMMARY")[:3] == [
        "SUMMARY:Two: Episode 1",
        "SUMMARY:Two: Episode 2",
        "SUMMARY:하나: 1화",
    ]


@pytest.mark.usefixtures("shows")
@pytest.mark.parametrize("name", ["all", "all-reminders", "on-stream", "premieres", "crime"])
def test_feeds_agree_on_what_identifies_an_event(name: str) -> None:
    assert export()[0] == 0
    names = "UID|SEQUENCE|DTSTAMP|DTSTART|DTEND"
    expected = list_lines(f"{name}.ics", names)
    assert expected
    for language in ("ko", "ar"):
        body = Path(f"public/{language}/{name}.ics").read_bytes()
        parse_calendar(body)
        assert list_lines(f"{language}/{name}.ics", names) == expected
        assert f"SOURCE;VALUE=URI:{URL}/{language}/{name}.ics".encode() in body


def test_service_serves_what_is_exported(shows: Path) -> None:
    assert export()[0] == 0
    with run_granian(shows.resolve(), URL) as server:
        for path in sorted(Path("public").rglob("*")):
            name = str(path.relative_to("public"))
            if path.is_file() and not re.search(r"(^|/)\.|_headers|404\.html", name):
                response = server.request(f"/{name.removesuffix('index.html')}")
                assert (response.status, response.body) == (200, path.read_bytes()), name
        for target in ("/ko", "/ko/index.html"):
            response = server.request(target)
            assert (response.status, response.headers["location"]) == (308, "/ko/")
        for target in ("/three/ja", "/three/ja/index.html"):
            response = server.request(target)
            assert (response.status, response.headers["location"]) == (308, "/three/ja/")
        assert server.request("/de/").status == 404


def test_atom_feeds_have_ids_of_their_own(shows: Path) -> None:
    file = shows / "three.yaml"
    entry = "changes: [{at: 2025-07-20T00:00:00+09:00, episodes: [1], move: 2025-07-22T22:00}]\n"
    file.write_text(file.read_text("utf-8") + entry, "utf-8")
    assert export()[0] == 0
    ids = {
        path: re.findall("<id>(.*)</id>", Path("public", path, "changes.atom").read_text("utf-8"))
        for path in ("", "ko", "ar", "three", "three/en")
    }
    assert ids["ko"][1] == ids["three"][1]
    assert ids[""][1] == ids["three/en"][1]
    assert len({each for found in ids.values() for each in found}) == 8


def test_edited_translation_rebuilds_one_show(shows: Path) -> None:
    assert export()[0] == 0
    file = shows / "three.yaml"
    file.write_text(file.read_text("utf-8").replace("三", "その三"), "utf-8")
    status, output = export()
    assert status == 0
    assert "public: 1 written, 2 unchanged, 0 removed" in output
    assert "その三" in Path("public/three/ja/three.ics").read_text("utf-8")
    settings = shows / "site.yaml"
    settings.write_text(SETTINGS.replace("대한민국", "한국"), "utf-8")
    assert export()[0] == 0
    assert "한국" in Path("public/korean/korean.ics").read_text("utf-8")


@pytest.mark.usefixtures("shows")
def test_json_has_the_texts_of_every_language() -> None:
    assert export()[0] == 0
    document = json.loads(Path("public/shows.json").read_bytes())
    assert (document["language"], [*document["texts"]]) == ("en", ["ko", "ar"])
    korean = document["texts"]["ko"]
    assert korean["title"] == "내 작품"
    assert korean["shows"]["three"]["title"] == "셋"
    assert korean["shows"]["three"]["page"] == f"{URL}/three/"
    assert korean["platforms"]["stream"] == {"name": "Stream", "region": "대한민국"}


def test_language_is_removed_only_if_that_is_allowed(shows: Path) -> None:
    assert export()[0] == 0
    settings = shows / "site.yaml"
    settings.write_text(SETTINGS.replace(", ar]", "]"), "utf-8")
    status, output = export()
    assert status == 1
    assert "ar/all.ics" in output
    assert Path("public/ar/all.ics").exists()
    assert run("check", "--against", "public")[0] == 1
    assert export("--allow-removal")[0] == 0
    assert not Path("public/ar").exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        (
            "english.yaml",
            "slug: english",
            "slug: ko",
            "show.slug: `ko` is the folder of a language. Use another word, like `ko-show`.",
        ),
        (
            "english.yaml",
            "slug: english",
            "slug: pt-br",
            "show.slug: `pt-br` is the folder of a language. Use another word, like `pt-br-show`.",
        ),
        (
            "site.yaml",
            "[en, ko, ar]",
            "[en, ko, zh-TW]",
            "languages[2]: `zh-TW` is not the code of a language. Use `zh-Hant`.",
        ),
        ("site.yaml", "[en, ko, ar]", "[en, ko, en]", "`en` is already in the list. Remove it."),
        (
            "site.yaml",
            "{en: My shows, ko: 내 작품}",
            "{ko: 내 작품}",
            (
                "title: the main language `en` is missing. "
                "Add `en: …`, which is the first of `languages`."
            ),
        ),
        (
            "site.yaml",
            "ko: 내 작품",
            "ja: 私の",
            "title.ja: `ja` is not in `languages`. Add `ja` to `languages`, or remove this text.",
        ),
    ],
)
def test_mistakes_are_explained(shows: Path, file: str, old: str, new: str, problem: str) -> None:
    path = shows / file
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    status, output = run("check")
    assert status == 1
    assert problem in output


@pytest.mark.usefixtures("shows")
def test_url_must_not_end_in_a_language() -> None:
    status, output = run("export", "public", "--url", f"{URL}/ko")
    assert status == 1
    assert "the URL of the site ends in `/ko`, the folder of a language. Publish it at" in output
    assert not Path("public/index.html").exists()


def test_main_language_stays(shows: Path) -> None:
    assert export()[0] == 0
    before = Path("public/all.ics").read_bytes()
    (shows / "site.yaml").write_text(SETTINGS.replace("[en, ko, ar]", "[ko, en, ar]"), "utf-8")
    status, output = export("--allow-removal")
    assert status == 1
    assert "site.yaml:1:13: languages[0]: the main language was `en`" in output
    status, output = run("check", "--against", "public")
    assert status == 1
    assert "the main language was `en`, not `ko`. Put `en` first" in output
    assert Path("public/all.ics").read_bytes() == before


@pytest.mark.usefixtures("shows")
def test_files_are_not_written_through_a_link() -> None:
    Path("elsewhere").mkdir()
    Path("public").mkdir()
    assert export()[0] == 0
    settings = Path("shows/site.yaml")
    settings.write_text(SETTINGS.replace("ar]", "ar, fr]"), "utf-8")
    Path("public/fr").symlink_to("../elsewhere")
    status, output = export()
    assert status == 1
    assert "public/fr: must be a folder. Move the file elsewhere." in output
    assert [*Path("elsewhere").iterdir()] == []


@pytest.mark.usefixtures("shows")
def test_check_names_missing_texts_and_speaks_english() -> None:
    status, output = run("check")
    assert status == 0
    assert "korean: en: 1 text is missing and shown in ko: show.genres[0]" in output
    assert "21 July to 28 July 2025" in output
