"""Load templates and static files."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("defects_ical"),
    autoescape=select_autoescape(("html", "svg", "xml", "atom")),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def get_template(name: str) -> Template:
    """A template by its name; what it is given is escaped in HTML, SVG, XML and Atom."""
    return _ENVIRONMENT.get_template(name)


def read_static(name: str) -> bytes:
    """A file by its name, as it is."""
    return files("defects_ical").joinpath("static", name).read_bytes()


def bundle_script(*names: str) -> bytes:
    """One script made of several, which share their names with nobody else on the page."""
    parts = b"\n".join(map(read_static, names))
    return b'(() => {\n"use strict";\n' + parts + b"})();\n"
