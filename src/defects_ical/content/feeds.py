"""The feeds of a schedule: their paths, titles and event UIDs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

from defects_ical.schedule.episodes import Episode
from defects_ical.schedule.model import Schedule, Show
from defects_ical.schedule.validation import REMINDERS_SUFFIX
from defects_ical.text.display import bidi_isolate

EPISODES_DIR: Final = "/episodes/"
"""Where the files of single episodes are, and nothing else."""

PICTURE_PATH: Final = "/picture.png"
"""Where the picture of the show is, if it has one: 1200 by 630 pixels."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed to subscribe to: of the whole show, or as one platform shows it.

    ``name`` is its file's name without ``.ics``; ``reminders`` marks the twin that reminds.
    """

    name: str
    title: str
    platform: str | None = None
    reminders: bool = False

    @property
    def path(self) -> str:
        """Its path in the site."""
        return f"/{self.name}.ics"

    @property
    def with_reminders(self) -> Feed:
        """The same feed with a reminder before each episode."""
        name, title = f"{self.name}-{REMINDERS_SUFFIX}", f"{self.title} (reminders)"
        return Feed(name, title, self.platform, reminders=True)


def main_feeds(schedule: Schedule) -> tuple[Feed, ...]:
    """The feeds of a schedule without their twins: the show's own, then each platform's."""
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
    """The path of the file that holds one episode alone."""
    return f"{EPISODES_DIR}{schedule.show.slug}-{episode.id}.ics"


# Without a version: a new release must not rewrite every subscriber's calendar.
PRODID: Final = "-//defects-ical//defects-ical//EN"


def event_uid(show: Show, episode: str, platform: str | None = None) -> str:
    """The UID of an episode's event, for ever: in the main feed, or in a platform's (by its id)."""
    return str(uuid.uuid5(show.uid, f"{platform}/{episode}" if platform else episode))
