"""What every test may use: the real show, and the schedules that tests are made of."""

from __future__ import annotations

import zoneinfo
from pathlib import Path

import hypothesis
import pytest

from defects_ical.content.site_url import SiteURL
from defects_ical.schedule.loader import load_schedule
from defects_ical.schedule.model import Schedule
from defects_ical.site.build import Site, build_site

ROOT = Path(__file__).parent.parent
SITE_URL = SiteURL.parse("https://defects.example")

# The truth about zones comes from the locked tzdata, not from the machine's.
zoneinfo.reset_tzpath(())

# Other processes may hold up a test; that is no failure.
hypothesis.settings.register_profile("default", deadline=None)
hypothesis.settings.load_profile("default")


@pytest.fixture(scope="session")
def schedule() -> Schedule:
    """The shipped schedule."""
    return load_schedule(ROOT / "schedule.yaml")


@pytest.fixture(scope="session")
def site(schedule: Schedule) -> Site:
    """The shipped schedule's site."""
    return build_site(schedule, SITE_URL)
