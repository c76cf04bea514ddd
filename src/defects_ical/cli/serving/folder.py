"""Start the service for a folder of schedules."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from defects_ical.cli.serving.started import ServeOptions, Started
from defects_ical.content.links.site_url import SiteURL
from defects_ical.export.shows.show_stage import ExportTarget
from defects_ical.server.shows.publisher import FolderPublisher
from defects_ical.server.shows.service import make_folder_service
from defects_ical.shows.settings import ALL_FEED

# Processes that build shows at the start.
MAX_JOBS: Final = 4


def start_folder(path: Path, site_url: SiteURL, options: ServeOptions, stack: ExitStack) -> Started:
    """Export the site of a folder, and return the service; ``stack`` ends it."""
    folder = options.folder or Path(
        stack.enter_context(TemporaryDirectory(prefix="defects-ical-", ignore_cleanup_errors=True))
    )
    target = ExportTarget(folder, site_url)
    jobs = min(os.cpu_count() or 1, MAX_JOBS)
    publisher = FolderPublisher(path, target, allow_removal=options.allow_removal, jobs=jobs)
    stack.callback(publisher.close)
    publisher.start()
    count = publisher.show_count
    name = "1 show is" if count == 1 else f"{count} shows are"
    service = make_folder_service(publisher, target, options.monitoring)
    return Started(service, name, f"/{ALL_FEED}.ics")
