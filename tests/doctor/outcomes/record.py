"""``make importers`` records what each importer does with each case, in cases/outcomes.tsv."""

from __future__ import annotations

import logging

from tests.doctor.outcomes.cases import FOLDER, load_cases
from tests.doctor.outcomes.comparison import describe_outcome
from tests.doctor.outcomes.javascript_importers import (
    JAVASCRIPT_IMPORTERS,
    list_javascript_versions,
    read_with_javascript,
)
from tests.doctor.outcomes.python_importers import IMPORTERS, list_versions, read_with

FILE = FOLDER / "outcomes.tsv"
COLUMNS = (*IMPORTERS, *JAVASCRIPT_IMPORTERS)


def record_outcomes() -> None:
    """Write what the installed importers do."""
    versions = list_versions() | list_javascript_versions()
    lines = [
        f"# Written by make importers: {', '.join(map(' '.join, versions.items()))}",
        "\t".join(("name", *COLUMNS)),
    ]
    javascript = try_in_javascript()
    python = {importer: try_in_python(importer) for importer in IMPORTERS}
    for name in load_cases().list_files():
        outcomes = [python[each][name] for each in IMPORTERS]
        outcomes += [javascript[each][name] for each in JAVASCRIPT_IMPORTERS]
        lines.append("\t".join((name, *outcomes)))
    FILE.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def load_outcomes() -> dict[str, dict[str, str]]:
    """Return the recorded outcomes: of each case, by importer."""
    lines = FILE.read_text("utf-8").splitlines()[2:]
    rows = (line.split("\t") for line in lines)
    return {name: dict(zip(COLUMNS, row, strict=True)) for name, *row in rows}


def try_in_python(importer: str, step: int = 1) -> dict[str, str]:
    """Return what an importer written in Python does with every ``step``-th case."""
    cases = load_cases()
    return {
        name: describe_outcome(
            importer, read_with(importer, file.read_bytes()), cases.get_meanings(name)
        )
        for name, file in [*cases.list_files().items()][::step]
    }


def try_in_javascript() -> dict[str, dict[str, str]]:
    """Return what the importers written in JavaScript do with all cases."""
    cases = load_cases()
    files = cases.list_files()
    readings = dict(zip(files, read_with_javascript(files.values()), strict=True))
    return {
        importer: {
            name: describe_outcome(importer, readings[name][importer], cases.get_meanings(name))
            for name in files
        }
        for importer in JAVASCRIPT_IMPORTERS
    }


if __name__ == "__main__":
    logging.disable()
    record_outcomes()
