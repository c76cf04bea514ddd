"""The command ``serve``: serve the site over HTTP."""

from __future__ import annotations

import io
import os
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import click
import segno

from defects_ical.cli.console import print_schedule_warnings
from defects_ical.cli.options import SCHEDULE_OPTION, parse_site_url
from defects_ical.content.links.feeds import main_feeds
from defects_ical.content.links.site_url import SiteURL
from defects_ical.export.shows.show_stage import ExportTarget
from defects_ical.schedule.loader import load_schedule
from defects_ical.server import granian
from defects_ical.server.publisher import FolderPublisher
from defects_ical.server.reloader import SiteReloader
from defects_ical.server.service import Service, make_folder_service, make_schedule_service
from defects_ical.shows.settings import ALL_FEED

# Processes that build shows at the start.
MAX_JOBS: Final = 4

LOCAL_CODE: Final = (
    "A phone cannot open this address. In your network, use --host 0.0.0.0 and --url with the "
    "address of this machine, such as http://192.168.0.5:8000."
)


@click.command(short_help="Serve the site over HTTP.")
@SCHEDULE_OPTION
@click.option(
    "--url",
    "site_url",
    callback=parse_site_url,
    metavar="URL",
    help="The public URL of the site, used in links. Required if HOST is 0.0.0.0 or ::.",
    show_default="http://HOST:PORT/",
    envvar="DEFECTS_ICAL_URL",
    show_envvar=True,
)
@click.option(
    "--host",
    default="127.0.0.1",
    metavar="HOST",
    help="The host name or IP address to listen on.",
    envvar="DEFECTS_ICAL_LISTEN_HOST",
    show_envvar=True,
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    metavar="PORT",
    help="The port to listen on. 0 chooses a free port.",
    # Not DEFECTS_ICAL_PORT: Kubernetes sets that to a URL for a Service named defects-ical.
    envvar="DEFECTS_ICAL_LISTEN_PORT",
    show_envvar=True,
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    metavar="N",
    help="The number of worker processes.",
    envvar="DEFECTS_ICAL_WORKERS",
    show_envvar=True,
)
@click.option("--qr", is_flag=True, help="Print the address of the page as a QR code, too.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    metavar="EXPORTED",
    help="For a folder of schedules: where its site is exported to, and served from. The next "
    "start builds only what has changed.",
    show_default="a temporary folder",
    envvar="DEFECTS_ICAL_FOLDER",
    show_envvar=True,
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
                f"--host {host} means every address of this machine. Use --url, or "
                "DEFECTS_ICAL_URL, with the public URL of the site, such as "
                "https://defects.example."
            )
        if site_url is None and options["folder"]:
            raise click.UsageError(
                "--folder writes the URL of the site to the exported files. Use --url with it."
            )
        local_url = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
        where = f"{site_url}, served from {local_url}," if site_url else local_url
        is_public = site_url is not None
        site_url = site_url or SiteURL.parse(local_url)
        has_code = options.pop("qr")
        started = _start(path, site_url, _FolderOptions(**options), stack)
        lines = [f"{started.name} at {where} until Ctrl-C"]
        lines.append(f"Feed: {site_url.join(started.feed)}")
        if has_code:
            lines.append(_draw_code(str(site_url)))
        if has_code and not is_public and ip_address(address).is_loopback:
            lines.append(LOCAL_CODE)
        granian.serve(started.service, listener, workers, lambda: click.echo("\n".join(lines)))
    if sys.stdout.isatty():
        # The shell's prompt goes below the terminal's `^C`.
        click.echo()


@dataclass(frozen=True, slots=True)
class _FolderOptions:
    folder: Path | None
    allow_removal: bool


@dataclass(frozen=True, slots=True)
class _Started:
    """A service, what it serves ("The Defects is", "12 shows are"), and the path of its feed."""

    service: Service
    name: str
    feed: str


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
    service, feed = make_schedule_service(reloader, site_url), main_feeds(schedule)[0].path
    return _Started(service, f"{schedule.show.title} is", feed)


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
    return _Started(make_folder_service(publisher, target), name, f"/{ALL_FEED}.ics")


def _draw_code(url: str) -> str:
    """Return a QR code in half blocks, black on white in a terminal of any colour."""
    drawn = io.StringIO()
    segno.make(url, error="m", micro=False).terminal(drawn, border=2, compact=True)
    lines = drawn.getvalue().splitlines()
    # The blocks are the light modules.
    return "\n".join(click.style(line, fg="bright_white", bg="black") for line in lines)
