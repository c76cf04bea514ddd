"""Copies of a feed are read however they were saved."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from defects_ical.compare.report import format_subject
from tests.compare.comparisons import TIME_EDITED, compare, get_live_feeds
from tests.compare.edits import PUBLISHED


def refold(body: bytes) -> bytes:
    lines = body.replace(b"\r\n ", b"").split(b"\r\n")
    cut = [b"\r\n\t".join(re.findall(b"(?s).{1,40}", each)) for each in lines]
    return b"\r\n".join(cut)


@pytest.mark.parametrize(
    "copy",
    [
        lambda body: body.replace(b"\r\n", b"\n"),
        lambda body: b"\xef\xbb\xbf" + body,
        refold,
        lambda body: refold(body).replace(b"\r\n", b"\n"),
        lambda body: body.replace(b"TRANSP:TRANSPARENT\r\n", b"").replace(
            b"BEGIN:VEVENT\r\n", b"BEGIN:VEVENT\r\nTRANSP:TRANSPARENT\r\n"
        ),
    ],
    ids=["line ends", "a byte order mark", "folds", "folds and line ends", "the order of lines"],
)
def test_encoding_of_a_copy_makes_no_difference(copy: Callable[[bytes], bytes]) -> None:
    live = {path: copy(body) for path, body in get_live_feeds().items()}
    assert live != get_live_feeds()
    assert compare(PUBLISHED, live) == ()
    assert format_subject(each for each in compare(TIME_EDITED, live) if each.kind == "moved") == (
        "Episodes 1 to 5, 7 to 8"
    )
