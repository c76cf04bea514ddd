"""deploy/upload.sh: each file reaches the bucket with its headers, in a safe order.

A short test with a substitute for the AWS command line; test_bucket.py uploads to a server.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

from defects_ical.content.links.site_url import SiteURL
from defects_ical.export.exporter import export_site
from defects_ical.site.build import Resource
from tests.export.test_headers_file import export_shows, list_resources
from tests.support.nginx import DEPLOY
from tests.support.replicas import URL, build_version

# A stand-in for `aws s3 sync` with the options that the script uses. Its bucket is a list with an
# entry for each file uploaded or removed. Without --size-only it uploads every file, as the real
# one may if clocks differ.
AWS_PROGRAM: Final = """\
#!{python}
import argparse, fnmatch, json, os, pathlib, sys
assert sys.argv[1:3] == ["s3", "sync"]
rules = []
class Rule(argparse.Action):
    def __call__(self, parser, space, value, option=None):
        rules.append((option == "--include", value))
parser = argparse.ArgumentParser(allow_abbrev=False)
parser.add_argument("source", type=pathlib.Path)
parser.add_argument("target")
parser.add_argument("--include", action=Rule)
parser.add_argument("--exclude", action=Rule)
parser.add_argument("--delete", action="store_true")
parser.add_argument("--size-only", action="store_true")
for each in ("--content-type", "--cache-control", "--content-disposition"):
    parser.add_argument(each)
options = parser.parse_args(sys.argv[3:])
assert options.target == "s3://me.example"
state = pathlib.Path(os.environ["BUCKET"])
bucket = json.loads(state.read_text())
def is_included(name):
    chosen = True
    for include, pattern in rules:
        if fnmatch.fnmatch(name, pattern):
            chosen = include
    return chosen
paths = [path for path in options.source.rglob("*") if path.is_file()]
files = {{str(path.relative_to(options.source)) for path in paths}}
headers = [options.content_type, options.cache_control, options.content_disposition]
present = dict(bucket) if options.size_only else {{}}
bucket += [[name, headers] for name in sorted(files - present.keys()) if is_included(name)]
if options.delete:
    stale = sorted(dict(bucket).keys() - files)
    bucket += [[name, "removed"] for name in stale if is_included(name)]
state.write_text(json.dumps(bucket))
"""


def run_upload(folder: Path, tmp_path: Path, earlier: str) -> list[list[object]]:
    """Upload a folder to a bucket with one object; return what the script did, in its order."""
    program, state = tmp_path / "aws", tmp_path / "bucket.json"
    program.write_text(AWS_PROGRAM.format(python=sys.executable), "utf-8")
    program.chmod(0o755)
    state.write_text(json.dumps([[earlier, "earlier"]]), "utf-8")
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(
        ["/bin/sh", str(DEPLOY / "upload.sh"), str(folder), "s3://me.example"],
        env={**os.environ, "PATH": path, "BUCKET": str(state)},
        check=True,
    )
    actions: list[list[object]] = json.loads(state.read_text("utf-8"))
    return actions[1:]


def get_expected_upload(path: str, resource: Resource) -> list[object]:
    """Return the object that a resource has to become."""
    name = f"{path}index.html" if path.endswith("/") else path
    headers = dict(resource.headers)
    # The URL of an episode file already ends with its name.
    disposition = headers.get("Content-Disposition", "").partition(";")[0] or None
    # A 404 may be cached for a minute.
    cache = "public, max-age=60" if path.endswith("/404.html") else headers["Cache-Control"]
    return [name.removeprefix("/"), [headers["Content-Type"], cache, disposition]]


def assert_pages_come_last(uploaded: Sequence[str]) -> None:
    """Check that the files of one site are uploaded by type, the first type being feeds."""
    suffixes = [suffix for suffix, _ in groupby(Path(name).suffix for name in uploaded)]
    assert suffixes[0] == ".ics"
    assert suffixes[-1] == ".html"
    assert len(suffixes) == len(set(suffixes))


def test_upload_sets_headers_and_order(tmp_path: Path) -> None:
    site_url, site = SiteURL.parse(URL), build_version(1, tmp_path)
    folder, stale = tmp_path / "public", "episodes/show-e09.ics"
    export_site(site, site_url, folder)
    *uploaded, removed = run_upload(folder, tmp_path, stale)
    assert removed == [stale, "removed"]
    assert sorted(uploaded) == sorted(map(get_expected_upload, site, site.values()))
    assert_pages_come_last([str(name) for name, _ in uploaded])


def test_upload_of_several_shows_ends_with_the_root(tmp_path: Path) -> None:
    folder, stale = export_shows(tmp_path), "k-on/episodes/k-on-e99.ics"
    resources = list_resources(folder)
    # What an export that was killed can leave.
    for name in (".defects-ical.new/0/index.html", "k-on/.defects-ical.tmp", ".defects-ical.tmp"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("unfinished", "utf-8")
    *uploaded, removed = run_upload(folder, tmp_path, stale)
    assert removed == [stale, "removed"]
    assert sorted(uploaded) == sorted(map(get_expected_upload, resources, resources.values()))
    names = [str(name) for name, _ in uploaded]
    levels = [[*each] for _, each in groupby(names, lambda name: "/" in name)]
    assert ["/" in names[0] for names in levels] == [True, False]
    for level in levels:
        assert_pages_come_last(level)


def test_upload_rejects_other_folders(tmp_path: Path) -> None:
    script = ["/bin/sh", str(DEPLOY / "upload.sh"), str(tmp_path), "s3://me.example"]
    # With an empty environment there is no `aws`: an upload would fail differently.
    done = subprocess.run(script, env={}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, f"{tmp_path}: not an exported folder\n")
