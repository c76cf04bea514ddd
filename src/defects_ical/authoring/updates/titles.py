"""Write the titles that the source has now into a schedule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from defects_ical.authoring.updates.matching import Pair
from defects_ical.authoring.updates.names import name_episodes
from defects_ical.authoring.yaml.operations import AddKeys, Operation, SetValue
from defects_ical.model.schedule import Schedule
from defects_ical.model.yaml.reader import KeyPath, Plain
from defects_ical.text.display import excerpt


def list_title_operations(
    pairs: Iterable[Pair], schedule: Schedule, root: Plain
) -> Iterator[Operation]:
    """Yield what sets the new titles of pairs in a file with these values."""
    missing: dict[str, Plain] = {}
    for pair in pairs:
        title, number = pair.new_title or "", pair.episode.number
        if number and not _get(root, ("episodes", number.key)):
            missing[number.key] = {"title": title}
        else:
            yield _set_title(pair, title, schedule, root)
    if missing:
        yield AddKeys(("episodes",), missing)


def _set_title(pair: Pair, title: str, schedule: Schedule, root: Plain) -> Operation:
    path = _find_path(pair, schedule)
    match _get(root, (*path, "title")):
        case None:
            return AddKeys(path, {"title": title})
        case dict():
            # The translations stay.
            return SetValue((*path, "title", schedule.languages[0]), title)
        case _:
            return SetValue((*path, "title"), title)


def _find_path(pair: Pair, schedule: Schedule) -> KeyPath:
    episode = pair.episode
    if episode.number:
        return ("episodes", episode.number.key)
    ids = [each.id for each in schedule.specials]
    return ("specials", ids.index(episode.id))


def _get(root: Plain | None, path: KeyPath) -> Plain | None:
    for part in path:
        if isinstance(root, dict) and isinstance(part, str):
            root = root.get(part)
        else:
            root = root[part] if isinstance(root, list) and isinstance(part, int) else None
    return root


def describe_title(pair: Pair) -> str:
    """Return what changes: "Episode 5 has a new title: “The Search”"."""
    name = name_episodes([pair.episode.number or pair.episode.name])
    return f"{name} has a new title: “{excerpt(pair.new_title or '')}”"
