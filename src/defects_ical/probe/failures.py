"""Why a download failed, in words for messages."""

from __future__ import annotations

from typing import Final, NamedTuple

from defects_ical.probe.responses import Response

# HTTP statuses that do not change by waiting.
_PERMANENT_STATUSES: Final = {
    **dict.fromkeys((401, 403), "access denied"),
    **dict.fromkeys((404, 410), "not found"),
}
# Errors whose messages need no label.
_PLAIN_ERRORS: Final = {"invalid url", "unknown host", "tls"}
# Errors that may not occur again.
_TRANSIENT_ERRORS: Final = {"no connection", "no response", "incomplete response", "timeout"}


class Failure(NamedTuple):
    """A clause without a full stop; ``is_transient`` if a later request may succeed."""

    message: str
    is_transient: bool


def find_failure(response: Response, expected: str) -> Failure | None:
    """Return why a response is not the complete document that is ``expected`` ("a feed").

    A response that was truncated at the limit of size is no failure here.
    """
    if error := response.error:
        label = "" if error.kind in _PLAIN_ERRORS else f"{error.kind}: "
        return Failure(f"{label}{error.message}", error.kind in _TRANSIENT_ERRORS)
    status = response.status
    if not response.ok:
        reason = _PERMANENT_STATUSES.get(status, f"the server does not respond with {expected}")
        return Failure(f"{reason} (status {status})", status not in _PERMANENT_STATUSES)
    if not response.decoded and not response.truncated:
        return Failure("the response cannot be decompressed", is_transient=True)
    return None
