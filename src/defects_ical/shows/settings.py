"""The settings of a site with several shows, in the optional file `site.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, TypeAlias

from pydantic import AfterValidator, ConfigDict, Field, PrivateAttr, ValidationError

from defects_ical.errors import Problem, ScheduleError, SourceLocation
from defects_ical.model import fields
from defects_ical.model.airing import Model
from defects_ical.model.changes import OneLineText, PlatformId
from defects_ical.model.field_types import TextField, check_unique
from defects_ical.model.pydantic_errors import to_problems
from defects_ical.model.schedule import (
    URL,
    FileContext,
    Language,
    Name,
    PlatformKind,
    Zone,
    read_languages,
    translate_model,
)
from defects_ical.model.yaml.reader import KEY_MARK, KeyPath, problem_at, read_yaml
from defects_ical.text.languages import DEFAULT_LANGUAGE, ENGLISH, load_words

SETTINGS_FILE: Final = "site.yaml"

ALL_FEED: Final = "all"
PREMIERES_FEED: Final = "premieres"
PLATFORM_FEED_PREFIX: Final = "on-"
REMINDERS_ENDING: Final = "-reminders"

FeedId: TypeAlias = Annotated[str, fields.make_id_field("mondays")]
ShowSlug: TypeAlias = Annotated[str, fields.make_id_field("my-show")]


Genre: TypeAlias = Annotated[str, TextField(max_length=100, example="thriller", forbidden=",")]


class SharedPlatform(Model):
    """A platform that schedules name by its id."""

    name: Name = Field(examples=["Channel"])
    kind: PlatformKind
    region: OneLineText = Field(examples=["everywhere"])
    url: URL | None = None


class NamedFeed(Model):
    """A combined feed of the events that meet every condition that is given."""

    title: OneLineText = Field(examples=["Crime on Mondays"])
    shows: tuple[ShowSlug, ...] = Field((), max_length=1000, description="Slugs.")
    platforms: tuple[PlatformId, ...] = Field((), max_length=50)
    genres: tuple[Genre, ...] = Field(
        (), max_length=50, description="As in the main language of the site."
    )


class SiteSettings(Model):
    """What concerns a site as a whole; every key is optional."""

    model_config = ConfigDict(title="defects-ical site")

    title: OneLineText = Field(ENGLISH.site_title, examples=["My shows"])
    description: OneLineText = Field(
        ENGLISH.site_description, examples=["When the episodes of my shows air."]
    )
    languages: Annotated[tuple[Language, ...], AfterValidator(check_unique)] = Field(
        (DEFAULT_LANGUAGE,),
        min_length=1,
        examples=[["en", "ko"]],
        description="The languages of the overview, the main one first.",
    )
    color: Annotated[str, fields.COLOR] = "slategray"
    timezone: Zone = Field("UTC", description="The time zone of the overview.")
    platforms: Annotated[Mapping[PlatformId, SharedPlatform], AfterValidator(MappingProxyType)] = (
        Field(
            default_factory=lambda: MappingProxyType({}),
            max_length=1000,
            examples=[
                {"channel": {"name": "Channel", "kind": "television", "region": "everywhere"}}
            ],
        )
    )
    feeds: Annotated[Mapping[FeedId, NamedFeed], AfterValidator(MappingProxyType)] = Field(
        default_factory=lambda: MappingProxyType({}),
        max_length=100,
        examples=[{"mondays": {"title": "Crime on Mondays", "genres": ["crime"]}}],
    )
    archive_before: Annotated[date, fields.DATE] | None = Field(
        None, description="Older events are in one feed for each year."
    )

    _file: FileContext = PrivateAttr(FileContext({}, None, ""))

    def model_post_init(self, context: Any, /) -> None:
        """Store the validation context, if it is a FileContext; complete the texts."""
        if isinstance(context, FileContext):
            self._file = context
        self.__dict__.update(self._list_missing_texts(self.languages[0]))

    def in_language(self, language: str) -> SiteSettings:
        """Return the same settings with their texts in a language; else in the main one."""
        copy = translate_model(self, language, self.languages[0])
        return copy.model_copy(update=self._list_missing_texts(language))

    def _list_missing_texts(self, language: str) -> dict[str, str]:
        """Return the texts that the file does not have, in a language."""
        words = load_words(language)
        texts = {"title": words.site_title, "description": words.site_description}
        return {name: each for name, each in texts.items() if name not in self.model_fields_set}

    @property
    def digest(self) -> str:
        """The SHA-256 of the file, in hexadecimal; empty without one."""
        return self._file.digest

    def problem(self, key_path: KeyPath, message: str, hint: str) -> Problem:
        """Return a problem with the value at ``key_path``, or with the closest around it."""
        return problem_at(self._file.locations, key_path, message, hint)


def load_settings(folder: Path) -> SiteSettings:
    """Load `site.yaml` in a folder; without one, every setting has its default.

    Raises ScheduleError with the problems of the file.
    """
    path = folder / SETTINGS_FILE
    if not path.exists() and not path.is_symlink():
        return SiteSettings()
    if path.exists() and not path.is_file():
        problem = Problem(SourceLocation(str(path)), "", "this is no file", "Move it elsewhere.")
        raise ScheduleError((problem,))
    document = read_yaml(path, empty={})
    languages = read_languages(document.root)
    context = FileContext(document.locations, None, document.digest, languages)
    try:
        settings = SiteSettings.model_validate(document.root, context=context)
    except ValidationError as error:
        found = to_problems(error, document.locations, SiteSettings)
        raise ScheduleError((*document.problems, *found)) from None
    if problems := (*document.problems, *_check_feeds(settings)):
        raise ScheduleError(problems)
    return settings


def _check_feeds(settings: SiteSettings) -> Iterator[Problem]:
    """Yield named feeds that would have the name of another one, or every event."""
    for name, feed in settings.feeds.items():
        if reason := _find_name_conflict(name, settings):
            hint = f"Use another word, like `my-{name}`."
            yield settings.problem(("feeds", name, KEY_MARK), f"`{name}` {reason}", hint)
        if not (feed.shows or feed.platforms or feed.genres):
            message = f"this feed would be the same as `/{ALL_FEED}.ics`"
            hint = "Choose its events with `shows`, `platforms` or `genres`."
            yield settings.problem(("feeds", name), message, hint)


def _find_name_conflict(name: str, settings: SiteSettings) -> str:
    """Return why a feed cannot have a name, or an empty text."""
    prefixes = (f"{ALL_FEED}-", PLATFORM_FEED_PREFIX)
    if name in {ALL_FEED, PREMIERES_FEED} or name.startswith(prefixes):
        return "is the name of a feed that every site has"
    base = name.removesuffix(REMINDERS_ENDING)
    if base != name and (base in settings.feeds or base == PREMIERES_FEED):
        return "is the name of a feed with reminders"
    return ""
