"""The site's pages, for people and for robots."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from defects_ical import wording
from defects_ical.episodes import Episode
from defects_ical.links import Address, feeds, single_path
from defects_ical.schedule import Schedule

TEMPLATES: Final = {"/": "index.html", "/404.html": "404.html", "/robots.txt": "robots.txt"}

_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("defects_ical"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def render(
    schedule: Schedule, episodes: tuple[Episode, ...], address: Address
) -> Iterator[tuple[str, bytes]]:
    """Every page of the site: its path and its bytes, UTF-8."""
    content = {
        "address": address,
        "episodes": episodes,
        "feeds": feeds(schedule),
        "schedule": schedule,
        "show": schedule.show,
        "single_path": single_path,
        "wording": wording,
    }
    for path, name in TEMPLATES.items():
        yield path, _ENVIRONMENT.get_template(name).render(content).encode()
