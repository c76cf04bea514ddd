"""The service, for any WSGI server: ``gunicorn wsgi:app``.

``DEFECTS_ICAL_SCHEDULE`` names the schedule's file, by default the ``schedule.yaml`` beside this
one; ``DEFECTS_ICAL_URL`` is the address at which the site is public.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Final

from defects_ical.content.site_url import SiteURL
from defects_ical.errors import SiteURLError
from defects_ical.server.app import create_app
from defects_ical.server.reloader import SiteReloader

LOCAL: Final = "http://127.0.0.1:8000"


def _site_url() -> SiteURL:
    url = os.environ.get("DEFECTS_ICAL_URL")
    if not url:
        what = "DEFECTS_ICAL_URL is not set: links point to %s; set it to the public address"
        logging.getLogger("defects_ical").warning(what, LOCAL)
    try:
        return SiteURL.parse(url or LOCAL)
    except SiteURLError as error:
        sys.stderr.write(f"DEFECTS_ICAL_URL: {error}\n")
        # With any other status, gunicorn would start its workers again, and again.
        sys.exit(3)


def _schedule() -> Path:
    named = os.environ.get("DEFECTS_ICAL_SCHEDULE")
    return Path(named) if named else Path(__file__).with_name("schedule.yaml")


SCHEDULE: Final = _schedule()
SITE_URL: Final = _site_url()
PUBLISHER: Final = SiteReloader(SCHEDULE, SITE_URL)
PUBLISHER.refresh()
app: Final = create_app(PUBLISHER, SITE_URL)
