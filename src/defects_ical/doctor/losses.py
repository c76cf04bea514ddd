"""What importers refuse or lose, and no check explains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from defects_ical.doctor.importers.readings import Reading, Status
from defects_ical.doctor.issues.files import FileIssue
from defects_ical.doctor.issues.issue import Occurrence


def find_unexplained_losses(
    readings: Iterable[Reading], occurrences: Sequence[Occurrence]
) -> Iterator[Occurrence]:
    """Yield an issue for each importer that loses something without a reason among the others.

    A reason is an error, or an issue that names the importer among its clients: in the event that
    the importer refuses, or around the events, or anywhere if it is not known which event that is.
    A mistake in the syntax of the file may be noticed in any event.
    """
    for reading in readings:
        for loss in _describe_loss(reading):
            if not _is_explained(reading, occurrences):
                yield replace(loss, clients=(reading.importer.client,))


def _describe_loss(reading: Reading) -> Iterator[Occurrence]:
    importer = reading.importer.label
    if reading.status is Status.REFUSED:
        yield FileIssue.REFUSED.at(reading.line, importer=importer, message=reading.message)
    elif reading.events is not None and reading.events < reading.given:
        counts = {"events": reading.events, "given": reading.given}
        yield FileIssue.INCOMPLETE_READING.at(importer=importer, **counts)


def _is_explained(reading: Reading, occurrences: Sequence[Occurrence]) -> bool:
    client = reading.importer.client
    return any(
        each.issue.severity == "error" or client in each.issue.value.clients
        for each in occurrences
        if _may_concern(each, reading.line)
    )


def _may_concern(occurrence: Occurrence, line: int | None) -> bool:
    if not line or not occurrence.entry or isinstance(occurrence.issue, FileIssue):
        return True
    return occurrence.entry.number == line
