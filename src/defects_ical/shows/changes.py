"""Decide which edited shows may go live together.

Files of a folder are renamed, swapped and copied. What counts is the set of shows that results: no
two of them have one slug or uid, and none vanishes unless that is allowed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from defects_ical.errors import Problem
from defects_ical.shows.loader import ShowIdentity, find_conflicts

RESTART: Final = "Or restart the service, or start it with --allow-removal."


@dataclass(frozen=True, slots=True)
class Resolution:
    """Which edits are accepted, by the names of their files, and why others are refused.

    ``withdrawn`` are the slugs of shows that are no longer part of the site.
    """

    accepted: frozenset[str] = frozenset()
    refused: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    withdrawn: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FolderChange:
    """What is live and what has changed; all by the names of schedules.

    ``live`` has a show for each slug: the name of its schedule, and its identity. ``edited`` are
    valid schedules that are not live yet. ``names`` are the schedules that exist.
    """

    live: Mapping[str, tuple[str, ShowIdentity]]
    edited: Mapping[str, ShowIdentity]
    names: Collection[str]
    allow_removal: bool

    def resolve(self) -> Resolution:
        """Return which edits go live; what one refusal leaves may refuse another edit."""
        accepted, refused = dict(self.edited), dict[str, tuple[Problem, ...]]()
        while problems := self._find_problems(accepted):
            refused |= problems
            for name in problems:
                del accepted[name]
        result = {each.slug for each in (*self._list_kept(accepted), *accepted.values())}
        return Resolution(frozenset(accepted), refused, frozenset(self.live.keys() - result))

    def _list_kept(self, accepted: Mapping[str, ShowIdentity]) -> Iterator[ShowIdentity]:
        """Yield the live shows that no accepted edit replaces."""
        uids = {each.uid for each in accepted.values()}
        for name, identity in self.live.values():
            if name in accepted:
                continue
            is_gone = name not in self.names
            if not (is_gone and (self.allow_removal or identity.uid in uids)):
                yield identity

    def _find_problems(
        self, accepted: Mapping[str, ShowIdentity]
    ) -> dict[str, tuple[Problem, ...]]:
        """Return the problems of accepted edits, by name."""
        found: dict[str, tuple[Problem, ...]] = {}
        taken = [*self._list_kept(accepted)]
        for name in sorted(accepted):
            identity = accepted[name]
            problems = (*find_conflicts((*taken, identity)), *self._find_losses(name, accepted))
            if problems:
                found[name] = problems
            taken.append(identity)
        return found

    def _find_losses(self, name: str, accepted: Mapping[str, ShowIdentity]) -> Iterator[Problem]:
        """Yield the problem that an edit would take a show from its subscribers."""
        if self.allow_removal:
            return
        stays = {(each.slug, each.uid) for each in accepted.values()}
        for slug, (source, identity) in self.live.items():
            has_moved = source not in self.names and identity.uid == accepted[name].uid
            if (source == name or has_moved) and (slug, identity.uid) not in stays:
                message = f"subscribers of `/{slug}/` would lose their show"
                location = accepted[name].slug_location
                yield Problem(location, "show.slug", message, f"Use `{slug}`. {RESTART}")
