"""What every test may use: the real show, and the schedules that tests are made of."""

from __future__ import annotations

import zoneinfo
from pathlib import Path

import pytest

from defects_ical.links import Address
from defects_ical.loading import load
from defects_ical.schedule import Schedule
from defects_ical.site import Site, build

ROOT = Path(__file__).parent.parent
ADDRESS = Address.parse("https://defects.example")

# The truth about zones comes from the locked tzdata, not from the machine's.
zoneinfo.reset_tzpath(())


@pytest.fixture(scope="session")
def schedule() -> Schedule:
    """The shipped schedule."""
    return load(ROOT / "schedule.yaml")


@pytest.fixture(scope="session")
def site(schedule: Schedule) -> Site:
    """The shipped schedule's site."""
    return build(schedule, ADDRESS)
