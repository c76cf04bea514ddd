"""The feeds of a schedule: their paths, titles and event UIDs."""

from __future__ import annotations

import re
import uuid
from typing import Final, NamedTuple

from defects_ical.model.schedule import DEFAULT_REMINDER, Schedule, Show
from defects_ical.schedule.validation.names import REMINDERS_SUFFIX
from defects_ical.text.lengths import DAY_MINUTES, format_distance
from defects_ical.text.words import Words

EPISODES_DIR: Final = "/episodes/"
"""The folder of the episode files, and of nothing else."""

PICTURE_PATH: Final = "/picture.png"
"""The picture of the show, if it has one: 1200 by 630 pixels."""

REMINDERS_PATH: Final = re.compile(rf"-{REMINDERS_SUFFIX}(-[0-9]+)?\.ics$")
"""The end of the path of a feed with reminders."""

# Without a version: a new release must not change every file.
PRODID: Final = "-//defects-ical//defects-ical//EN"


class Feed(NamedTuple):
    """A feed to subscribe to, with the times of all platforms or of one.

    ``name`` is the file name without ``.ics``; ``platform`` is a key of the schedule's platforms.
    ``reminder`` is in minutes before the start; None for a feed without reminders.
    """

    name: str
    title: str
    platform: str | None = None
    reminder: int | None = None

    @property
    def path(self) -> str:
        """The path in the site."""
        return f"/{self.name}.ics"

    def with_reminder(self, minutes: int, words: Words) -> Feed:
        """Return the same feed with a reminder before each episode."""
        name, title = f"{self.name}-{REMINDERS_SUFFIX}", words.feed_with_reminders
        if minutes != DEFAULT_REMINDER:
            name, title = f"{name}-{minutes}", words.feed_with_other_reminders
        length = format_distance(*divmod(minutes, DAY_MINUTES), words)
        return Feed(
            name,
            title.format(feed=words.isolate_in_rtl(self.title), length=length),
            self.platform,
            minutes,
        )


def format_reminder(minutes: int, words: Words) -> str:
    """Format a reminder: "30 min before", "1 day before"."""
    length = format_distance(*divmod(minutes, DAY_MINUTES), words)
    return words.reminder_before.format(length=length)


def add_reminders(feed: Feed, schedule: Schedule) -> tuple[Feed, ...]:
    """Return the same feed with each of the schedule's reminders."""
    words = schedule.words
    return tuple(feed.with_reminder(minutes, words) for minutes in schedule.all_reminders)


def main_feeds(schedule: Schedule) -> tuple[Feed, ...]:
    """Return the feeds without reminders: the show's, then one for each platform."""
    show, words = schedule.show, schedule.words
    return (
        Feed(show.slug, show.title),
        *(
            Feed(f"{show.slug}-{name}", name_platform_feed(show.title, platform.name, words), name)
            for name, platform in schedule.platforms.items()
        ),
    )


def name_platform_feed(name: str, platform: str, words: Words) -> str:
    """Return the title of the feed of a platform, of a show or a site: "The Defects on ENA"."""
    pattern = words.feed_on_platform
    return pattern.format(name=words.isolate(name), platform=words.isolate(platform))


def all_feeds(schedule: Schedule) -> tuple[Feed, ...]:
    """Return every feed of a schedule, each followed by the same feed with reminders."""
    feeds = main_feeds(schedule)
    return tuple(each for feed in feeds for each in (feed, *add_reminders(feed, schedule)))


def event_path(event_id: str, schedule: Schedule) -> str:
    """Return the path of an event's own file."""
    return f"{EPISODES_DIR}{schedule.show.slug}-{event_id}.ics"


def event_uid(show: Show, episode_id: str, platform: str | None = None) -> str:
    """Return the UID of an episode's event in the main feed, or in a platform's (by its key).

    It never changes: calendar apps take an event with another UID for another event.
    """
    return str(uuid.uuid5(show.uid, f"{platform}/{episode_id}" if platform else episode_id))
