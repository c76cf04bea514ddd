"""What a site is made of, as a digest: where that is the same, so are all its bytes."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

from defects_ical.links import Address
from defects_ical.schedule import Schedule


def provenance(schedule: Schedule, address: Address) -> str:
    """SHA-256, in hexadecimal, of the schedule, its picture, the address and this program.

    The program is its files, Python and all libraries that are installed beside it.
    """
    whole = hashlib.sha256()
    for part in _parts(schedule, address):
        # By digests, all of one length: no two parts can be taken for one.
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()


def _parts(schedule: Schedule, address: Address) -> Iterator[bytes]:
    yield from (schedule.digest.encode(), schedule.picture or b"", str(address).encode())
    yield sys.version.encode()
    for name, version in sorted((each.name, each.version) for each in distributions()):
        yield f"{name} {version}".encode()
    for path in sorted(Path(__file__).parent.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            yield path.read_bytes()
