"""The site of one schedule file, as the application serves it."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import NamedTuple

from defects_ical import __version__
from defects_ical.content.links.site_url import INDEX, SiteURL
from defects_ical.server.reloader import LiveSite, SiteReloader
from defects_ical.server.responses import PathResponses, prepare_responses
from defects_ical.site.build import Resource


class ResponseTable(NamedTuple):
    """A live site and its responses by path, each path with and without the site URL's path."""

    live: LiveSite
    responses: Mapping[str, PathResponses]


class ReloadedSite:
    """A served site whose responses are replaced after every reload of its schedule."""

    def __init__(self, reloader: SiteReloader, site_url: SiteURL) -> None:
        self.table = ResponseTable(LiveSite(), {})
        self._reloader = reloader
        self._site_url = site_url
        self._is_started = False
        self._start_lock = Lock()
        self.swap_in()

    def find_responses(self, path: str) -> PathResponses | None:
        """Return all responses of a path, or None if there is no resource."""
        return self.table.responses.get(path)

    def find_error_page(self, _: str) -> Resource | None:
        """Return the page for a path that does not exist; None if there is no site."""
        return self.table.live.site.get("/404.html")

    def find_page(self, path: str) -> str | None:
        """Return the path of the page if it is requested by the name of its file or folder."""
        root = self._site_url.path
        if path.endswith("/"):
            return None
        page = path.removesuffix(INDEX) if path.endswith(f"/{INDEX}") else f"{path}/"
        local = page.removeprefix(root) if page.startswith(f"{root}/") else page
        return f"{root}{local}" if local in self.table.live.site else None

    def describe_health(self) -> Mapping[str, object]:
        """Return the state of the service."""
        live = self.table.live
        return {
            "status": ("degraded" if live.problem else "ok") if live.site else "unavailable",
            "version": __version__,
            "loaded_at": live.loaded_at and live.loaded_at.isoformat(timespec="seconds"),
            "edited_at": live.edited_at and live.edited_at.isoformat(timespec="seconds"),
            "digest": live.digest,
            "episodes": live.episodes and dict(live.episodes),
            "problem": live.problem,
        }

    def start(self) -> None:
        """Catch up with the schedule file, then poll it in a thread."""
        with self._start_lock:
            if self._is_started:
                return
            if self._reloader.catch_up():
                self.swap_in()
            self._reloader.start_polling(self.swap_in)
            self._is_started = True

    def swap_in(self) -> None:
        """Serve the reloader's live site from now on. Keep the responses of unchanged resources."""
        live, before = self._reloader.live, self.table
        if live.site is before.live.site:
            self.table = before._replace(live=live)
            return
        responses = {
            path: before.responses[path]
            if before.live.site.get(path) == resource
            else prepare_responses(resource)
            for path, resource in live.site.items()
        }
        responses |= {self._site_url.path + path: each for path, each in responses.items()}
        # One assignment after all responses are ready: no request sees half of a new site.
        self.table = ResponseTable(live, responses)
