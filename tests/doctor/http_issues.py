"""What the doctor's HTTP checks find, in one line each."""

from __future__ import annotations

from itertools import chain

from defects_ical.doctor.findings import Finding, build_findings
from defects_ical.doctor.http_checks.caching import check_caching
from defects_ical.doctor.http_checks.delivery import check_delivery
from defects_ical.doctor.http_checks.reachability import check_reachability
from defects_ical.probe.session import ProbeResult


def find_http_issues(result: ProbeResult) -> tuple[Finding, ...]:
    """Return the findings of all checks but those of the feed's content."""
    checks = (check_reachability, check_delivery, check_caching)
    return build_findings(chain.from_iterable(check(result) for check in checks))


def summarize(finding: Finding) -> str:
    """Return severity, issue and clients: "error forbidden: Google"."""
    clients = f": {', '.join(finding.clients)}" if finding.clients else ""
    return f"{finding.severity} {finding.issue.id}{clients}"


def summarize_all(result: ProbeResult) -> list[str]:
    return [summarize(each) for each in find_http_issues(result)]
