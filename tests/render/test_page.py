"""The site's own pages."""

from __future__ import annotations

from defects_ical.content.build_cache import BuildCache
from defects_ical.content.site_url import SiteURL
from defects_ical.render.page import render_pages
from defects_ical.schedule.episodes import expand_episodes
from defects_ical.schedule.validation import PAGE_SECTION_IDS
from tests.support.example_schedules import load_yaml, make_yaml
from tests.support.html_tree import HtmlTree

# The script adds it.
COUNTDOWN = "countdown"


def test_page_sections_are_reserved() -> None:
    """An episode's id may have no underscore, so ids with one need no reservation."""
    cast = "cast: [{actor: Someone, role: A role}]"
    changes = "[{at: 2025-07-02T00:00:00+00:00, episodes: all, note: Announced.}]"
    text = make_yaml(episodes=2, changes=changes).replace("slug: show", f"slug: show, {cast}")
    schedule = load_yaml(text)
    site_url = SiteURL.parse("https://me.example")
    pages = dict(render_pages(schedule, expand_episodes(schedule), site_url, BuildCache()))
    elements = HtmlTree(pages["/"].decode()).elements
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    sections = {each for each in ids if "_" not in each} - {"e01", "e02"}
    assert sections == PAGE_SECTION_IDS - {COUNTDOWN}
