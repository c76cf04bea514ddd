"""The service for a folder of schedules: one process exports it, others serve what it wrote."""

from __future__ import annotations

import logging
import time
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Final

from flask import Flask

from defects_ical.content.links.site_url import SiteURL
from defects_ical.errors import DefectsIcalError, FolderLockedError
from defects_ical.export.shows.show_stage import ExportTarget
from defects_ical.server.app import NOT_MONITORED, Monitoring, create_app
from defects_ical.server.monitoring.logs import with_fields
from defects_ical.server.service import Service
from defects_ical.server.shows.exported_site import ExportedSite
from defects_ical.server.shows.publisher import FolderPublisher

LOG: Final = logging.getLogger(__name__)
# Seconds until the start is tried again: another process may follow the folder, and end.
RETRY_SECONDS: Final = 1.0


def make_folder_service(
    publisher: FolderPublisher, target: ExportTarget, monitoring: Monitoring = NOT_MONITORED
) -> Service:
    """Return the service for a folder of schedules: the parent exports it, the workers read it."""
    create = partial(_create_folder_app, target, monitoring)
    return Service(create, publisher.poll, lambda: publisher.poll_seconds)


def publish_folder(
    path: Path, folder: Path, site_url: SiteURL, monitoring: Monitoring = NOT_MONITORED
) -> Flask:
    """Return the application of a folder of schedules, whose site is exported to ``folder``.

    A daemon thread follows the schedules, unless another process does. For servers whose processes
    know nothing of each other.
    """
    target = ExportTarget(folder, site_url)
    publisher = FolderPublisher(path, target, is_restart=False)
    Thread(target=_publish_forever, args=(publisher,), name="publisher", daemon=True).start()
    return _create_folder_app(target, monitoring)


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
