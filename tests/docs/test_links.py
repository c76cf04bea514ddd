"""Links and headings of the documentation."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import pytest

from tests.support.documents import PAGES, ROOT

LINK = re.compile(r"\]\(([^)\s]+)\)")


def list_anchors(page: str) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a page."""
    text = re.sub(r"```.*?```", "", PAGES[page], flags=re.DOTALL)
    headings = re.findall(r"^#+ (.*)", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def resolve(page: str, link: str) -> str:
    """Return the path in the repository that a relative link leads to."""
    if not link:
        return page
    target = (ROOT / PurePosixPath(page).parent / link).resolve()
    return str(target.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES)
def test_relative_links_resolve(page: str) -> None:
    for link in LINK.findall(PAGES[page]):
        if ":" in link:
            continue
        path, _, anchor = link.partition("#")
        target = resolve(page, path)
        assert (ROOT / target).exists(), link
        assert not anchor or anchor in list_anchors(target), link


def test_index_links_to_every_page() -> None:
    links = {resolve("docs/README.md", link) for link in LINK.findall(PAGES["docs/README.md"])}
    assert {page for page in PAGES if page.startswith("docs/")} - links == {"docs/README.md"}


def test_deploy_files_are_linked() -> None:
    files = {str(path.relative_to(ROOT)) for path in (ROOT / "deploy").iterdir()}
    linked = {
        resolve(page, link)
        for page in PAGES
        for link in LINK.findall(PAGES[page])
        if ":" not in link
    }
    assert files - linked == set()
