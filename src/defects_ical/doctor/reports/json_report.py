"""The report for programs."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from defects_ical.doctor.diagnosis import Diagnosis
from defects_ical.doctor.findings import Finding
from defects_ical.doctor.importers.readings import Reading
from defects_ical.doctor.issues.issue import SEVERITIES


def format_report(diagnosis: Diagnosis) -> str:
    """Return a report as JSON. Its keys stay the same; new ones may be added.

    ``places`` are the first three of ``count``, and ``line`` is a physical line from 1.
    """
    counts = Counter(each.severity for each in diagnosis.findings)
    report = {
        "source": diagnosis.source,
        "counts": {severity: counts[severity] for severity in SEVERITIES},
        "findings": [*map(_describe, diagnosis.findings)],
        "importers": [*map(_describe_reading, diagnosis.readings)],
    }
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def _describe(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.issue.id,
        "severity": finding.severity,
        "message": finding.message,
        "impact": finding.impact,
        "fix": finding.fix,
        "clients": list(finding.clients),
        "count": finding.count,
        "events": finding.events,
        "places": [
            {"line": each.line, **({"event": each.event} if each.event else {})}
            for each in finding.places
        ],
    }


def _describe_reading(reading: Reading) -> dict[str, Any]:
    return {
        "name": reading.importer.name,
        "version": reading.version,
        "status": reading.status,
        "message": reading.message,
        "line": reading.line,
        "events": reading.events,
        "occurrences": reading.occurrences,
        "given": reading.given,
        "total": reading.total,
    }
