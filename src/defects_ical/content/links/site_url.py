"""The public URL of a site, and the URLs made from it."""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from defects_ical.errors import SiteURLError
from defects_ical.model.urls import HOST
from defects_ical.text.languages import LANGUAGES

EXAMPLE: Final = "https://defects.example"
DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_HOST: Final = rf"\[[0-9a-f:.]+\]|{HOST}"
_PATH: Final = r"(/[A-Za-z0-9._~-]+)*"
_PATH_HINT: Final = "Use letters, digits, `-`, `.`, `_` and `~` between slashes."


class SiteURL(NamedTuple):
    """The URL at which the site is public, such as https://me.example/the-defects.

    ``path`` is empty or starts with a slash, and has no slash at its end.
    """

    origin: str
    path: str

    @classmethod
    def parse(cls, text: str) -> SiteURL:
        """Parse a URL; raise SiteURLError if no site can have it."""
        try:
            parts = urlsplit(text)
            host, port = parts.hostname or "", parts.port
        except ValueError as error:
            raise SiteURLError(f"`{text}` is not a URL: {error}.") from None
        scheme, path = parts.scheme, parts.path.rstrip("/")
        host = f"[{host}]" if ":" in host else host
        if not host.isascii():
            raise SiteURLError(f"The host of `{text}` is not ASCII. Use `{_to_ascii(host)}`.")
        if scheme not in DEFAULT_PORTS or not re.fullmatch(_HOST, host) or not text.isprintable():
            raise SiteURLError(f"`{text}` is not a site's URL. Use one like `{EXAMPLE}`.")
        if "@" in parts.netloc or parts.query or parts.fragment or port == 0:
            raise SiteURLError(
                f"`{text}` has more than a host, a port and a path. Remove the rest."
            )
        if not re.fullmatch(_PATH, path) or {".", ".."} & set(path.split("/")):
            raise SiteURLError(f"`{text}` has an invalid path. {_PATH_HINT}")
        suffix = f":{port}" if port not in {None, DEFAULT_PORTS[scheme]} else ""
        return cls(f"{scheme}://{host}{suffix}", path)

    def __str__(self) -> str:
        return f"{self.origin}{self.path}/"

    def join(self, path: str) -> str:
        """Return the URL of a path of the site; the path starts with a slash."""
        return f"{self.origin}{self.path}{path}"

    def below(self, folder: str) -> SiteURL:
        """Return the URL of a site in a folder of this one, such as that of a show."""
        return SiteURL(self.origin, f"{self.path}/{folder}")

    def in_language(self, language: str, main_language: str) -> SiteURL:
        """Return the URL of the site in one of its languages; the main one has no folder."""
        return self if language == main_language else self.below(language)

    def webcal(self, path: str) -> str:
        """Return the webcal URL of a path; Apple's apps do not support ``webcals``."""
        return "webcal" + self.join(path).removeprefix("https").removeprefix("http")


INDEX: Final = "index.html"
"""The name of the file of a page, in the folder of its path."""


def name_file(path: str) -> str:
    """Return the name of the file for a path: "x.ics" for "/x.ics", "ko/index.html" for "/ko/"."""
    name = path.removeprefix("/")
    return f"{name}{INDEX}" if not name or name.endswith("/") else name


def split_language(path: str) -> tuple[str, str]:
    """Split the path of a file into its language, empty for the main one, and the path there."""
    language, slash, rest = path.removeprefix("/").partition("/")
    return (language, f"/{rest}") if slash and language in LANGUAGES else ("", path)


def _to_ascii(host: str) -> str:
    """Encode a host name for a URL (RFC 3490)."""
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return "xn--…"
