"""Load templates and static files."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Final

from jinja2 import (
    ChoiceLoader,
    Environment,
    PackageLoader,
    StrictUndefined,
    Template,
    select_autoescape,
)

from defects_ical.content.descriptions import STATUS_TEXTS
from defects_ical.timezones.conversion import format_utc

_ENVIRONMENT: Final = Environment(
    # Templates include static scripts, and scripts may be templates.
    loader=ChoiceLoader([PackageLoader("defects_ical"), PackageLoader("defects_ical", "static")]),
    autoescape=select_autoescape(("html", "svg", "xml", "atom")),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_ENVIRONMENT.globals |= {"format_utc": format_utc, "status_texts": STATUS_TEXTS}


def get_template(name: str) -> Template:
    """Return a template. HTML, SVG, XML and Atom templates escape their values."""
    return _ENVIRONMENT.get_template(name)


def read_static(name: str) -> bytes:
    """Return the bytes of a static file."""
    return files("defects_ical").joinpath("static", name).read_bytes()


def bundle_script(*names: str) -> bytes:
    """Join scripts into one, without the lines that are comments.

    A function encloses them, so that they define no globals.
    """
    script = "\n".join(get_template(each).render() for each in names)
    code = re.sub(r"(?m)^ *//.*\n", "", script)
    return f'(() => {{\n"use strict";\n{code}}})();\n'.encode()
