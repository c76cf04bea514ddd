"""The command ``doctor``: check a live feed."""

from __future__ import annotations

import click

from defects_ical.cli.console import utc_now


@click.command(short_help="Check a live feed for problems in calendar apps.")
@click.argument("url", metavar="URL")
def doctor(url: str) -> None:
    """Check the feed at URL, yours or anyone's, for problems in calendar apps.

    Requests the feed as Google, Apple, Outlook, Thunderbird and ICSx5 do.
    """
    # It loads httpx and icalendar, which would slow every other command's start.
    from defects_ical.doctor.diagnosis import diagnose  # noqa: PLC0415 - see above
    from defects_ical.doctor.findings import has_errors  # noqa: PLC0415 - see above
    from defects_ical.doctor.report import format_report  # noqa: PLC0415 - see above

    findings = diagnose(url, utc_now())
    click.echo(format_report(url, findings), nl=False)
    if has_errors(findings):
        click.get_current_context().exit(1)
