"""Kinds of single values: how each is parsed, described to editors and explained in messages.

A field type is metadata of an annotated type. pydantic takes both the validator and the JSON
Schema from it, so that the loader and an editor's completion follow the same rule. Each value is
accepted in exactly one format.
"""

from __future__ import annotations

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from defects_ical.model.yaml.reader import KEY_MARK
from defects_ical.text import display
from defects_ical.text.languages import DEFAULT_LANGUAGE, LANGUAGES
from defects_ical.text.suggestions import closest_match
from defects_ical.text.translations import Translated

MAX_LISTED_CHOICES: Final = 10


def field_error(message: str, hint: str) -> PydanticCustomError:
    """Return the error that a field type raises; see `Problem` for the two texts."""
    return PydanticCustomError("field", "{message}. {hint}", {"message": message, "hint": hint})


def name_kind(raw: object) -> str:
    """Name the kind of a YAML value for messages: "a list", "a mapping", "text", "nothing"."""
    if isinstance(raw, str):
        return "text" if raw else "nothing"
    return "a list" if isinstance(raw, list) else "a mapping"


def describe_excess(value: str, max_length: int) -> tuple[str, str]:
    """Return the message and the hint for a value that is too long."""
    return f"{len(value)} characters is too long (maximum {max_length})", "Shorten it."


