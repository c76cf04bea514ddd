"""A fingerprint of everything that a site is built from."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path
from typing import Final

from defects_ical.content.site_url import SiteURL
from defects_ical.schedule.model import Schedule

PACKAGE: Final = Path(__file__).parent.parent


def input_fingerprint(schedule: Schedule, site_url: SiteURL) -> str:
    """SHA-256, in hexadecimal, of the schedule, its picture, the address and this program.

    The program is its files, Python and all libraries that are installed beside it.
    """
    whole = hashlib.sha256()
    for part in _parts(schedule, site_url):
        # By digests, all of one length: no two parts can be taken for one.
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()


def _parts(schedule: Schedule, site_url: SiteURL) -> Iterator[bytes]:
    yield from (schedule.digest.encode(), schedule.picture or b"", str(site_url).encode())
    yield sys.version.encode()
    # Of what an interrupted installation left, both are None.
    for library in sorted(f"{each.name} {each.version}" for each in distributions()):
        yield library.encode()
    for path in sorted(PACKAGE.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            yield str(path.relative_to(PACKAGE)).encode()
            yield path.read_bytes()
