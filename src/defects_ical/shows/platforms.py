"""Complete the platforms of a schedule from those that the shows of a site share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from defects_ical.errors import Problem, ScheduleError
from defects_ical.model.field_types import name_kind
from defects_ical.model.schedule import read_languages
from defects_ical.model.yaml.reader import KEY_MARK, Document, Locations, Plain, problem_at
from defects_ical.shows.settings import SETTINGS_FILE, SiteSettings
from defects_ical.text.display import excerpt
from defects_ical.text.suggestions import closest_match
from defects_ical.text.translations import Translated

PLATFORMS: Final = "platforms"
OWN_KEYS: Final = frozenset({"name", "kind", "region"})


def complete_platforms(document: Document, settings: SiteSettings) -> Document:
    """Return the schedule with the shared platforms that it names.

    `platforms: [tving, ena]` becomes a mapping. In a mapping, a platform with the id of a shared
    one gets the keys that it lacks. Raises ScheduleError for a name in a list that is not shared.
    """
    root = document.root
    if not isinstance(root, dict):
        return document
    match root.get(PLATFORMS):
        case list() as names:
            if problems := [*_check_names(document, names, settings)]:
                raise ScheduleError((*document.problems, *problems))
            return _expand_names(document, root, [*map(str, names)], settings)
        case dict() as platforms:
            if problems := [*_check_keys(document, platforms, settings)]:
                raise ScheduleError((*document.problems, *problems))
            languages = read_languages(root)
            completed = {
                key: _complete(key, each, settings, languages) for key, each in platforms.items()
            }
            return document._replace(root={**root, PLATFORMS: completed})
    return document


def _check_names(
    document: Document, names: list[Plain], settings: SiteSettings
) -> Iterator[Problem]:
    for index, name in enumerate(names):
        if not isinstance(name, str):
            message = f"expected the id of a platform, got {name_kind(name)}"
            hint = f"Use ids of `{SETTINGS_FILE}`, or a mapping in place of the list."
        elif name in names[:index]:
            message, hint = f"`{name}` is already in the list", "Remove it."
        elif name not in settings.platforms:
            message = f"there is no platform `{excerpt(name)}` in `{SETTINGS_FILE}`"
            hint = _suggest(name, settings)
        else:
            continue
        yield problem_at(document.locations, (PLATFORMS, index), message, hint)


def _check_keys(
    document: Document, platforms: dict[str, Plain], settings: SiteSettings
) -> Iterator[Problem]:
    """Yield platforms that say nothing of themselves, as if they were shared."""
    for name, platform in platforms.items():
        is_own = not isinstance(platform, dict) or OWN_KEYS & platform.keys()
        if settings.platforms and name not in settings.platforms and not (is_own and platform):
            message = f"there is no platform `{excerpt(name)}` in `{SETTINGS_FILE}`"
            hint = f"{_suggest(name, settings)} Or give its name, kind and region here."
            yield problem_at(document.locations, (PLATFORMS, name, KEY_MARK), message, hint)


def _suggest(name: str, settings: SiteSettings) -> str:
    if closest := closest_match(name, tuple(settings.platforms)):
        return f"Use `{closest}`."
    known = ", ".join(f"`{each}`" for each in settings.platforms)
    return f"Use {known}, or add it there." if known else "Add it there."


def _expand_names(
    document: Document, root: dict[str, Plain], names: list[str], settings: SiteSettings
) -> Document:
    """Return the schedule with a mapping in place of a list of ids."""
    locations: Locations = dict(document.locations)
    for index, name in enumerate(names):
        place = document.locations[PLATFORMS, index]
        locations |= {(PLATFORMS, name): place, (PLATFORMS, name, KEY_MARK): place}
    languages = read_languages(root)
    platforms: dict[str, Plain] = {name: _to_plain(name, settings, languages) for name in names}
    return document._replace(root={**root, PLATFORMS: platforms}, locations=locations)


def _complete(
    name: str, platform: Plain, settings: SiteSettings, languages: tuple[str, ...]
) -> Plain:
    """Return a platform with the keys of the shared one that it lacks; nothing is a mapping."""
    if name not in settings.platforms:
        return platform
    shared = _to_plain(name, settings, languages)
    if isinstance(platform, dict):
        return shared | platform
    return platform or shared


def _to_plain(name: str, settings: SiteSettings, languages: tuple[str, ...]) -> dict[str, Plain]:
    """Return a shared platform as a schedule in these languages has it."""
    values = settings.platforms[name].model_dump(exclude_none=True)
    main = settings.languages[0]
    return {key: _pick_languages(value, main, languages) for key, value in values.items()}


def _pick_languages(text: str, main: str, languages: tuple[str, ...]) -> Plain:
    """Return a text of the site in the languages of a schedule; else in its main one."""
    if not isinstance(text, Translated) or not text.translations:
        return str(text)
    texts = {main: str(text), **text.translations}
    first, *others = languages
    found = {code: texts[code] for code in others if code in texts}
    own = texts.get(first, str(text))
    return {first: own, **found} if found else own