# Compared by identity: typing requires hashable metadata. Without other methods, which take long
# to make.
@dataclass(eq=False, repr=False, kw_only=True)
class FieldType(ABC):
    """The format of one kind of value.

    ``noun`` names the kind in messages ("a date"), ``example`` is a valid value. ``hint`` says
    how to get one if none is suggested. ``keywords`` are added to those of the JSON Schema that
    follow from the other fields, or replace them.
    """

    noun: str
    example: str | int
    hint: str = ""
    keywords: dict[str, Any] = field(default_factory=dict)

    @abstractmethod
    def parse(self, raw: str) -> object:
        """Return the value; raise a `field_error` if ``raw`` is not in the format."""

    @abstractmethod
    def _describe_format(self) -> dict[str, Any]:
        """Return the keywords of the JSON Schema that describe the format."""

    def build_json_schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values, with the example."""
        return self._describe_format() | self.keywords | {"examples": [self.example]}

    def _suggest(self, raw: str) -> tuple[str, ...]:  # noqa: ARG002 - for subclasses
        """Return the valid values that an invalid one was probably meant to be."""
        return ()

    def _write_hint(self, raw: str) -> str:
        """Return the sentence that says what to write instead of ``raw``."""
        if suggested := " or ".join(f"`{each}`" for each in self._suggest(raw)):
            return f"Use {suggested}."
        return self.hint or f"Use a value like `{self.example}`."

    def _build_error(self, raw: str) -> PydanticCustomError:
        """Return the error for ``raw`` in another format."""
        invalid = f"`{display.excerpt(raw)}` is not {self.noun}"
        missing = f"expected {self.noun}, got nothing"
        return field_error(invalid if raw else missing, self._write_hint(raw))

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._parse_yaml)

    def __get_pydantic_json_schema__(self, schema: object, handler: object) -> dict[str, Any]:
        return self.build_json_schema()

    def _parse_yaml(self, raw: object) -> object:
        if isinstance(raw, str):
            return self.parse(raw)
        hint = f"{self._write_hint('')} Quote text that starts with a bracket."
        raise field_error(f"expected {self.noun}, got {name_kind(raw)}", hint)


@dataclass(eq=False, repr=False, kw_only=True)
class TextField(FieldType):
    """Text in NFC of at most ``max_length`` characters, in one line unless ``multiline``.

    Rejects control characters, backslashes and the characters in ``forbidden``, since calendar
    apps misread them.
    """

    noun: str = "text"
    max_length: int
    multiline: bool = False
    forbidden: str = ""

    def parse(self, raw: str) -> str:
        """Return the text without leading and trailing space."""
        value = unicodedata.normalize("NFC", raw.strip())
        if not value:
            raise self._build_error(value)
        for message, hint in self._find_errors(value):
            raise field_error(message, hint)
        return value

    def _describe_format(self) -> dict[str, Any]:
        # `title: 1984` is a number to an editor, and `title: no` a boolean to some.
        types = ["string", "number", "boolean"]
        return {"type": types, "minLength": 1, "maxLength": self.max_length}

    def _find_errors(self, value: str) -> Iterator[tuple[str, str]]:
        if len(value) > self.max_length:
            yield describe_excess(value, self.max_length)
        if found := display.INVISIBLE_CHARS.search(value):
            yield f"control character {display.codepoint_name(found)} is not allowed", "Remove it."
        if "\\" in value:
            yield "calendar apps misread backslashes", "Use `/` instead."
        if not display.has_balanced_isolates(value):
            hint = "Remove them: they would reverse the text that follows."
            yield "unbalanced bidi isolates (U+2066 to U+2069)", hint
        if "\n" in value and not self.multiline:
            yield "line breaks are not allowed here", "Write the text in one line."
        for character in self.forbidden:
            if character in value:
                yield f"`{character}` is not allowed here", "Remove it."


@dataclass(eq=False, repr=False, kw_only=True)
class TranslatedField(TextField):
    """Text, or the same text in each language by its code.

    The languages are those in the validation context, the main one first. A `name`, such as that
    of a channel, is the same in every language if it is plain text.
    """

    is_name: bool = False

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self._parse_texts)

    def build_json_schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the text, or of a mapping of languages to texts."""
        text = super().build_json_schema()
        examples = text.pop("examples")
        mapping = {
            "type": "object",
            "propertyNames": {"enum": [*LANGUAGES]},
            "additionalProperties": text,
            "minProperties": 1,
        }
        return {"anyOf": [text, mapping], "examples": examples}

    def _parse_texts(self, raw: object, info: core_schema.ValidationInfo) -> object:
        languages = getattr(info.context, "languages", (DEFAULT_LANGUAGE,))
        if not isinstance(raw, dict) or not any(map(_suggest_language, raw)):
            text = str(self._parse_yaml(raw))
            is_single = len(languages) == 1
            return text if is_single else Translated.create(text, {}, is_shared=self.is_name)
        texts: dict[str, str] = {}
        errors = [*_check_languages(raw, languages)]
        for code, text in raw.items():
            try:
                texts[code] = str(self._parse_yaml(text))
            except PydanticCustomError as error:
                errors.append(InitErrorDetails(type=error, loc=(code,), input=text))
        if errors:
            raise ValidationError.from_exception_data("text", errors)
        main, *others = languages
        translations = {code: texts[code] for code in others if code in texts}
        return Translated.create(texts[main], translations)


# What people write for languages that have another code here.
_LANGUAGE_ALIASES: Final = {
    **dict.fromkeys(("zh", "zh-tw", "zh-hk", "zh-mo", "tw", "hk"), "zh-Hant"),
    **dict.fromkeys(("pt", "br"), "pt-BR"),
    "kr": "ko",
    "jp": "ja",
}


def _suggest_language(raw: str) -> str | None:
    """Return the language that a code means, also with another region or case."""
    code = raw.strip().lower().replace("_", "-")
    if code.startswith(("zh-cn", "zh-hans", "zh-sg")):
        return None
    by_lower = {each.lower(): each for each in LANGUAGES}
    for each in (code, code.partition("-")[0]):
        if each in by_lower or each in _LANGUAGE_ALIASES:
            return by_lower.get(each) or _LANGUAGE_ALIASES[each]
    return None


