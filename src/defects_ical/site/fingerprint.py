"""Identify everything that a site is built from."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from defects_ical.content.links.site_url import SiteURL

PACKAGE: Final = Path(__file__).parent.parent


def input_fingerprint(digest: str, picture: bytes | None, site_url: SiteURL) -> str:
    """Return the SHA-256 (hexadecimal) of the inputs of a site, and of this program.

    The inputs are a schedule, by the SHA-256 of its file, the content of its picture, and the URL.
    """
    return compute_fingerprint(digest.encode(), picture or b"", str(site_url).encode())


def compute_fingerprint(*parts: bytes) -> str:
    """Return the SHA-256 (hexadecimal) of the parts and this program.

    The program is its files, Python, and the installed libraries, by the names and versions of
    their metadata folders.
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
    # Their folders have the name and the version of each; to read its metadata takes long.
    folders = (path for folder in sys.path for path in Path(folder).glob("*-info"))
    for name in sorted({path.name for path in folders}):
        yield name.encode()
    for path in sorted(_list_files(str(PACKAGE))):
        yield path.removeprefix(str(PACKAGE)).encode()
        yield Path(path).read_bytes()


def _list_files(folder: str) -> Iterator[str]:
    """Yield the paths of all files below a folder, but for compiled ones."""
    for entry in os.scandir(folder):
        if entry.is_dir():
            yield from _list_files(entry.path)
        elif entry.is_file() and not entry.name.endswith(".pyc"):
            yield entry.path
