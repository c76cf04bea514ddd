"""Identify everything that a site is built from."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from typing import Final

from defects_ical.content.links.site_url import SiteURL
from defects_ical.model.schedule import Schedule

PACKAGE: Final = Path(__file__).parent.parent


def input_fingerprint(schedule: Schedule, site_url: SiteURL) -> str:
    """Return the SHA-256 (hexadecimal) of the schedule, its picture, the URL and this program."""
    picture = schedule.picture or b""
    return compute_fingerprint(schedule.digest.encode(), picture, str(site_url).encode())


def compute_fingerprint(*parts: bytes) -> str:
    """Return the SHA-256 (hexadecimal) of the parts and this program.

    The program is its files, Python, and the names and versions of all installed libraries.
    """
    digest = hashlib.sha256(_compute_program_digest())
    for part in parts:
        # Digests have one length, so that different parts cannot add up to the same bytes.
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


@cache
def _compute_program_digest() -> bytes:
    digest = hashlib.sha256()
    for part in _list_program_parts():
        digest.update(hashlib.sha256(part).digest())
    return digest.digest()


def _list_program_parts() -> Iterator[bytes]:
    yield sys.version.encode()
    # After an interrupted installation, name and version may be None.
    for library in sorted(f"{each.name} {each.version}" for each in distributions()):
        yield library.encode()
    for path in sorted(PACKAGE.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            yield str(path.relative_to(PACKAGE)).encode()
            yield path.read_bytes()
