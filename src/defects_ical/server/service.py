"""What a server runs: an application in each worker, and one poll for all in their parent."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from flask import Flask

from defects_ical.content.links.site_url import SiteURL
from defects_ical.server.app import NOT_MONITORED, Monitoring, create_app
from defects_ical.server.reloaded_site import ReloadedSite
from defects_ical.server.reloader import POLL_SECONDS, SiteReloader


class Service(NamedTuple):
    """A service whose workers may start at any time.

    ``create_app`` is called in each worker, to which it is sent. The parent calls ``poll`` every
    ``poll_seconds`` seconds.
    """

    create_app: Callable[[], Flask]
    poll: Callable[[], object]
    poll_seconds: Callable[[], float]


def make_schedule_service(
    reloader: SiteReloader, site_url: SiteURL, monitoring: Monitoring = NOT_MONITORED
) -> Service:
    """Return the service for one schedule: each worker polls the file like the parent.

    A worker that is replaced serves the same version, even if the file has become invalid since.
    """
    create = partial(_create_schedule_app, reloader, site_url, monitoring)
    return Service(create, reloader.poll, lambda: POLL_SECONDS)


def _create_schedule_app(
    reloader: SiteReloader, site_url: SiteURL, monitoring: Monitoring
) -> Flask:
    # Only the parent logs, otherwise each problem would appear once per worker.
    reloader.is_logging = False
    return create_app(ReloadedSite(reloader, site_url), site_url, monitoring)
