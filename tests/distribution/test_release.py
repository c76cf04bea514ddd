"""A release has one version, which its changelog describes."""

from __future__ import annotations

import re
from typing import Final

from defects_ical import __version__
from tests.support.documents import PAGES

CHANGELOG: Final = PAGES["CHANGELOG.md"]
# A version, a dash, and the day of its release.
HEADING: Final = re.compile(r"^## (\S+) \S (not yet released|\d{4}-\d\d-\d\d)$", re.MULTILINE)


def test_changelog_begins_with_this_version() -> None:
    versions = HEADING.findall(CHANGELOG)
    assert versions[0][0] == __version__
    assert [state for _, state in versions[1:] if state == "not yet released"] == []


def test_every_heading_has_version_and_state() -> None:
    headings = re.findall(r"^## .*", CHANGELOG, flags=re.MULTILINE)
    assert [each for each in headings if not HEADING.match(each)] == []
