"""The command ``serve``: serve the site over HTTP."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import click

from defects_ical.cli.console import SCHEDULE_OPTION, parse_site_url, print_schedule_warnings
from defects_ical.content.site_url import SiteURL
from defects_ical.export.show_stage import ExportTarget
from defects_ical.schedule.loader import load_schedule
from defects_ical.server import granian
from defects_ical.server.publisher import FolderPublisher
from defects_ical.server.reloader import SiteReloader
from defects_ical.server.service import Service, make_folder_service, make_schedule_service

# Processes that build shows at the start.
MAX_JOBS: Final = 4


@click.command(short_help="Serve the site over HTTP.")
@SCHEDULE_OPTION
@click.option(
    "--url",
    "site_url",
    callback=parse_site_url,
    metavar="URL",
    help="The public URL of the site, used in links. Required if HOST is 0.0.0.0 or ::.",
    show_default="http://HOST:PORT/",
)
@click.option(
    "--host", default="127.0.0.1", metavar="HOST", help="The host name or IP address to listen on."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    metavar="PORT",
    help="The port to listen on. 0 chooses a free port.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    metavar="N",
    help="The number of worker processes.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    metavar="EXPORTED",
    help="For a folder of schedules: where its site is exported to, and served from. The next "
    "start builds only what has changed.",
    show_default="a temporary folder",
)
@click.option(
    "--allow-removal",
    is_flag=True,
    help="For a folder of schedules: take a show away as soon as its schedule is gone.",
)
def serve(path: Path, host: str, port: int, workers: int, **options: Any) -> None:
    """Serve the site over HTTP until Ctrl-C, and take up edits of the schedule, or of a folder."""
    with granian.bind_socket(host, port) as listener, ExitStack() as stack:
        address, port = listener.getsockname()[:2]
        site_url = options.pop("site_url")
        if site_url is None and ip_address(address).is_unspecified:
            raise click.UsageError(
                f"--host {host} means every address of this machine. Use --url with the public "
                "URL of the site, such as https://defects.example."
            )
        if site_url is None and options["folder"]:
            raise click.UsageError(
                "--folder writes the URL of the site to the exported files. Use --url with it."
            )
        local_url = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
        where = f"{site_url}, served from {local_url}," if site_url else local_url
        site_url = site_url or SiteURL.parse(local_url)
        started = _start(path, site_url, _FolderOptions(**options), stack)
        ready = f"{started.name} at {where} until Ctrl-C"
        granian.serve(started.service, listener, workers, lambda: click.echo(ready))
    if sys.stdout.isatty():
        # The shell's prompt goes below the terminal's `^C`.
        click.echo()


@dataclass(frozen=True, slots=True)
class _FolderOptions:
    folder: Path | None
    allow_removal: bool


@dataclass(frozen=True, slots=True)
class _Started:
    """A service, and what it serves: "The Defects is", "12 shows are"."""

    service: Service
    name: str


def _start(path: Path, site_url: SiteURL, options: _FolderOptions, stack: ExitStack) -> _Started:
    """Load what is to be served; ``stack`` ends it."""
    if path.is_dir():
        return _start_folder(path, site_url, options, stack)
    if options.folder or options.allow_removal:
        raise click.UsageError("--folder and --allow-removal are for a folder of schedules.")
    reloader = SiteReloader(path, site_url)
    schedule = load_schedule(path)
    print_schedule_warnings(schedule)
    reloader.go_live(schedule)
    return _Started(make_schedule_service(reloader, site_url), f"{schedule.show.title} is")


def _start_folder(
    path: Path, site_url: SiteURL, options: _FolderOptions, stack: ExitStack
) -> _Started:
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
    return _Started(make_folder_service(publisher, target), name)
