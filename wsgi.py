"""The WSGI application, for any WSGI server: ``gunicorn wsgi:app``.

``DEFECTS_ICAL_SCHEDULE`` is the path of the schedule, by default ``schedule.yaml`` in this folder.
``DEFECTS_ICAL_URL`` is the public URL of the site, used in links.
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

LOCAL_URL: Final = "http://127.0.0.1:8000"


def _get_site_url() -> SiteURL:
    url = os.environ.get("DEFECTS_ICAL_URL")
    if not url:
        message = "DEFECTS_ICAL_URL is not set: links point to %s. Set it to the public URL."
        logging.getLogger("defects_ical").warning(message, LOCAL_URL)
    try:
        return SiteURL.parse(url or LOCAL_URL)
    except SiteURLError as error:
        sys.stderr.write(f"DEFECTS_ICAL_URL: {error}\n")
        # gunicorn's own status for a failed start: with any other, it restarts its workers.
        sys.exit(3)


PATH: Final = os.environ.get("DEFECTS_ICAL_SCHEDULE") or Path(__file__).with_name("schedule.yaml")
SITE_URL: Final = _get_site_url()
RELOADER: Final = SiteReloader(Path(PATH), SITE_URL)
RELOADER.reload()
app: Final = create_app(RELOADER, SITE_URL)
