"""robots.txt, as RFC 9309 has it read: what it lets a robot fetch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

# What a robot has to read, at least (RFC 9309 §2.5).
MOST_READ: Final = 500 * 1024

_LINE: Final = re.compile(r"[ \t]*([a-z-]+)[ \t]*:([^#]*)", re.IGNORECASE)
_TOKEN: Final = re.compile(r"\*|[a-z_-]+", re.IGNORECASE)
_OCTET: Final = re.compile(r"%([0-9a-f]{2})", re.IGNORECASE)
_PLAIN: Final = re.compile(r"[A-Za-z0-9._~-]")


def allows(body: bytes, agent: str, path: str) -> bool:
    """Whether a robots.txt lets a robot fetch a path with its query.

    The longest rule that matches is the one that counts, and of two as long the one that allows.
    """
    groups: dict[str, list[tuple[str, bool]]] = {}
    for token, rule, allowed in _rules(body):
        groups.setdefault(token, []).extend([(rule, allowed)] if rule else [])
    mine = groups.get(agent.lower(), groups.get("*", []))
    path = _normal(path)
    matching = [(len(rule), allowed) for rule, allowed in mine if _matches(rule, path)]
    return max(matching, default=(0, True))[1]


def _rules(body: bytes) -> Iterator[tuple[str, str, bool]]:
    """Each rule with each robot it is for, and an empty one for each robot that is named."""
    text = body[:MOST_READ].decode("utf-8-sig", "replace")
    named: list[str] = []
    naming = False
    for line in re.split(r"\r\n?|\n", text):
        if not (found := _LINE.match(line)):
            continue
        key, value = found[1].lower(), found[2].strip()
        if key == "user-agent":
            token = _TOKEN.match(value)
            named = [*(named if naming else ()), token[0].lower() if token else ""]
            naming = True
            yield named[-1], "", True
        elif key in {"allow", "disallow"}:
            naming = False
            for robot in named:
                yield robot, _normal(value), key == "allow"


def _normal(path: str) -> str:
    """A path in the one way of writing it in which paths are compared (RFC 9309 §2.2.2)."""
    return _OCTET.sub(_decoded, quote(path, safe="/%?&=+$*!'(),:;@[]#"))


def _decoded(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character if _PLAIN.fullmatch(character) else found[0].upper()


def _matches(rule: str, path: str) -> bool:
    """Whether a rule, with its ``*`` and ``$``, is about a path; each part is looked for once."""
    first, *others = rule.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    place = len(first)
    last = others.pop() if rule.endswith("$") and others else None
    for part in others:
        found = path.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    if last is not None:
        return path.endswith(last) and len(path) - len(last) >= place
    return not rule.endswith("$") or place == len(path)
