"""Platforms that the shows of a site share."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from defects_ical.errors import ScheduleError
from defects_ical.schedule.loader import load_schedule
from defects_ical.shows.loader import load_show
from defects_ical.shows.settings import SiteSettings
from tests.shows.shows import write_show

SETTINGS: Final = SiteSettings.model_validate(
    {
        "platforms": {
            "ena": {"name": "ENA", "kind": "television", "region": "South Korea"},
            "tving": {"name": "TVing", "kind": "streaming", "region": "South Korea"},
        }
    }
)


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path("one.yaml")


def test_list_names_shared_platforms_in_its_order(show: Path) -> None:
    write_show(show, platforms="[tving, ena]")
    platforms = load_show(show, SETTINGS).platforms
    assert [(name, each.name) for name, each in platforms.items()] == [
        ("tving", "TVing"),
        ("ena", "ENA"),
    ]


def test_keys_of_the_show_are_added_and_win(show: Path) -> None:
    write_show(show, platforms="{ena: {region: Korea}, tving: {delay: 60}}")
    platforms = load_show(show, SETTINGS).platforms
    assert (platforms["ena"].name, platforms["ena"].region) == ("ENA", "Korea")
    assert platforms["tving"].kind == "streaming"
    assert platforms["tving"].delay is not None


def test_platform_without_keys_is_the_shared_one(show: Path) -> None:
    write_show(show, platforms="{ena: , tving: {}}")
    assert [*load_show(show, SETTINGS).platforms] == ["ena", "tving"]


def test_own_platforms_stay(show: Path) -> None:
    write_show(show, platforms="{own: {name: Own, kind: cinema, region: Korea}}")
    assert load_show(show, SETTINGS).platforms == load_schedule(show).platforms


BAD: Final = {
    "[tvign]": "6:13: platforms[0]: there is no platform `tvign` in `site.yaml`. Use `tving`.",
    "[ena, netflix]": "6:18: platforms[1]: there is no platform `netflix` in `site.yaml`. "
    "Use `ena`, `tving`, or add it there.",
    "[ena, ena]": "6:18: platforms[1]: `ena` is already in the list. Remove it.",
    "[{ena: ENA}]": "6:13: platforms[0]: expected the id of a platform, got a mapping. "
    "Use ids of `site.yaml`, or a mapping in place of the list.",
    "[]": "6:12: platforms: must not be empty. "
    "Use a value like `{channel: {name: Channel, kind: television, region: everywhere}}`.",
    "ena": "6:12: platforms: expected a mapping, got text. "
    "Use `{channel: {name: Channel, kind: television, region: everywhere}}`.",
    "{netflix: {delay: 60}}": """\
6:13: platforms.netflix: there is no platform `netflix` in `site.yaml`. \
Use `ena`, `tving`, or add it there. Or give its name, kind and region here.""",
    "{tvign: }": """\
6:13: platforms.tvign: there is no platform `tvign` in `site.yaml`. \
Use `tving`. Or give its name, kind and region here.""",
    "{own: {name: Own}}": "6:18: platforms.own: `kind` is missing. "
    "Add it, for example `kind: television`.|6:18: platforms.own: `region` is missing. "
    "Add it, for example `region: everywhere`.",
    "{ena: {regoin: Korea}}": "6:19: platforms.ena.regoin: unknown key. Use `region`.",
}


@pytest.mark.parametrize("platforms", BAD)
def test_bad_platforms_are_reported_where_they_stand(platforms: str, show: Path) -> None:
    write_show(show, platforms=platforms)
    with pytest.raises(ScheduleError) as caught:
        load_show(show, SETTINGS)
    expected = [f"one.yaml:{each}" for each in BAD[platforms].split("|")]
    assert [*map(str, caught.value.problems)] == expected


def test_names_are_explained_without_shared_platforms(show: Path) -> None:
    write_show(show, platforms="[ena]")
    with pytest.raises(ScheduleError, match=r"no platform `ena` in `site.yaml`\. Add it there\."):
        load_show(show, SiteSettings())