def check_unique(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the languages of a list; raise an error for one that is in it twice."""
    for index, code in enumerate(codes):
        if code in codes[:index]:
            error = field_error(f"`{code}` is already in the list", "Remove it.")
            details = InitErrorDetails(type=error, loc=(index,), input=code)
            raise ValidationError.from_exception_data("languages", [details])
    return codes


def _check_languages(
    texts: dict[str, object], languages: tuple[str, ...]
) -> Iterator[InitErrorDetails]:
    """Yield the errors of a mapping without the main language, or with unknown ones."""
    main = languages[0]
    if main not in texts:
        hint = f"Add `{main}: …`, which is the first of `languages`."
        error = field_error(f"the main language `{main}` is missing", hint)
        yield InitErrorDetails(type=error, loc=(), input=texts)
    for code in texts:
        if code not in languages:
            hint = f"Add `{code}` to `languages`, or remove this text."
            if code not in LANGUAGES:
                meant = _suggest_language(code)
                hint = f"Use `{meant}`." if meant else "Remove it."
            error = field_error(f"`{display.excerpt(code)}` is not in `languages`", hint)
            yield InitErrorDetails(type=error, loc=(code, KEY_MARK), input=code)


@dataclass(eq=False, repr=False, kw_only=True)
class IntegerField(FieldType):
    """A whole number from ``minimum`` to ``maximum``, in digits."""

    noun: str = "a whole number"
    minimum: int
    maximum: int

    def parse(self, raw: str) -> int:
        """Return the number."""
        if not re.fullmatch("0|-?[1-9][0-9]{0,8}", raw):
            raise self._build_error(raw)
        if not self.minimum <= int(raw) <= self.maximum:
            message = f"{raw} is not between {self.minimum} and {self.maximum}"
            raise field_error(message, self._write_hint(raw))
        return int(raw)

    def _describe_format(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.minimum, "maximum": self.maximum}

    def _write_hint(self, raw: str) -> str:  # noqa: ARG002 - the range helps with any mistake
        return f"Use a number from {self.minimum} to {self.maximum}, like `{self.example}`."


@dataclass(eq=False, repr=False, kw_only=True)
class ChoiceField(FieldType):
    """One of the words in ``choices``."""

    noun: str = "one of the allowed values"
    choices: tuple[str, ...]

    def parse(self, raw: str) -> object:
        """Return the word."""
        if raw in self.choices:
            return raw
        raise self._build_error(raw)

    def _describe_format(self) -> dict[str, Any]:
        return {"enum": list(self.choices)}

    def _suggest(self, raw: str) -> tuple[str, ...]:
        is_short = len(self.choices) <= MAX_LISTED_CHOICES
        # `delayed` is not `cancelled`: of a few choices, all are better than a wrong one.
        if closest := closest_match(raw, self.choices, 0.65 if is_short else 0.5):
            return (closest,)
        return self.choices if is_short else ()


@dataclass(eq=False, repr=False, kw_only=True)
class PatternField(FieldType):
    """Text that matches ``pattern``, of which ``convert`` makes the value.

    ``convert`` may raise ValueError for text that the pattern cannot exclude. ``correct`` fixes
    usual mistakes, for the hint ("9:00" to "09:00").
    """

    pattern: str
    convert: Callable[[str], object] = str
    correct: Callable[[str], str] = str

    def parse(self, raw: str) -> object:
        """Return the converted value."""
        value = self._convert(raw)
        if value is None:
            raise self._build_error(raw)
        return value

    def _describe_format(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^({self.pattern})$"}

    def _suggest(self, raw: str) -> tuple[str, ...]:
        corrected = self.correct(raw)
        valid = corrected != raw and self._convert(corrected) is not None
        return (corrected,) if valid else ()

    def _convert(self, raw: str) -> object | None:
        if not re.fullmatch(self.pattern, raw):
            return None
        try:
            return self.convert(raw)
        except PydanticCustomError:
            raise
        except ValueError:
            return None


class LanguageField(ChoiceField):
    """The code of a language; suggests the one that is meant."""

    def _suggest(self, raw: str) -> tuple[str, ...]:
        meant = _suggest_language(raw)
        return (meant,) if meant else self.choices
