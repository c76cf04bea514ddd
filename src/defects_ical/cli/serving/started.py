"""What ``serve`` has started, and with which options."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from defects_ical.server.app import Monitoring
from defects_ical.server.monitoring.logs import LogFormat
from defects_ical.server.service import Service


class ServeOptions(NamedTuple):
    """The options of ``serve`` that are not about its address."""

    folder: Path | None
    allow_removal: bool
    monitoring: Monitoring
    log_format: LogFormat


class Started(NamedTuple):
    """A service, what it serves ("The Defects is", "12 shows are"), and the path of its feed."""

    service: Service
    name: str
    feed: str
