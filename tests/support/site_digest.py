"""One digest for all the bytes of a site."""

from __future__ import annotations

import hashlib

from defects_ical.site.build import Site


def digest_site(site: Site) -> str:
    """Return the SHA-256 (hexadecimal) of every path with its headers and its body."""
    digest = hashlib.sha256()
    for path, resource in sorted(site.items()):
        parts = (path, resource.etag, *map(": ".join, resource.headers))
        for part in (*(each.encode() for each in parts), resource.body):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
