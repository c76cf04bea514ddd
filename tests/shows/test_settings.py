"""The settings of a site, and every way in which they can be wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import pytest

from defects_ical.errors import ScheduleError
from defects_ical.shows.settings import SiteSettings, load_settings

SETTINGS: Final = """\
title: Crime in Korea
description: When crime series air.
color: teal
timezone: Asia/Seoul
platforms:
  ena: {name: ENA, kind: television, region: South Korea}
  tving: {name: TVing, kind: streaming, region: South Korea, url: https://www.tving.com/}
feeds:
  mondays: {title: Crime on Mondays, shows: [one, two], platforms: [ena], genres: [crime]}
archive_before: 2026-01-01
"""


def load(folder: Path, text: str) -> SiteSettings:
    (folder / "site.yaml").write_text(text, "utf-8")
    return load_settings(folder)


def test_settings_are_read(tmp_path: Path) -> None:
    settings = load(tmp_path, SETTINGS)
    assert (settings.title, settings.color, settings.timezone) == (
        "Crime in Korea",
        "teal",
        "Asia/Seoul",
    )
    assert settings.platforms["tving"].url == "https://www.tving.com/"
    assert settings.feeds["mondays"].shows == ("one", "two")
    assert settings.archive_before == date(2026, 1, 1)
    assert len(settings.digest) == 64


@pytest.mark.parametrize("text", ["", "# Nothing yet.\n"])
def test_empty_file_is_like_none(text: str, tmp_path: Path) -> None:
    without = load_settings(tmp_path)
    empty = load(tmp_path, text)
    assert all(getattr(empty, key) == getattr(without, key) for key in SiteSettings.model_fields)


BAD: Final = {
    "unknown key": (
        "titel: My shows",
        "1:1: titel: unknown key. Use `title`.",
    ),
    "another unknown key": (
        "tags: [en]",
        (
            "1:1: tags: unknown key. Remove it, or use another key: `title`, `description`, "
            "`languages`, `color`, `timezone`, `platforms`, `feeds`, `archive_before`."
        ),
    ),
    "a list": (
        "- one\n- two",
        "1:1: expected a mapping, got a list. Start the file with `title: My shows`.",
    ),
    "a text": (
        "My shows",
        "1:1: expected a mapping, got text. Start the file with `title: My shows`.",
    ),
    "color": (
        "color: crimsom",
        "1:8: color: `crimsom` is not a CSS colour name. Use `crimson`.",
    ),
    "zone": (
        "timezone: KST",
        "1:11: timezone: `KST` is not an IANA time zone. Use `Asia/Seoul`.",
    ),
    "platform without kind": (
        "platforms: {ena: {name: ENA, region: South Korea}}",
        "1:18: platforms.ena: `kind` is missing. Add it, for example `kind: television`.",
    ),
    "platform with a delay": (
        "platforms: {ena: {name: ENA, kind: television, region: South Korea, delay: 60}}",
        "1:69: platforms.ena.delay: unknown key. Remove it, or use another key: `url`.",
    ),
    "list of platforms": (
        "platforms: [ena]",
        (
            "1:12: platforms: expected a mapping, got a list. "
            "Use `{channel: {name: Channel, kind: television, region: everywhere}}`."
        ),
    ),
    "feed without title": (
        "feeds: {mondays: {genres: [crime]}}",
        "1:18: feeds.mondays: `title` is missing. Add it, for example `title: Crime on Mondays`.",
    ),
    "feed of everything": (
        "feeds: {mondays: {title: Mondays}}",
        (
            "1:18: feeds.mondays: this feed would be the same as `/all.ics`. "
            "Choose its events with `shows`, `platforms` or `genres`."
        ),
    ),
    "name of another feed": (
        "feeds: {premieres: {title: New, genres: [crime]}}",
        (
            "1:9: feeds.premieres: `premieres` is the name of a feed that every site has. "
            "Use another word, like `my-premieres`."
        ),
    ),
    "name of a platform's feed": (
        "feeds: {on-ena: {title: ENA, platforms: [ena]}}",
        (
            "1:9: feeds.on-ena: `on-ena` is the name of a feed that every site has. "
            "Use another word, like `my-on-ena`."
        ),
    ),
    "name of reminders": (
        "feeds: {a: {title: A, genres: [a]}, a-reminders: {title: B, genres: [b]}}",
        (
            "1:37: feeds.a-reminders: `a-reminders` is the name of a feed with reminders. "
            "Use another word, like `my-a-reminders`."
        ),
    ),
    "name with capitals": (
        "feeds: {Mondays: {title: A, genres: [a]}}",
        (
            "1:9: feeds.Mondays: `Mondays` is not an id (lower-case letters, digits and single "
            "hyphens, starting with a letter). Use `mondays`."
        ),
    ),
    "genres without a list": (
        "feeds: {mondays: {title: A, genres: crime}}",
        "1:37: feeds.mondays.genres: expected a list, got text. Use `[crime]`.",
    ),
    "date": (
        "archive_before: 2026-1-1",
        "1:17: archive_before: `2026-1-1` is not a date. Use `2026-01-01`.",
    ),
    "same key twice": (
        "title: A\ntitle: B",
        "2:1: title: `title` is already in line 1. Remove one of the two.",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_settings_are_one_problem(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text, expected = BAD[name]
    with pytest.raises(ScheduleError) as caught:
        load(Path(), f"{text}\n")
    assert [*map(str, caught.value.problems)] == [f"site.yaml:{expected}"]
