"""Schedules whose texts attack the pages that show them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final, NamedTuple

# Runs, sends requests or navigates wherever it is not treated as text.
INJECTION: Final = (
    "javascript:window.ran=1// </script><script>window.ran=1</script>"
    " </title></style></textarea></code></pre><img src=x onerror=window.ran=1>"
    " <img src=x onerror=alert(1)> <svg onload=window.ran=1></svg>"
    " <iframe srcdoc='<script>parent.ran=1</script>'></iframe>"
    " <base href=//elsewhere.example/> <link rel=stylesheet href=//elsewhere.example/a.css>"
    " <meta http-equiv=refresh content='0;url=//elsewhere.example/'>"
    """ " ' ` " onfocus="window.ran=1" autofocus x=' """
    "]]> <!-- --> --!> &amp; &lt;b&gt; &#x3c;i&#x3e;"
    " {{7*7}} {% raw %} {# ${7*7} %s %(origin)s {0}"
    " [a](javascript:window.ran=1) **b** _c_ <javascript:window.ran=1>"
    " \u202e\u2066\u200f\u2069\u202c Cafe\u0301 \N{CLAPPER BOARD}"
)
# Reorders what follows it: the first bidi control is not closed, and numbers go to the other side
# of Hebrew.
REORDERING: Final = "\u202eQXQ\u200fשלם"
# URLs may have no quotation marks and no angle brackets.
INJECTION_URL: Final = (
    "https://watch.example/'onfocus='window.ran=1'?a=javascript:window.ran=1&amp;b=(1),[2];$*!#@"
)
MAX_TEXT: Final = 5000
MAX_SHORT: Final = 100


class Texts(NamedTuple):
    """The texts of a schedule: of fields that may have any text, of genres, of URLs."""

    text: str
    genre: str
    url: str = "https://watch.example/"

    @property
    def short(self) -> str:
        """The start of the text, for fields of at most 100 characters."""
        return self.text[:MAX_SHORT]


def repeat(characters: str) -> Texts:
    """Return the longest texts without a space."""
    return Texts(
        characters * (MAX_TEXT // len(characters)),
        characters * (100 // len(characters)),
        f"https://watch.example/{'w' * MAX_TEXT}",
    )


TEXTS: Final[Mapping[str, Texts]] = {
    "injection": Texts(
        INJECTION, "<img src=x onerror=window.ran=1>\"'&amp;{{7*7}}]]>;", INJECTION_URL
    ),
    "wide": repeat("W"),
    "Chinese": repeat("漢"),
    "combining": repeat("a\u033f"),
    "reordering": Texts(REORDERING, REORDERING),
}
# For comparison.
HARMLESS: Final = Texts("Word", "word")


def make_schedule(texts: Texts) -> dict[str, Any]:
    """Return the values of a schedule with these texts in all fields.

    On the day before the premiere, the next episode is a tentative special; the one before it is
    cancelled.
    """
    text, url = texts.text, texts.url
    return {
        "format": 1,
        "show": _make_show(texts),
        "timezone": "Asia/Seoul",
        "published": "2025-07-01T00:00:00+00:00",
        "airing": {
            "premiere": "2025-07-21",
            "weekdays": ["monday", "tuesday"],
            "time": "23:00",
            "runtime": 60,
            "episodes": 3,
        },
        "clocks": ["America/New_York", "UTC"],
        "platforms": {
            "channel": {"name": text, "kind": "television", "region": text, "url": url},
            "stream": {"name": text, "kind": "streaming", "region": text, "delay": 90},
        },
        "episodes": {"1": {"teaser": f"{text}\n{text}", "recap": f"{text}\n{text}"}},
        "specials": [
            {"id": "extra", "title": text, "airs": "2025-07-20T23:30", "runtime": 20},
            {"id": "gone", "title": text, "airs": "2025-07-20T23:10", "runtime": 20},
        ],
        "changes": _make_changes(text),
    }


def _make_show(texts: Texts) -> dict[str, Any]:
    text = texts.text
    return {
        "uid": "3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29",
        "slug": "show",
        "title": text,
        "original_title": text,
        "season": 1,
        "synopsis": f"{text}\n{text}",
        "genres": [texts.genre],
        "cast": [{"actor": text, "role": text}],
        "color": "crimson",
        "credit": {"name": texts.genre, "url": texts.url, "licence": texts.short},
    }


def _make_changes(text: str) -> list[dict[str, Any]]:
    reason = {"note": text, "reason": text}
    return [
        {
            "at": "2025-07-02T00:00:00+00:00",
            "episodes": ["extra"],
            "status": "tentative",
            **reason,
        },
        {
            "at": "2025-07-03T00:00:00+00:00",
            "episodes": ["gone"],
            "status": "cancelled",
            **reason,
        },
        {
            "at": "2025-07-04T00:00:00+00:00",
            "episodes": [2],
            "move": "2025-07-22T23:30",
            **reason,
        },
    ]


def to_yaml(schedule: Mapping[str, Any]) -> str:
    """Return the content of a schedule file; JSON is YAML."""
    return json.dumps(schedule, ensure_ascii=False)


SCHEDULES: Final = {name: to_yaml(make_schedule(texts)) for name, texts in TEXTS.items()}
HARMLESS_SCHEDULE: Final = to_yaml(make_schedule(HARMLESS))
# The file of each page.
PAGES: Final = {"/": "index.html", "/404.html": "404.html", "/embed.html": "embed.html"}


def replace_value(path: tuple[str | int, ...], value: str) -> str:
    """Return the content of a harmless schedule file with one value replaced."""
    schedule: Any = deepcopy(make_schedule(HARMLESS))
    parent = schedule
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = value
    return to_yaml(schedule)


def strip_isolates(text: str) -> str:
    """Remove the characters that isolate the writing direction of a part."""
    return text.replace("\u2068", "").replace("\u2069", "")
