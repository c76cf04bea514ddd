"""The Atom feed of changes keeps the rules of RFC 4287."""

from __future__ import annotations

import json
import re
import uuid
from io import BytesIO
from typing import Final
from xml.etree import ElementTree as ET

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import FormatChecker

from defects_ical.content.links.site_url import SiteURL
from defects_ical.content.site_input import SiteInput
from defects_ical.model.schedule import Schedule
from defects_ical.render.atom import render_atom
from defects_ical.site.build import build_site
from defects_ical.text.display import bidi_isolate
from tests.conftest import SITE_URL
from tests.content.test_changelog import LOG, list_log, load_log
from tests.support.example_schedules import SCHEDULE_WITH_CHANGES, load_yaml, make_yaml
from tests.support.json_documents import RELEASES

ELSEWHERE: Final = SiteURL.parse("https://me.example/my-show")
FORMATS: Final = FormatChecker(["date-time", "iri"])
A: Final = "{http://www.w3.org/2005/Atom}"
HOSTILE: Final = (
    "]]>",
    "<![CDATA[ ]]> <!-- -- --> <?xml version='1.1'?>",
    "</content></entry></feed><script>alert(1)</script>",
    "\"'` = &amp; &#60; &#x1F; &#0; &nosuch; %00",
    "{{ 7 * 7 }} {% raw %} {# #}",
    "\u202eabc \u2066def\u2069 \u200b\u00ad \ufffd \U0001fffe",
    "아이쇼핑 🎬 a\u033f",
)


def render(schedule: Schedule, site_url: SiteURL = SITE_URL) -> bytes:
    ((path, body),) = render_atom(SiteInput(schedule, site_url))
    assert path == "/changes.atom"
    return body


def parse(body: bytes) -> ET.Element:
    return ET.fromstring(body)  # noqa: S314 - it is our own


def find_texts(feed: ET.Element, name: str) -> list[str | None]:
    """Return the text of an element of each entry."""
    return [entry.findtext(f"{A}{name}") for entry in feed.iter(f"{A}entry")]


SCHEDULES: Final = {
    "no change": load_log(),
    "one change": load_log(LOG[0]),
    "many changes": load_log(*LOG),
    "hostile texts": load_yaml(SCHEDULE_WITH_CHANGES),
    "seasons": load_yaml(RELEASES),
}


@pytest.fixture(params=SCHEDULES)
def any_schedule(request: pytest.FixtureRequest) -> Schedule:
    return SCHEDULES[request.param]


def test_atom_and_json_have_the_same_texts(any_schedule: Schedule) -> None:
    site = build_site(any_schedule, SITE_URL)
    feed = parse(site["/changes.atom"].body)
    changes = json.loads(site["/episodes.json"].body)["changes"]
    log = list_log(any_schedule)
    assert find_texts(feed, "content") == [each["text"] for each in changes]
    assert find_texts(feed, "content") == [each.text for each in log]
    assert find_texts(feed, "updated") == [each["at"] for each in changes]
    assert find_texts(feed, "title") == [each.title for each in log]


# The rules of RFC 4287

CONSTRUCTS: Final = {"title", "content"}
FEED: Final = {"id", "title", "updated", "author", "link", "entry"}
ENTRY: Final = {"id", "title", "updated", "published", "link", "content"}


def list_children(element: ET.Element) -> list[str]:
    assert all(child.tag.startswith(A) for child in element)
    return [child.tag.removeprefix(A) for child in element]


def test_document_is_xml_in_utf_8(any_schedule: Schedule) -> None:
    body = render(any_schedule)
    assert body.startswith(b'<?xml version="1.0" encoding="utf-8"?>\n<feed ')
    assert body.endswith(b"</feed>\n")
    assert parse(body).tag == f"{A}feed"


def test_feed_has_required_elements(any_schedule: Schedule) -> None:
    """Section 4.1.1; the entries have no author and inherit the feed's (section 4.1.2)."""
    feed = parse(render(any_schedule))
    found = list_children(feed)
    assert set(found) <= FEED
    assert [found.count(each) for each in ("id", "title", "updated", "author")] == [1] * 4
    assert feed.findtext(f"{A}author/{A}name") == any_schedule.show.title
    assert feed.findtext(f"{A}title") == f"{any_schedule.show.title}: what changed"
    assert len(feed.findall(f"{A}entry")) == len(list_log(any_schedule))


def test_entry_has_required_elements(any_schedule: Schedule) -> None:
    """Section 4.1.2."""
    for entry in parse(render(any_schedule)).iter(f"{A}entry"):
        assert sorted(list_children(entry)) == sorted(ENTRY)
        assert all(child.text or child.attrib for child in entry)


