"""The WSGI application, for any WSGI server: ``gunicorn defects_ical.wsgi:app``.

``DEFECTS_ICAL_SCHEDULE`` is the path of the schedule, by default ``schedule.yaml`` in the current
folder, or of a folder of schedules. ``DEFECTS_ICAL_URL`` is the public URL, used in links.
``DEFECTS_ICAL_FOLDER`` is where the site of a folder of schedules is exported to and served from.
With ``DEFECTS_ICAL_METRICS=1``, requests are counted, and ``/metrics`` reports them.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Final, NoReturn
from wsgiref.types import WSGIApplication

from defects_ical.content.links.site_url import SiteURL
from defects_ical.errors import SiteURLError
from defects_ical.server.app import Monitoring, create_app
from defects_ical.server.monitoring.counters import RequestCounters
from defects_ical.server.reloaded_site import ReloadedSite
from defects_ical.server.reloader import SiteReloader
from defects_ical.shows.file_state import is_folder

LOCAL_URL: Final = "http://127.0.0.1:8000"
# gunicorn's own status for a failed start: with any other, it restarts its workers.
START_FAILED: Final = 3


def _create_app(path: Path, site_url: SiteURL) -> WSGIApplication:
    # If the server imports this before it forks, its workers share the counters.
    has_metrics = os.environ.get("DEFECTS_ICAL_METRICS") == "1"
    monitoring = Monitoring(RequestCounters() if has_metrics else None)
    if is_folder(path):
        folder = os.environ.get("DEFECTS_ICAL_FOLDER") or _fail(
            "DEFECTS_ICAL_FOLDER is not set. Set it to a folder for the site of these schedules."
        )
        from defects_ical.server.shows.service import publish_folder  # noqa: PLC0415 - slow, and not for one schedule

        return publish_folder(path, Path(folder), site_url, monitoring)
    reloader = SiteReloader(path, site_url)
    reloader.reload()
    return create_app(ReloadedSite(reloader, site_url), site_url, monitoring)


def _get_site_url() -> SiteURL:
    url = os.environ.get("DEFECTS_ICAL_URL")
    if not url:
        message = "DEFECTS_ICAL_URL is not set: links point to %s. Set it to the public URL."
        logging.getLogger("defects_ical").warning(message, LOCAL_URL)
    try:
        return SiteURL.parse(url or LOCAL_URL)
    except SiteURLError as error:
        _fail(f"DEFECTS_ICAL_URL: {error}")


def _fail(message: str) -> NoReturn:
    sys.stderr.write(f"{message}\n")
    sys.exit(START_FAILED)


PATH: Final = Path(os.environ.get("DEFECTS_ICAL_SCHEDULE") or "schedule.yaml")
app: Final = _create_app(PATH, _get_site_url())
