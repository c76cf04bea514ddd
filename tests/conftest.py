"""Fixtures of all tests: the schedule and the site of The Defects."""

from __future__ import annotations

import zoneinfo
from pathlib import Path

import hypothesis
import pytest

from defects_ical.content.links.site_url import SiteURL
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import Site, build_site

ROOT = Path(__file__).parent.parent
SITE_URL = SiteURL.parse("https://defects.example")

# zoneinfo, the reference for time zones, uses the locked tzdata, not the system's.
zoneinfo.reset_tzpath(())

# A deadline would fail tests on a busy machine.
hypothesis.settings.register_profile("default", deadline=None)
hypothesis.settings.load_profile("default")


@pytest.fixture(scope="session")
def schedule() -> Schedule:
    """Return the schedule of The Defects."""
    return load_schedule(ROOT / "schedule.yaml")


@pytest.fixture(scope="session")
def site(schedule: Schedule) -> Site:
    """Return the site of The Defects."""
    return build_site(schedule, SITE_URL)