def test_texts_are_plain(any_schedule: Schedule) -> None:
    """Sections 3.1.1.1 and 4.1.3.3: no child elements, and no other type."""
    for element in parse(render(any_schedule)).iter():
        if element.tag.removeprefix(A) in CONSTRUCTS:
            assert element.attrib.get("type", "text") == "text"
            assert set(element.attrib) <= {"type"}
            assert len(element) == 0
            assert element.text


def test_ids_are_absolute_and_unique(any_schedule: Schedule) -> None:
    """Section 4.2.6."""
    ids = [each.text or "" for each in parse(render(any_schedule)).iter(f"{A}id")]
    assert len(ids) == len(set(ids)) == len(list_log(any_schedule)) + 1
    for each in ids:
        FORMATS.check(each, "iri")
        assert uuid.UUID(each.removeprefix("urn:uuid:")).urn == each


def test_dates_are_in_utc_and_sorted(any_schedule: Schedule) -> None:
    """Section 3.3, and RFC 3339: with an upper-case T and Z."""
    feed = parse(render(any_schedule))
    stamps = {f"{A}updated", f"{A}published"}
    dates = [each.text or "" for each in feed.iter() if each.tag in stamps]
    for each in dates:
        FORMATS.check(each, "date-time")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", each)
    assert dates == sorted(dates, reverse=True)
    assert find_texts(feed, "updated") == find_texts(feed, "published")


def test_feed_is_updated_with_last_change() -> None:
    updated = {
        name: parse(render(each)).findtext(f"{A}updated") for name, each in SCHEDULES.items()
    }
    assert updated == {
        "no change": "2025-07-01T00:00:00Z",
        "one change": "2025-07-02T00:00:00Z",
        "many changes": "2025-07-06T00:00:00Z",
        "hostile texts": "2025-03-22T16:00:30Z",
        "seasons": "2025-01-02T00:00:00Z",
    }


@pytest.mark.parametrize("site_url", [SITE_URL, ELSEWHERE], ids=str)
def test_links_lead_to_feed_and_page(any_schedule: Schedule, site_url: SiteURL) -> None:
    """Section 4.2.7: they are absolute, and at most one alternate has a type."""
    feed = parse(render(any_schedule, site_url))
    assert [each.attrib for each in feed.findall(f"{A}link")] == [
        {"rel": "self", "type": "application/atom+xml", "href": f"{site_url}changes.atom"},
        {"rel": "alternate", "type": "text/html", "href": str(site_url)},
    ]
    page = build_site(any_schedule, site_url)["/"].body.decode()
    for link in feed.findall(f"{A}entry/{A}link"):
        FORMATS.check(link.attrib["href"], "iri")
        target, _, fragment = link.attrib["href"].partition("#")
        assert (link.attrib["rel"], link.attrib["type"], target) == (
            "alternate",
            "text/html",
            str(site_url),
        )
        assert page.count(f' id="{fragment}"') == 1


def test_entry_links_to_its_episode_or_all_changes() -> None:
    links = [each.attrib["href"] for each in parse(render(load_log(*LOG))).iter(f"{A}link")]
    assert links[2:] == [
        "https://defects.example/#making-of",
        "https://defects.example/#e06",
        "https://defects.example/#changes",
        "https://defects.example/#changes",
        "https://defects.example/#e05",
        "https://defects.example/#e03",
    ]


def test_feedparser_reads_feed(any_schedule: Schedule) -> None:
    resource = build_site(any_schedule, SITE_URL)["/changes.atom"]
    headers = {name.lower(): value for name, value in resource.headers}
    read = feedparser.parse(BytesIO(resource.body), response_headers=headers)
    assert (read.bozo, read.version, read.encoding) == (False, "atom10", "utf-8")
    assert (read.feed.link, read.feed.language) == ("https://defects.example/", "en")
    log = list_log(any_schedule)
    assert [each.id for each in read.entries] == [each.id.urn for each in log]
    assert [each.title for each in read.entries] == [each.title for each in log]
    assert [(each.content[0].type, each.content[0].value) for each in read.entries] == [
        ("text/plain", each.text) for each in log
    ]
    assert [each.updated_parsed[:6] for each in read.entries] == [
        each.at.timetuple()[:6] for each in log
    ]


