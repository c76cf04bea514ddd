"""Report what subscribers would see of an edit, from the schedule before and after it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from defects_ical.compare.report import Report, build_report
from defects_ical.compare.site_diff import compare_site
from defects_ical.content.links.site_url import SiteURL
from defects_ical.content.site_input import SiteInput
from defects_ical.model.schedule import Schedule
from defects_ical.render.ics.feeds import render_feeds
from defects_ical.site.build import make_resource

# Where the site is does not change what differs.
ANY_URL: Final = SiteURL.parse("https://www.example.org")


def preview_edit(before: Schedule, after: Schedule, now: datetime) -> Report:
    """Report what an edit would change in the feeds of the main language.

    Entries that the report suggests are dated ``now``.
    """
    published = dict(render_feeds(SiteInput(before, ANY_URL)))
    feeds = render_feeds(SiteInput(after, ANY_URL))
    site = {path: make_resource(path, body, ANY_URL) for path, body in feeds}
    return build_report(compare_site(published, site, after), after, now)
