"""The site being served, and what its operator wants to know of it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final, get_args

from defects_ical.episodes import expand
from defects_ical.errors import Problem, ScheduleError
from defects_ical.links import Address
from defects_ical.loading import load
from defects_ical.schedule import Schedule, Status
from defects_ical.site import Site, build

LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Publication:
    """What is served: a site, and facts about the schedule that it was built from.

    ``loaded_at`` is in UTC; ``digest`` is the SHA-256 of the schedule's file, in hexadecimal;
    ``episodes`` counts them by status. Where the file has problems, ``problem`` tells them, a
    line for each, and there is nothing else.
    """

    site: Site = field(default_factory=dict)
    loaded_at: datetime | None = None
    digest: str | None = None
    episodes: Mapping[Status, int] | None = None
    problem: str | None = None


def publish(schedule: Schedule, address: Address) -> Publication:
    """The publication of a schedule that was loaded just now."""
    counts = Counter(episode.status for episode in expand(schedule))
    return Publication(
        site=build(schedule, address),
        loaded_at=datetime.now(UTC),
        digest=schedule.digest,
        episodes=MappingProxyType({status: counts[status] for status in get_args(Status)}),
    )


def publish_or_explain(path: Path, address: Address) -> Publication:
    """The same of the file at ``path``; if that has problems, a publication that tells them."""
    try:
        return publish(load(path), address)
    except ScheduleError as error:
        for problem in error.problems:
            LOG.warning("%s", problem)
        return Publication(problem=_told(error))


def _told(error: ScheduleError) -> str:
    """The problems, for whoever asks: of where the file is, they learn no more than its name."""
    return "\n".join(str(_without_folder(problem)) for problem in error.problems)


def _without_folder(problem: Problem) -> Problem:
    path = problem.place.file
    name = Path(path).name
    place = replace(problem.place, file=name)
    return replace(problem, place=place, mend=problem.mend.replace(path, name))
