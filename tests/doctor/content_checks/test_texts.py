"""Mojibake is found in every script, and no text of a living language is taken for it."""

from __future__ import annotations

import pytest

from defects_ical.doctor.content_checks.texts import find_mojibake
from tests.doctor.content_issues import find_issues
from tests.support.broken_feeds import VALID

LINE = 28


@pytest.mark.parametrize(
    "text",
    [
        "Café",
        "naïve",
        "“quoted”",
        "it\u2019s",
        "더 디펙츠",
        "日本語の字幕",
        "Ελλάδα",
        "Привет",
        "😀 now",
    ],
)
@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_utf_8_read_in_another_encoding_is_found(text: str, encoding: str) -> None:
    raw = text.encode()
    try:
        misread = raw.decode(encoding)
    except UnicodeDecodeError:
        misread = "".join(bytes([each]).decode(encoding, "ignore") or chr(each) for each in raw)
    found = list(find_mojibake(misread))
    assert found
    assert all(meant in text for _, meant in found)


@pytest.mark.parametrize(
    "text",
    [
        "« Le café », l\u2019été, ÇA ET LÀ, où ça ?",
        "São Paulo, AÇÃO E EMOÇÃO, à noite",
        "Größe, Übung, „Straße“, ÄÖÜ",
        "Tiếng Việt, ĐÃ CÓ PHỤ ĐỀ, người",
        "À côté de « l\u2019île », ÂGE",
        "더 디펙츠 \u2013 8부작",
        "İstanbul\u2019da gösterim, Åre, Ålesund",
        "Þetta er íslenska, ð og Ð",
    ],
)
def test_text_of_a_language_is_no_mojibake(text: str) -> None:
    assert list(find_mojibake(text)) == []


@pytest.mark.parametrize(
    ("text", "issue"),
    [
        (r"C:\\new\\files", None),
        (r"One\\nTwo", "doubled-line-break"),
        (r"1\n2\, 3\; 4\\5", None),
        (r"50\% off", "stray-backslash"),
        ("Ends with \\", "stray-backslash"),
        ("Tom &amp\\; Ana", None),
        ("Tom &amp; Ana", "html-entity"),
        ("Q&A at 5 < 6", None),
    ],
)
def test_escapes_are_checked(text: str, issue: str | None) -> None:
    body = VALID.replace(
        b"Doors open at half pa\r\n st six.\\nFree\\, as ever. Caf\xc3\xa9 in the foyer.",
        text.encode(),
    )
    assert find_issues(body) == ([(issue, LINE)] if issue else [])
