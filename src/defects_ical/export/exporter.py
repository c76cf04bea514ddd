"""The site as files: every file whole at every instant, and only the changed ones replaced.

What the folder holds of ours is in its manifest. A run first writes down every path that it is
going to write, then the files, then removes what is no longer part of the site, then writes down
what is there now: killed anywhere in between, the next run knows what is ours and finishes.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from defects_ical.content.feeds import EPISODES_DIR
from defects_ical.content.site_url import SiteURL
from defects_ical.errors import ExportError
from defects_ical.site.build import Site

MANIFEST: Final = ".defects-ical.json"
TEMPORARY: Final = ".defects-ical.tmp"
HEADERS: Final = "_headers"
# A manifest names no path outside its folder, whoever wrote it.
OWN_PATH: Final = re.compile(r"(?!\.\.?(/|$))[\w.-]+(/(?!\.\.?(/|$))[\w.-]+)?")


PreWriteCheck: TypeAlias = Callable[[Mapping[str, bytes]], None]
"""Is given what a folder holds of an earlier site, by path, before any of it is replaced."""


@dataclass(frozen=True, slots=True)
class ExportResult:
    """How many files a run wrote, found as they should be, and removed."""

    written: int
    unchanged: int
    removed: int


def export_site(
    site: Site,
    site_url: SiteURL,
    folder: Path,
    judge: PreWriteCheck | None = None,
    made_of: str = "",
) -> ExportResult:
    """Make ``folder`` hold the site: a new or empty folder, or one exported to before.

    It remembers what the site is ``made_of``, for ``standing``. What ``judge`` raises keeps it
    from writing. Raises ExportError for a folder or a file that is somebody else's, having
    written nothing, and for what the system refuses; even then every file in the folder is whole.
    """
    with _told(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder):
            return _written(_files(site, site_url), folder, judge, made_of)


def is_up_to_date(folder: Path, made_of: str) -> ExportResult | None:
    """What an export would find in a folder that holds, whole, the site made of just that.

    None where it is not so: then it takes an export to say. Raises ExportError as that does.
    """
    with _told(folder):
        if not (folder / MANIFEST).is_file():
            return None
        with _locked(folder):
            ours, remembered = _manifest(folder)
            if not made_of or remembered != made_of or (folder / TEMPORARY).exists():
                return None
            _refuse_unmanaged_files(ours, ours, folder)
            contents = ((_content(folder / path), digests) for path, digests in ours.items())
            if any(body is None or _digest(body) not in digests for body, digests in contents):
                return None
            return ExportResult(0, len(ours), 0)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Tell what the system refuses as an ExportError."""
    try:
        yield
    except (FileExistsError, NotADirectoryError) as error:
        raise ExportError(f"{error.filename}: is not a folder; name another one") from None
    except OSError as error:
        path, reason = error.filename or folder, os.strerror(error.errno or 0)
        raise ExportError(f"{path}: {reason}; mend that, or name another folder") from None


def _files(site: Site, site_url: SiteURL) -> dict[str, bytes]:
    """The content of each file, by its path in the folder."""
    files = {path.removeprefix("/") or "index.html": each.body for path, each in site.items()}
    # GitHub Pages would leave out what begins with an underscore.
    return files | {".nojekyll": b"", HEADERS: _headers(site, site_url).encode()}


def _headers(site: Site, site_url: SiteURL) -> str:
    """The headers of every path, as Netlify and Cloudflare Pages read them.

    No two rules match one path: both hosts would send a header of both twice, joined by a
    comma. The single files share a rule: Cloudflare Pages takes a hundred at most.
    """
    rules = {
        f"{EPISODES_DIR}*" if path.startswith(EPISODES_DIR) else path: resource.headers
        for path, resource in site.items()
    }
    lines: list[str] = []
    for path, headers in rules.items():
        lines.append(f"{site_url.path}{path}")
        for name, value in headers:
            # The name of a single file is in its address already.
            lines.append(f"  {name}: {value.partition('; filename=')[0]}")
    return "\n".join(lines) + "\n"


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep other runs out of the folder; the lock ends with the process, however it ends."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _lock(descriptor, folder)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ExportError(f"{folder}: another export is writing here; wait for it") from None


