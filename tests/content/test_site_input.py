"""What renderers take is in the order in which it is shown."""

from __future__ import annotations

from typing import Final

from defects_ical.content.site_input import SiteInput
from tests.conftest import SITE_URL
from tests.support.example_schedules import load_yaml, make_yaml

EARLY: Final = "[{id: preview, title: A preview, airs: 2025-07-20T23:00, runtime: 30}]"


def test_episodes_are_sorted_by_start() -> None:
    site = SiteInput(load_yaml(make_yaml(episodes=2, specials=EARLY)), SITE_URL)
    assert [each.id for each in site.episodes] == ["e01", "e02", "preview"]
    assert [each.id for each in site.episodes_by_start] == ["preview", "e01", "e02"]
    assert site.link_to(site.episodes[0]) == "https://defects.example/#e01"
