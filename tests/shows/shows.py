"""Write small schedules to a folder."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Final

SHOW: Final = """\
format: 1
show: {{uid: {uid}, slug: {slug}, title: {slug}}}
timezone: Asia/Seoul
published: 2025-07-22T09:00:00+09:00
airing: {{premiere: 2025-08-04, weekdays: [monday], time: 21:00, runtime: 60, episodes: 4}}
platforms: {platforms}
"""
ENA: Final = "{ena: {name: ENA, kind: television, region: South Korea}}"


def make_uid(name: str) -> str:
    """Return a UUID that belongs to a name."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, name))


def write_show(path: Path, uid: str = "", platforms: str = ENA) -> None:
    """Write the schedule of a show with four episodes; its slug and title are the file's name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = SHOW.format(slug=path.stem, uid=uid or make_uid(path.stem), platforms=platforms)
    path.write_text(text, "utf-8")


def edit(path: Path, before: str, after: str) -> None:
    """Replace text that a file contains."""
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")
