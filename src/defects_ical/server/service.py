"""What a server runs: an application in each worker, and one poll for all in their parent."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from threading import Thread
from typing import Final

from flask import Flask

from defects_ical.content.links.site_url import SiteURL
from defects_ical.errors import DefectsIcalError, FolderLockedError
from defects_ical.export.shows.show_stage import ExportTarget
from defects_ical.server.app import NOT_MONITORED, Monitoring, create_app
from defects_ical.server.exported_site import ExportedSite
from defects_ical.server.monitoring.logs import with_fields
from defects_ical.server.publisher import FolderPublisher
from defects_ical.server.reloaded_site import ReloadedSite
from defects_ical.server.reloader import POLL_SECONDS, SiteReloader

LOG: Final = logging.getLogger(__name__)
# Seconds until the start is tried again: another process may follow the folder, and end.
RETRY_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Service:
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


def make_folder_service(
    publisher: FolderPublisher, target: ExportTarget, monitoring: Monitoring = NOT_MONITORED
) -> Service:
    """Return the service for a folder of schedules: the parent exports it, the workers read it."""
    create = partial(_create_folder_app, target, monitoring)
    return Service(create, publisher.poll, lambda: publisher.poll_seconds)


def publish_in_thread(publisher: FolderPublisher) -> None:
    """Follow a folder of schedules in a daemon thread, unless another process does.

    For servers whose processes know nothing of each other.
    """
    Thread(target=_publish_forever, args=(publisher,), name="publisher", daemon=True).start()


def _create_schedule_app(
    reloader: SiteReloader, site_url: SiteURL, monitoring: Monitoring
) -> Flask:
    # Only the parent logs, otherwise each problem would appear once per worker.
    reloader.is_logging = False
    return create_app(ReloadedSite(reloader, site_url), site_url, monitoring)


def _create_folder_app(target: ExportTarget, monitoring: Monitoring) -> Flask:
    return create_app(ExportedSite(target), target.site_url, monitoring)


def _publish_forever(publisher: FolderPublisher) -> None:
    reported = ""
    while True:
        try:
            publisher.start()
            break
        except FolderLockedError:
            # Another process does the work, as long as it lives.
            pass
        except DefectsIcalError as error:
            if str(error) != reported:
                extra = with_fields("error")
                LOG.error("%s", error, extra=extra)  # noqa: TRY400 - a user's error has no traceback
                reported = str(error)
        except Exception:
            LOG.exception("the folder of schedules could not be published")
        publisher.close()
        time.sleep(RETRY_SECONDS)
    while True:
        time.sleep(publisher.poll_seconds)
        publisher.poll()
