"""Which edits may go live together: no show twice, and none lost unless that is allowed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from defects_ical.errors import SourceLocation
from defects_ical.shows.changes import FolderChange
from defects_ical.shows.loader import ShowIdentity

FILES = ("a.yaml", "b.yaml", "c.yaml", "d.yaml")
SLUGS = ("one", "two", "three", "four")
UIDS = ("1", "2", "3", "4")


def identify(slug: str, uid: str, file: str) -> ShowIdentity:
    return ShowIdentity(slug, uid, SourceLocation(file, 1, 1), SourceLocation(file, 2, 1))


@st.composite
def folder_changes(draw: st.DrawFn) -> FolderChange:
    """Return a strategy for changes of a folder whose live shows are all different."""
    count = draw(st.integers(0, 4))
    files, uids = draw(st.permutations(FILES)), draw(st.permutations(UIDS))
    live = {
        slug: (file, identify(slug, uid, file))
        for slug, file, uid in zip(SLUGS[:count], files, uids, strict=False)
    }
    names = draw(st.sets(st.sampled_from(FILES)))
    edited = {
        name: identify(draw(st.sampled_from(SLUGS)), draw(st.sampled_from(UIDS)), name)
        for name in sorted(names)
        if draw(st.booleans())
    }
    return FolderChange(live, edited, names, allow_removal=draw(st.booleans()))


@given(folder_changes())
def test_result_has_each_show_once_and_loses_none(change: FolderChange) -> None:
    resolution = change.resolve()
    assert resolution.accepted | resolution.refused.keys() == change.edited.keys()
    assert not resolution.accepted & resolution.refused.keys()
    accepted = [change.edited[name] for name in resolution.accepted]
    replaced = {each.slug for each in accepted} | resolution.withdrawn
    kept = [each for slug, (_, each) in change.live.items() if slug not in replaced]
    shows = [*kept, *accepted]
    assert len({each.slug for each in shows}) == len(shows)
    assert len({each.uid for each in shows}) == len(shows)
    if not change.allow_removal:
        before = {(each.slug, each.uid) for _, each in change.live.values()}
        assert before <= {(each.slug, each.uid) for each in shows}


def test_copy_is_refused_with_both_places() -> None:
    live = {"one": ("a.yaml", identify("one", "1", "a.yaml"))}
    change = FolderChange(
        live, {"b.yaml": identify("one", "1", "b.yaml")}, FILES, allow_removal=False
    )
    problems = change.resolve().refused["b.yaml"]
    assert [each.message for each in problems] == [
        "`one` is already the slug of a.yaml:1:1",
        "`1` is already the uid of a.yaml:2:1",
    ]


def test_file_that_moves_and_changes_its_slug_would_lose_the_show() -> None:
    live = {"one": ("a.yaml", identify("one", "1", "a.yaml"))}
    edited = {"b.yaml": identify("uno", "1", "b.yaml")}
    change = FolderChange(live, edited, {"b.yaml"}, allow_removal=False)
    (problem,) = change.resolve().refused["b.yaml"]
    assert problem.message == "subscribers of `/one/` would lose their show"