def test_feed_has_its_headers(any_schedule: Schedule) -> None:
    resource = build_site(any_schedule, SITE_URL)["/changes.atom"]
    assert resource.headers == (
        ("Content-Type", "application/atom+xml"),
        (
            "Cache-Control",
            "public, max-age=300, stale-while-revalidate=3600, stale-if-error=604800",
        ),
        ("Access-Control-Allow-Origin", "*"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Strict-Transport-Security", "max-age=31536000"),
    )


# Any text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_arrives(text: str) -> None:
    quoted = json.dumps(text, ensure_ascii=False)
    change = f"{{at: 2025-07-02T00:00:00+00:00, episodes: [extra, 1], note: {quoted}}}"
    special = f"[{{id: extra, title: {quoted}, airs: 2025-08-18T23:00, runtime: 10}}]"
    schedule = make_yaml(specials=special, changes=f"[{change}]").replace("The Show", quoted)
    assert_arrives(load_yaml(schedule), text)


def assert_arrives(schedule: Schedule, text: str) -> None:
    body = render(schedule)
    feed = parse(body)
    assert feed.findtext(f"{A}title") == f"{schedule.show.title}: what changed"
    (title,), (content,) = find_texts(feed, "title"), find_texts(feed, "content")
    assert title == ", ".join(each.name for each in list_log(schedule)[0].episodes)
    assert content in {f"Wednesday 2 July 2025: {bidi_isolate(text)}{end}" for end in (".", "")}


PLAIN: Final = load_log("{at: 2025-07-02T00:00:00+00:00, episodes: [3], note: Here.}")
# A schedule rejects these, and control characters and line separators.
REJECTED: Final = "\\\ufeff\ufffe\uffff"
CHARACTERS: Final = st.characters(
    exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters=REJECTED
)


@settings(deadline=None)
@given(st.text(CHARACTERS, min_size=1, max_size=40))
def test_any_text_arrives(text: str) -> None:
    change = PLAIN.changes[0].model_copy(update={"note": text})
    assert_arrives(PLAIN.model_copy(update={"changes": (change,)}), text)


# Ids never change


def find_ids(schedule: Schedule) -> list[str | None]:
    return find_texts(parse(render(schedule)), "id")


def test_ids_are_those_of_earlier_releases() -> None:
    feed = parse(render(load_log(*LOG)))
    assert feed.findtext(f"{A}id") == "urn:uuid:85dc14c8-1bad-5257-9bac-98cb3c54f55f"
    assert find_texts(feed, "id") == [
        "urn:uuid:e76852c5-d49a-5de5-ada8-7efd7fb7508d",
        "urn:uuid:f367141d-69d9-5221-8df2-153573cd3e20",
        "urn:uuid:caa1480f-9d04-5c56-b54c-d0f45fe07326",
        "urn:uuid:12c94957-1ad4-5965-9316-7c0ff694e2f0",
        "urn:uuid:369bbf6e-2850-5348-ae9d-e2dcc9f62320",
        "urn:uuid:e03668f7-1eea-5326-9aeb-ea9a315f6a20",
    ]


def test_id_is_derived_from_time_and_episodes() -> None:
    show = uuid.UUID("3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29")
    names = [
        "2025-07-06T00:00:00Z/making-of",
        "2025-07-06T00:00:00Z/6",
        "2025-07-05T00:00:00Z/8,making-of,7",
        "2025-07-04T00:00:00Z/all",
        "2025-07-02T15:00:00Z/5",
        "2025-07-02T00:00:00Z/3",
    ]
    assert find_ids(load_log(*LOG)) == [uuid.uuid5(show, f"changes/{each}").urn for each in names]


@pytest.mark.parametrize("count", range(len(LOG)))
def test_appended_entry_changes_no_other(count: int) -> None:
    before, after = (parse(render(load_log(*log))) for log in (LOG[:count], LOG))
    for name in ("id", "updated", "published", "content"):
        assert find_texts(after, name)[len(LOG) - count :] == find_texts(before, name)


@pytest.mark.parametrize("left_out", range(len(LOG)))
def test_inserted_entry_changes_no_other_id(left_out: int) -> None:
    before = find_ids(load_log(*LOG[:left_out], *LOG[left_out + 1 :]))
    after = find_ids(load_log(*LOG))
    del after[len(LOG) - 1 - left_out]
    assert after == before


def test_new_text_or_url_changes_no_id() -> None:
    edited = [each.replace("So it is listed", "Edited") for each in LOG]
    assert find_ids(load_log(*edited)) == find_ids(load_log(*LOG))
    moved = parse(render(load_log(*LOG), ELSEWHERE))
    assert find_texts(moved, "id") == find_ids(load_log(*LOG))
