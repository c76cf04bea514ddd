"""Fixtures: the site of a schedule in three languages."""

from __future__ import annotations

import pytest

from defects_ical.site.build import Site, build_site
from tests.conftest import SITE_URL
from tests.site.translated_site import SCHEDULE
from tests.support.example_schedules import load_yaml


@pytest.fixture(scope="module")
def translated() -> Site:
    return build_site(load_yaml(SCHEDULE), SITE_URL)
