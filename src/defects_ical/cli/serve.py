"""The command ``serve``: serve the site over HTTP."""

from __future__ import annotations

import sys
from ipaddress import ip_address
from pathlib import Path

import click

from defects_ical.cli.check import print_schedule_warnings
from defects_ical.cli.console import SCHEDULE_OPTION, parse_site_url
from defects_ical.content.site_url import SiteURL
from defects_ical.schedule.loader import load_schedule
from defects_ical.server import granian
from defects_ical.server.reloader import SiteReloader


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
def serve(path: Path, site_url: SiteURL | None, host: str, port: int, workers: int) -> None:
    """Serve the site over HTTP until Ctrl-C, and reload the schedule when its file changes."""
    with granian.bind_socket(host, port) as listener:
        address, port = listener.getsockname()[:2]
        if site_url is None and ip_address(address).is_unspecified:
            raise click.UsageError(
                f"--host {host} means every address of this machine. Use --url with the public "
                "URL of the site, such as https://defects.example."
            )
        local_url = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
        where = f"{site_url}, served from {local_url}," if site_url else local_url
        site_url = site_url or SiteURL.parse(local_url)
        reloader = SiteReloader(path, site_url)
        schedule = load_schedule(path)
        print_schedule_warnings(schedule)
        reloader.go_live(schedule)
        ready = f"{schedule.show.title} is at {where} until Ctrl-C"
        granian.serve(reloader, site_url, listener, workers, lambda: click.echo(ready))
    if sys.stdout.isatty():
        # The shell's prompt goes below the terminal's `^C`.
        click.echo()
