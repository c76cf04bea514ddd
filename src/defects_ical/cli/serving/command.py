"""The command ``serve``: serve the site over HTTP."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, get_args

import click
import segno

from defects_ical.cli.options import SCHEDULE_OPTION, parse_site_url, variable_option
from defects_ical.cli.schedule_output import list_warnings, print_schedule_warnings
from defects_ical.cli.serving.started import ServeOptions, Started
from defects_ical.content.links.feeds import main_feeds
from defects_ical.content.links.site_url import SiteURL
from defects_ical.errors import DefectsIcalError
from defects_ical.schedule.loader import load_schedule
from defects_ical.server import granian
from defects_ical.server.app import Monitoring
from defects_ical.server.monitoring.counters import RequestCounters
from defects_ical.server.monitoring.logs import (
    LogFormat,
    configure_json_log,
    log_error,
    with_fields,
    with_problem,
)
from defects_ical.server.reloader import SiteReloader
from defects_ical.server.service import make_schedule_service
from defects_ical.shows.file_state import is_folder

LOG: Final = logging.getLogger(__name__)
FOLDER_ONLY: Final = (
    "--folder (or DEFECTS_ICAL_FOLDER) and --allow-removal are for a folder of schedules."
)
LOCAL_CODE: Final = (
    "A phone cannot open this address. In your network, use --host 0.0.0.0 and --url with the "
    "address of this machine, such as http://192.168.0.5:8000."
)


@click.command(short_help="Serve the site over HTTP.")
@SCHEDULE_OPTION
@variable_option(
    "--url",
    "site_url",
    callback=parse_site_url,
    metavar="URL",
    help="The public URL of the site, used in links. Required if HOST is 0.0.0.0 or ::.",
    show_default="http://HOST:PORT/",
    envvar="DEFECTS_ICAL_URL",
)
@variable_option(
    "--host",
    default="127.0.0.1",
    metavar="HOST",
    help="The host name or IP address to listen on.",
    envvar="DEFECTS_ICAL_LISTEN_HOST",
)
@variable_option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    metavar="PORT",
    help="The port to listen on. 0 chooses a free port.",
    # Not DEFECTS_ICAL_PORT: Kubernetes sets that to a URL for a Service named defects-ical.
    envvar="DEFECTS_ICAL_LISTEN_PORT",
)
@variable_option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    metavar="N",
    help="The number of worker processes.",
    envvar="DEFECTS_ICAL_WORKERS",
)
@click.option("--qr", is_flag=True, help="Print the address of the page as a QR code, too.")
@variable_option(
    "--folder",
    type=click.Path(path_type=Path),
    metavar="EXPORTED",
    help="For a folder of schedules: where its site is exported to, and served from. The next "
    "start builds only what has changed.",
    show_default="a temporary folder",
    envvar="DEFECTS_ICAL_FOLDER",
)
@click.option(
    "--allow-removal",
    is_flag=True,
    help="For a folder of schedules: take a show away as soon as its schedule is gone.",
)
@variable_option(
    "--metrics",
    is_flag=True,
    help="Count requests, and serve /metrics in Prometheus' text format.",
    envvar="DEFECTS_ICAL_METRICS",
)
@variable_option(
    "--access-log",
    is_flag=True,
    help="Log each request, without the client's address.",
    envvar="DEFECTS_ICAL_ACCESS_LOG",
)
@variable_option(
    "--log-format",
    type=click.Choice(get_args(LogFormat)),
    default="text",
    help="The format of the log: lines for people, or a JSON object on each line.",
    envvar="DEFECTS_ICAL_LOG_FORMAT",
)
def serve(log_format: LogFormat, **options: Any) -> None:
    """Serve the site over HTTP until Ctrl-C, and take up edits of the schedule, or of a folder."""
    if log_format == "text":
        _serve(log_format=log_format, **options)
        return
    if options["qr"]:
        raise click.UsageError("--qr prints for people. Use it without --log-format json.")
    configure_json_log()
    try:
        _serve(log_format=log_format, **options)
    except DefectsIcalError as error:
        log_error(error)
        sys.exit(error.exit_status)


def _serve(
    path: Path, host: str, port: int, workers: int, log_format: LogFormat, **options: Any
) -> None:
    with granian.bind_socket(host, port) as listener, ExitStack() as stack:
        address, port = listener.getsockname()[:2]
        local_url = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
        public_url, has_code = options.pop("site_url"), options.pop("qr")
        _check_options(path, host, address, public_url, options)
        site_url = public_url or SiteURL.parse(local_url)
        counters = RequestCounters() if options.pop("metrics") else None
        monitoring = Monitoring(counters, has_access_log=options.pop("access_log"))
        choices = ServeOptions(monitoring=monitoring, log_format=log_format, **options)
        started = _start(path, site_url, choices, stack)
        where = f"{site_url}, served from {local_url}," if public_url else local_url
        start, feed = f"{started.name} at {where} until Ctrl-C", site_url.join(started.feed)
        if log_format == "json":
            announce = partial(_log_start, start, str(site_url), feed)
        else:
            lines = [start, f"Feed: {feed}"]
            if has_code:
                is_local = not public_url and ip_address(address).is_loopback
                lines += _draw_code(site_url, is_local=is_local)
            announce = partial(click.echo, "\n".join(lines))
        granian.serve(started.service, listener, workers, announce, log_format)
    if sys.stdout.isatty():
        # The shell's prompt goes below the terminal's `^C`.
        click.echo()


def _check_options(
    path: Path, host: str, address: str, public_url: SiteURL | None, options: Mapping[str, Any]
) -> None:
    """Raise a usage error for options that contradict each other."""
    if not public_url and ip_address(address).is_unspecified:
        raise click.UsageError(
            f"--host {host} means every address of this machine. Use --url, or DEFECTS_ICAL_URL, "
            "with the public URL of the site, such as https://defects.example."
        )
    if not is_folder(path) and (options["folder"] or options["allow_removal"]):
        raise click.UsageError(FOLDER_ONLY)
    if not public_url and options["folder"]:
        raise click.UsageError(
            "--folder writes the URL of the site to the exported files. Use --url with it."
        )


def _log_start(message: str, url: str, feed: str) -> None:
    LOG.info("%s", message, extra=with_fields("start", url=url, feed=feed))


def _start(path: Path, site_url: SiteURL, options: ServeOptions, stack: ExitStack) -> Started:
    """Load what is to be served; ``stack`` ends it."""
    if is_folder(path):
        from defects_ical.cli.serving.folder import start_folder  # noqa: PLC0415 - slow, and not for one schedule

        return start_folder(path, site_url, options, stack)
    reloader = SiteReloader(path, site_url)
    schedule = load_schedule(path)
    if options.log_format == "json":
        for each in list_warnings(schedule):
            LOG.warning("%s", each, extra=with_problem(each))
    else:
        print_schedule_warnings(schedule)
    reloader.go_live(schedule)
    service = make_schedule_service(reloader, site_url, options.monitoring)
    return Started(service, f"{schedule.show.title} is", main_feeds(schedule)[0].path)


def _draw_code(site_url: SiteURL, *, is_local: bool) -> Iterator[str]:
    """Yield the lines of a QR code, and what to do if no phone can open the URL."""
    drawn = io.StringIO()
    segno.make(str(site_url), error="m", micro=False).terminal(drawn, border=2, compact=True)
    for line in drawn.getvalue().splitlines():
        # Half blocks, black on white in a terminal of any colour: they are the light modules.
        yield click.style(line, fg="bright_white", bg="black")
    if is_local:
        yield LOCAL_CODE
