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

    A reason is an issue that names the importer among its clients, or an error in the event that
    the importer refuses; if it is not known which event that is, any error.
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
    if any(reading.importer.client in each.issue.value.clients for each in occurrences):
        return True
    errors = [each for each in occurrences if each.issue.severity == "error"]
    if reading.line is None:
        return bool(errors)
    return any(each.entry and each.entry.number == reading.line for each in errors)