def _written(
    files: dict[str, bytes], folder: Path, judge: PreWriteCheck | None, made_of: str
) -> ExportResult:
    ours, remembered = _manifest(folder)
    _refuse_unmanaged_files(files, ours, folder)
    if judge:
        judge({f"/{path}": body for path in ours if (body := _content(folder / path)) is not None})
    (folder / TEMPORARY).unlink(missing_ok=True)
    changed = {path: body for path, body in files.items() if _content(folder / path) != body}
    stale = [path for path in ours if path not in files]
    after = {path: [_digest(body)] for path, body in files.items()}
    if not changed and (ours, remembered) == (after, made_of):
        return ExportResult(0, len(files), 0)
    both = {path: [*ours.get(path, ()), *after.get(path, ())] for path in {**ours, **after}}
    _replace(folder, MANIFEST, _manifest_bytes(both))
    for path, body in changed.items():
        _replace(folder, path, body)
    _synchronize(folder, files)
    removed = [path for path in stale if _removed(folder / path, ours[path])]
    _replace(folder, MANIFEST, _manifest_bytes(after, made_of))
    _synchronize(folder, [*files, *removed])
    return ExportResult(len(changed), len(files) - len(changed), len(removed))


def _manifest(folder: Path) -> tuple[dict[str, list[str]], str]:
    """The paths that are ours, each with the digests of what we have written there.

    And what they are all made of; empty where that is not known, above all while they change.
    """
    try:
        recorded = json.loads((folder / MANIFEST).read_bytes())
        made_of, files = str(recorded.get("made of", "")), recorded["files"]
        ours = {str(path): list(map(str, digests)) for path, digests in files.items()}
    except FileNotFoundError:
        if any(entry.name != TEMPORARY for entry in folder.iterdir()):
            what = "is not empty, and not written by this program"
            raise ExportError(f"{folder}: {what}; name a new or an empty folder") from None
        return {}, ""
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
        raise ExportError(f"{folder / MANIFEST}: damaged; export to a new folder") from None
    if not all(map(OWN_PATH.fullmatch, ours)):
        raise ExportError(f"{folder / MANIFEST}: damaged; export to a new folder")
    return ours, made_of


def _refuse_unmanaged_files(files: Iterable[str], ours: dict[str, list[str]], folder: Path) -> None:
    files = frozenset(files)
    for path in (*files, *(each for each in ours if each not in files)):
        target = folder / path
        foreign = target.is_dir() if path in ours else os.path.lexists(target)
        if path in files and foreign:
            raise ExportError(f"{target}: not written by this program; move it out of the way")
        parent = target.parent
        if parent != folder and (parent.is_symlink() or (parent.exists() and not parent.is_dir())):
            raise ExportError(f"{parent}: has to be a folder; move it out of the way")


def _content(path: Path) -> bytes | None:
    """What is in the file; None where there is no file of its own."""
    if path.is_symlink() or not path.is_file():
        return None
    return path.read_bytes()


def _replace(folder: Path, path: str, body: bytes) -> None:
    """Put a whole file in place of the old one, at once."""
    temporary, target = folder / TEMPORARY, folder / path
    target.parent.mkdir(exist_ok=True)
    try:
        # Not tempfile: its files are for their owner's eyes only, and these are for a web server.
        with temporary.open("xb") as stream:
            stream.write(body)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(target)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _removed(path: Path, digests: list[str]) -> bool:
    """Remove a file that is no longer part of the site, if it is still what we wrote."""
    content = _content(path)
    if content is None or _digest(content) not in digests:
        return False
    path.unlink()
    return True


def _synchronize(folder: Path, paths: Iterable[str]) -> None:
    """Have the system write down which names are in the folders now."""
    for directory in {(folder / path).parent for path in paths}:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _manifest_bytes(files: Mapping[str, list[str]], made_of: str = "") -> bytes:
    content = {
        "written by": "defects-ical",
        "made of": made_of,
        "files": dict(sorted(files.items())),
    }
    return json.dumps(content, indent=1).encode() + b"\n"


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
