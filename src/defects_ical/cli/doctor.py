"""The command ``doctor``: check a live feed."""

from __future__ import annotations

import click

from defects_ical.cli.console import utc_now


@click.command(short_help="Check a live feed for problems in calendar apps.")
@click.argument("url", metavar="URL")
def doctor(url: str) -> None:
    """Check the feed at URL, yours or anyone's, for problems in calendar apps.

    Request it as Google, Apple, Outlook, Thunderbird and ICSx5 do.
    """
    # They load httpx and icalendar, which would slow every other command's start.
    from defects_ical.doctor import diagnosis, report  # noqa: PLC0415 - see above

    found = diagnosis.diagnose(url, utc_now())
    click.echo(report.format_report(url, found), nl=False)
    if report.has_errors(found):
        click.get_current_context().exit(1)
