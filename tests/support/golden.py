"""Golden files, which hold the exact output of the program; ``make golden`` writes them."""

from __future__ import annotations

from pathlib import Path

from defects_ical.content.links.site_url import SiteURL
from defects_ical.schedule.loader import load_schedule
from defects_ical.site.build import build_site
from tests.authoring import test_schedule_file
from tests.authoring.imports import test_schedule_text
from tests.doctor import test_report
from tests.doctor.reports import test_formats
from tests.languages import test_golden
from tests.support.site_digest import digest_site

ROOT = Path(__file__).parent.parent.parent
DATA = ROOT / "tests" / "render" / "data"
SITE_URL = SiteURL.parse("https://defects.example")
DIGEST = ROOT / "tests" / "site" / "data" / "site.sha256"
# One of each kind: the main feed, the same with reminders, a platform's feed, an episode file.
FEEDS = {
    "/the-defects.ics": DATA / "the-defects.ics",
    "/the-defects-reminders.ics": DATA / "the-defects-reminders.ics",
    "/the-defects-kocowa.ics": DATA / "the-defects-kocowa.ics",
    "/episodes/the-defects-e03.ics": DATA / "the-defects-e03.ics",
}


def write_golden_files() -> None:
    """Write what the program outputs now."""
    site = build_site(load_schedule(ROOT / "schedule.yaml"), SITE_URL)
    DIGEST.write_text(f"{digest_site(site)}\n", "utf-8")
    for path, file in FEEDS.items():
        file.write_bytes(site[path].body)
    test_schedule_file.write_golden()
    test_schedule_text.write_golden()
    test_report.write_golden()
    test_formats.write_golden()
    test_golden.write_golden()


if __name__ == "__main__":
    write_golden_files()
