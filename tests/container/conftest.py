"""The image, built once."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.containers import Image, build_image


@pytest.fixture(scope="session")
def image() -> Iterator[Image]:
    """Build the image of the Containerfile. Its storage takes about a gigabyte, and is removed."""
    with tempfile.TemporaryDirectory() as storage, build_image(Path(storage)) as image:
        yield image
