"""JSON of a source: bytes in, values of the expected types out, or the path of another one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NoReturn

from defects_ical.errors import ListingError
from defects_ical.text.display import excerpt

_KINDS: Final[Mapping[type, str]] = {
    bool: "true or false",
    dict: "an object",
    float: "a fraction",
    int: "a number",
    list: "a list",
    str: "text",
    type(None): "null",
}


@dataclass(frozen=True, slots=True)
class JsonObject:
    """An object in a document; ``path`` is where it is ("_embedded.episodes[3]"), or empty.

    The methods read one value each; a missing value is null. They raise ListingError for a value
    of another type, with ``source`` and ``hint``.
    """

    source: str
    hint: str
    path: str
    values: Mapping[str, object]

    @classmethod
    def parse(cls, content: bytes, source: str, hint: str) -> JsonObject:
        """Parse a document that is an object. Raises ListingError for any other."""
        try:
            values = json.loads(content)
        except RecursionError:
            raise ListingError(f"{source}: the JSON is nested too deeply. {hint}") from None
        except ValueError as error:
            # Among these are numbers with too many digits, and bytes that are no UTF-8.
            message = f"not valid JSON ({excerpt(str(error), limit=100)})"
            raise ListingError(f"{source}: {message}. {hint}") from None
        if not isinstance(values, dict):
            message = f"the JSON is {_name_kind(values)}, not an object"
            raise ListingError(f"{source}: {message}. {hint}")
        return cls(source, hint, "", values)

    def get_text(self, name: str) -> str:
        """Return a text; empty for null."""
        value = self.values.get(name)
        if value is None:
            return ""
        return value if isinstance(value, str) else self.refuse_kind(name, "text")

    def get_number(self, name: str, minimum: int, maximum: int) -> int | None:
        """Return a whole number in a range; None for null."""
        value = self.values.get(name)
        if value is None:
            return None
        # In Python, true is the number 1.
        if not isinstance(value, int) or isinstance(value, bool):
            self.refuse_kind(name, "a whole number")
        if not minimum <= value <= maximum:
            self.refuse(name, f"is not between {minimum} and {maximum}")
        return value

    def require_number(self, name: str, minimum: int, maximum: int) -> int:
        """Return a whole number in a range."""
        value = self.get_number(name, minimum, maximum)
        return self.refuse_kind(name, "a whole number") if value is None else value

    def get_texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts; empty for null."""
        items = self._get_list(name)
        return tuple(
            each if isinstance(each, str) else self.refuse_item(name, index, each, "text")
            for index, each in enumerate(items)
        )

    def get_object(self, name: str) -> JsonObject | None:
        """Return an object; None for null."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.refuse_kind(name, "an object")
        return self._enter(name, value)

    def require_object(self, name: str) -> JsonObject:
        """Return an object."""
        return self.get_object(name) or self.refuse_kind(name, "an object")

    def require_objects(self, name: str) -> tuple[JsonObject, ...]:
        """Return a list of objects."""
        if self.values.get(name) is None:
            self.refuse_kind(name, "a list")
        return self.get_objects(name)

    def get_objects(self, name: str) -> tuple[JsonObject, ...]:
        """Return a list of objects; empty for null."""
        return tuple(
            self._enter(f"{name}[{index}]", each)
            if isinstance(each, dict)
            else self.refuse_item(name, index, each, "an object")
            for index, each in enumerate(self._get_list(name))
        )

    def refuse(self, name: str, problem: str) -> NoReturn:
        """Raise ListingError for a value of this object: "`season` is not …"."""
        message = f"`{self._locate(name)}` {problem}"
        raise ListingError(f"{self.source}: {message}. {self.hint}")

    def refuse_kind(self, name: str, expected: str) -> NoReturn:
        """Raise ListingError for a value of another type than the expected one."""
        kind = _name_kind(self.values.get(name))
        self.refuse(name, f"is {kind}, not {expected}")

    def refuse_item(self, name: str, index: int, item: object, expected: str) -> NoReturn:
        """Raise ListingError for an item of a list that has another type than the expected one."""
        self.refuse(f"{name}[{index}]", f"is {_name_kind(item)}, not {expected}")

    def _get_list(self, name: str) -> list[object]:
        value = self.values.get(name)
        if value is None:
            return []
        return value if isinstance(value, list) else self.refuse_kind(name, "a list")

    def _enter(self, name: str, values: Mapping[str, object]) -> JsonObject:
        return JsonObject(self.source, self.hint, self._locate(name), values)

    def _locate(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name


def _name_kind(value: object) -> str:
    return _KINDS.get(type(value), type(value).__name__)
