"""Render the content lines of events that are the same in every language of a site."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from typing import NamedTuple

from icalendar.prop import vDate, vDatetime, vDuration

from defects_ical.content.links.feeds import event_uid
from defects_ical.content.site_input import SiteInput
from defects_ical.render.ics.lines import Lines, Value, render_line
from defects_ical.render.ics.zones import choose_zone
from defects_ical.schedule.episodes import Event, Start


class NeutralEvent(NamedTuple):
    """The lines of an event without its texts, in the order in which icalendar sorts them.

    ``times`` are DTSTART, DTEND, DTSTAMP, UID and SEQUENCE, ``status`` is STATUS and TRANSP.
    """

    times: bytes
    created: bytes
    modified: bytes
    status: bytes


class NeutralLines:
    """The time zone and the lines without texts of a show's feeds, each rendered once."""

    def __init__(self, site: SiteInput) -> None:
        self.zone = choose_zone(site.schedule, site.listings)
        self.timezone = self.zone.render_definition()
        self._show = site.show
        self._get_start_end = cache(self._render_start_end)
        self._get_stamps = cache(_render_stamps)
        self._events: dict[tuple[str, str | None], NeutralEvent] = {}
        self.get_trigger = cache(_render_trigger)

    def get_event(self, event: Event, platform: str | None) -> NeutralEvent:
        """Return the lines of an event in the feed of a platform, or in the show's."""
        key = event.id, platform
        if key not in self._events:
            self._events[key] = self._render_event(event, platform)
        return self._events[key]

    def _render_event(self, event: Event, platform: str | None) -> NeutralEvent:
        first = event.first
        times = self._get_start_end(first.start or first.date, first.runtime or 0)
        stamps = self._get_stamps(first.published, event.modified, event.sequence)
        # iCalendar has no "postponed"; the title says it.
        status = "tentative" if first.status == "postponed" else first.status
        # A broadcast does not make its viewers busy.
        lines = {"STATUS": status.upper(), "TRANSP": "TRANSPARENT"}
        uid = render_line("UID", event_uid(self._show, event.id, platform))
        return NeutralEvent(
            b"".join(
                (times["DTSTART"], times["DTEND"], stamps["DTSTAMP"], uid, stamps["SEQUENCE"])
            ),
            stamps["CREATED"],
            stamps["LAST-MODIFIED"],
            b"".join(render_line(name, value) for name, value in lines.items()),
        )

    def _render_start_end(self, start: Start, runtime: int) -> Lines:
        """Render DTSTART and DTEND; ``runtime`` is in minutes."""
        if isinstance(start, datetime):
            return self.zone.render_start_end(start, start + timedelta(minutes=runtime))
        return _render_dates(start)


def _render_stamps(published: datetime, modified: datetime, sequence: int) -> Lines:
    """Render when an event was added and last changed."""
    values: dict[str, Value] = {
        "CREATED": vDatetime(published),
        # Evolution and ICSx5 apply a change only if all three of these increase.
        "DTSTAMP": vDatetime(modified),
        "LAST-MODIFIED": vDatetime(modified),
        "SEQUENCE": str(sequence),
    }
    return {name: render_line(name, value) for name, value in values.items()}


def _render_dates(day: date) -> Lines:
    """Render DTSTART and DTEND as dates; DTEND is the next day, as an importer demands."""
    days = {"DTSTART": day, "DTEND": day + timedelta(days=1)}
    return {name: render_line(name, vDate(each), VALUE="DATE") for name, each in days.items()}


def _render_trigger(minutes: int) -> bytes:
    return render_line("TRIGGER", vDuration(-timedelta(minutes=minutes)))
