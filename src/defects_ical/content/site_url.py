"""The public URL of a site, and the URLs made from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from defects_ical.errors import SiteURLError
from defects_ical.schedule.fields import HOST

DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_HOST: Final = rf"\[[0-9a-f:.]+\]|{HOST}"
_PATH: Final = r"(/[A-Za-z0-9._~-]+)*"


@dataclass(frozen=True, slots=True)
class SiteURL:
    """Where the site is public: ``https://me.example/the-defects``, without a final slash."""

    origin: str
    path: str

    @classmethod
    def parse(cls, text: str) -> SiteURL:
        """The address that ``text`` names; raises AddressError with how to write it."""
        try:
            parts = urlsplit(text)
            host, port = parts.hostname or "", parts.port
        except ValueError as error:
            raise SiteURLError(f"`{text}` is not an address ({error})") from None
        scheme, path = parts.scheme, parts.path.rstrip("/")
        host = f"[{host}]" if ":" in host else host
        if not host.isascii():
            raise SiteURLError(f"write the host of `{text}` as `{_to_ascii(host)}`")
        if scheme not in DEFAULT_PORTS or not re.fullmatch(_HOST, host) or not text.isprintable():
            raise SiteURLError(f"`{text}` is not like `https://defects.example`")
        if "@" in parts.netloc or parts.query or parts.fragment or port == 0:
            raise SiteURLError(f"`{text}` has more than a host, a port and a path; leave it out")
        if not re.fullmatch(_PATH, path) or {".", ".."} & set(path.split("/")):
            what = "letters, digits, `-`, `.`, `_` and `~`"
            raise SiteURLError(f"the path of `{text}` has more than {what} between its slashes")
        suffix = f":{port}" if port not in {None, DEFAULT_PORTS[scheme]} else ""
        return cls(f"{scheme}://{host}{suffix}", path)

    def __str__(self) -> str:
        return f"{self.origin}{self.path}/"

    def join(self, path: str) -> str:
        """The absolute link to a path of the site, which begins with a slash."""
        return f"{self.origin}{self.path}{path}"

    def webcal(self, path: str) -> str:
        """The link on which Apple's programs subscribe; they know no ``webcals``."""
        return "webcal" + self.join(path).removeprefix("https").removeprefix("http")


def _to_ascii(host: str) -> str:
    """A host as it stands in an address (RFC 3490)."""
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return "xn--…"
