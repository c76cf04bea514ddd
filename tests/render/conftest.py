"""Fixtures of the render tests: the .ics files of several sites."""

from __future__ import annotations

import pytest

from defects_ical.site.build import Site
from tests.conftest import SITE_URL
from tests.support.calendar_files import CASES, CalendarFiles, build_case, list_calendar_files


@pytest.fixture(scope="module")
def rich() -> CalendarFiles:
    """Return the files of a schedule with difficult texts, times and changes."""
    return build_case("rich")


@pytest.fixture(scope="module")
def the_defects(site: Site) -> CalendarFiles:
    """Return the .ics files of The Defects."""
    return list_calendar_files(site, SITE_URL)


@pytest.fixture(scope="module", params=["the-defects", *CASES])
def files(request: pytest.FixtureRequest, the_defects: CalendarFiles) -> CalendarFiles:
    """Return the .ics files of each site in turn."""
    return the_defects if request.param == "the-defects" else build_case(request.param)
