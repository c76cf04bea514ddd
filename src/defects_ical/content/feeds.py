"""The feeds of a schedule: their paths, titles and event UIDs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

from defects_ical.model.schedule import Schedule, Show
from defects_ical.schedule.episodes import Episode
from defects_ical.schedule.validation import REMINDERS_SUFFIX
from defects_ical.text.display import bidi_isolate

EPISODES_DIR: Final = "/episodes/"
"""The folder of the episode files, and of nothing else."""

PICTURE_PATH: Final = "/picture.png"
"""The picture of the show, if it has one: 1200 by 630 pixels."""

# Without a version: a new release must not change every file.
PRODID: Final = "-//defects-ical//defects-ical//EN"


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed to subscribe to, with the times of all platforms or of one.

    ``name`` is the file name without ``.ics``; ``platform`` is a key of the schedule's platforms.
    """

    name: str
    title: str
    platform: str | None = None
    reminders: bool = False

    @property
    def path(self) -> str:
        """The path in the site."""
        return f"/{self.name}.ics"

    @property
    def with_reminders(self) -> Feed:
        """The same feed with a reminder before each episode."""
        name, title = f"{self.name}-{REMINDERS_SUFFIX}", f"{self.title} (reminders)"
        return Feed(name, title, self.platform, reminders=True)


def main_feeds(schedule: Schedule) -> tuple[Feed, ...]:
    """Return the feeds without reminders: the show's, then one for each platform."""
    show, title = schedule.show, bidi_isolate(schedule.show.title)
    return (
        Feed(show.slug, show.title),
        *(
            Feed(f"{show.slug}-{name}", f"{title} on {bidi_isolate(platform.name)}", name)
            for name, platform in schedule.platforms.items()
        ),
    )


def all_feeds(schedule: Schedule) -> tuple[Feed, ...]:
    """Return every feed of a schedule, each followed by the same feed with reminders."""
    return tuple(each for feed in main_feeds(schedule) for each in (feed, feed.with_reminders))


def episode_path(episode: Episode, schedule: Schedule) -> str:
    """Return the path of an episode's own file."""
    return f"{EPISODES_DIR}{schedule.show.slug}-{episode.id}.ics"


def event_uid(show: Show, episode_id: str, platform: str | None = None) -> str:
    """Return the UID of an episode's event in the main feed, or in a platform's (by its key).

    It never changes: calendar apps take an event with another UID for another event.
    """
    return str(uuid.uuid5(show.uid, f"{platform}/{episode_id}" if platform else episode_id))
