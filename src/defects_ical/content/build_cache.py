"""Keep what was rendered for each episode or event from one build to the next.

An edit concerns few episodes; the output for the others is reused. The bytes are the same as
without the cache: an output depends only on its item and on fields that all episodes share.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any, Final, NamedTuple, TypeVar

from defects_ical.content.links.site_url import SiteURL
from defects_ical.model.schedule import Schedule

# Fields that affect an output only through its item.
EPISODE_FIELDS: Final = {"airing", "episodes", "specials", "changes"}
# How many shows keep what was rendered for them.
MAX_SHOWS: Final = 8
# Fields that affect no output.
PRIVATE_FIELDS: Final = {"source"}

# An Episode or an Event, its bytes, or a tuple of what its output depends on.
Item = TypeVar("Item", bound=Hashable)
Output = TypeVar("Output")


class _Outputs(NamedTuple):
    """The items that one output was rendered for, and what was rendered for each."""

    items: Sequence[Any] = ()
    outputs: Sequence[Any] = ()


class BuildCache:
    """The outputs of the last build.

    ``resources`` are those of its site, by path.
    """

    def __init__(self) -> None:
        self._shared: object = None
        self._outputs: dict[str, _Outputs] = {}
        self._used: set[str] = set()
        self.resources: Mapping[str, Any] = {}
        self._languages: dict[str, BuildCache] = {}

    def start_build(self, schedule: Schedule, site_url: SiteURL) -> None:
        """Start another build; clear the cache if a shared field has changed."""
        fields = Schedule.model_fields.keys() - EPISODE_FIELDS - PRIVATE_FIELDS
        # By repr(), which shows the order of the platforms: dicts are equal in any order.
        shared = (
            site_url,
            # Decides how specials are named.
            bool(schedule.airing),
            {name: repr(getattr(schedule, name)) for name in fields},
        )
        if shared != self._shared:
            self._shared = shared
            self._outputs.clear()
            self.resources = {}
        for name in self._outputs.keys() - self._used:
            del self._outputs[name]
        self._used.clear()

    def for_language(self, language: str) -> BuildCache:
        """Return the outputs of the same site in another language."""
        return self._languages.setdefault(language, BuildCache())

    def get_or_render(
        self, output_name: str, items: Iterable[Item], render: Callable[[Item], Output]
    ) -> list[Output]:
        """Return the output for each item; call ``render`` only if the item is not cached.

        An output is never None; its name is used once in a build, always with an equivalent
        ``render``.
        """
        items, before = [*items], self._outputs.get(output_name, _Outputs())
        # Most items are where they were: to compare those is faster than to hash them.
        outputs: list[Any] = [
            output if old == item else None
            for item, old, output in zip(items, *before, strict=False)
        ]
        outputs += [None] * (len(items) - len(outputs))
        if None in outputs:
            rest = [pair for *pair, same in zip_longest(*before, outputs) if same is None]
            moved = {id(old): output for old, output in rest}
            for index, item in enumerate(items):
                if outputs[index] is None:
                    outputs[index] = moved.pop(id(item), None)
            others = {old: output for old, output in rest if id(old) in moved}
            for index, item in enumerate(items):
                if outputs[index] is None:
                    output = others.get(item)
                    outputs[index] = render(item) if output is None else output
        self._outputs[output_name] = _Outputs(items, outputs)
        self._used.add(output_name)
        return [*outputs]


class BuildCaches:
    """The caches of the MAX_SHOWS shows that were built last."""

    def __init__(self) -> None:
        self._caches: OrderedDict[str, BuildCache] = OrderedDict()

    def get(self, name: str) -> BuildCache:
        """Return the cache of a show, which is built next."""
        cache = self._caches.pop(name, None) or BuildCache()
        self._caches[name] = cache
        if len(self._caches) > MAX_SHOWS:
            self._caches.popitem(last=False)
        return cache
