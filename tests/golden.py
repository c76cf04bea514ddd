"""Golden files: what is made and said, byte by byte. ``make golden`` writes them."""

from __future__ import annotations

from pathlib import Path

import test_doctor
import test_init
from defects_ical.links import Address
from defects_ical.loading import load
from defects_ical.site import build, digest

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "data"
ADDRESS = Address.parse("https://defects.example")
DIGEST = DATA / "site.sha256"
# One of each kind: a feed, its reminder twin, a platform's feed, a single episode.
FEEDS = {
    "/the-defects.ics": DATA / "the-defects.ics",
    "/the-defects-reminders.ics": DATA / "the-defects-reminders.ics",
    "/the-defects-kocowa.ics": DATA / "the-defects-kocowa.ics",
    "/episodes/the-defects-e03.ics": DATA / "the-defects-e03.ics",
}


def write() -> None:
    """Make what the program does now what it has to do."""
    site = build(load(ROOT / "schedule.yaml"), ADDRESS)
    DIGEST.write_text(f"{digest(site)}\n", "utf-8")
    for path, file in FEEDS.items():
        file.write_bytes(site[path].body)
    test_init.write_golden()
    test_doctor.write_golden()


if __name__ == "__main__":
    write()
