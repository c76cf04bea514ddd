"""Keep what was rendered for each episode from one build to the next.

An edit concerns a few episodes; the output of the others is used again. The bytes are the same as
without the cache: each output depends on its episode and on fields that all episodes share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from defects_ical.content.site_url import SiteURL
from defects_ical.schedule.episodes import Episode
from defects_ical.schedule.model import Schedule

# What these say of an episode is in the Episode itself.
EPISODE_FIELDS: Final = {"airing", "episodes", "specials", "changes"}

Output = TypeVar("Output")


class BuildCache:
    """The pieces of the site that was last built with them, and none that are older."""

    def __init__(self) -> None:
        self._shared: object = None
        self._outputs: dict[str, dict[Episode, Any]] = {}

    def start_build(self, schedule: Schedule, site_url: SiteURL) -> None:
        """Go on to another site; where it differs in what all episodes share, from nothing."""
        fields = Schedule.model_fields.keys() - EPISODE_FIELDS
        # As they are written: of platforms, the order counts too.
        shared = site_url, {name: repr(getattr(schedule, name)) for name in fields}
        if shared != self._shared:
            self._shared = shared
            self._outputs.clear()

    def get_or_render(
        self, output_name: str, episodes: Iterable[Episode], render: Callable[[Episode], Output]
    ) -> list[Output]:
        """What each episode becomes in a place, made anew only for those that are not as before.

        No two places have the same name, and ``render`` always makes the same of the same.
        """
        before = self._outputs.get(output_name, {})
        outputs = {each: before[each] if each in before else render(each) for each in episodes}
        self._outputs[output_name] = outputs
        return [*outputs.values()]
