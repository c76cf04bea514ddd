"""Render what other sites embed to show the week: a frame and a custom element."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final

from defects_ical.catalog.agenda import find_city, make_agenda
from defects_ical.catalog.catalog import Catalog
from defects_ical.content.credits import describe_credits
from defects_ical.render.embed import IFRAME_SANDBOX, build_embed_policy
from defects_ical.render.scripts import bundle_script, select_words
from defects_ical.render.templates import get_template

WEEK_PATH: Final = "/week.html"
WEEK_STYLE_PATH: Final = "/week.css"
WEEK_FRAME_SCRIPT_PATH: Final = "/week-frame.js"
WEEK_ELEMENT_PATH: Final = "/week.js"
FRAME_SCRIPTS: Final = ("local-times.js", "make-element.js", "week-days.js", "week-frame.js")
ELEMENT_SCRIPTS: Final = ("local-times.js", "week-days.js", "week.js")
MAX_ROWS: Final = 200
"""How many events the frame has at most; its script shows those of a week."""

# Of the frame, in pixels, until the script of the host sizes it.
FRAME_HEIGHT: Final = 560


def render_week(catalog: Catalog) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of each file that other sites load to show the week."""
    has_credit = bool(catalog.credits)
    yield WEEK_PATH, _render_frame(catalog)
    if not catalog.main:
        yield WEEK_STYLE_PATH, get_template("week.css").render(has_credit=has_credit).encode()
        yield WEEK_FRAME_SCRIPT_PATH, bundle_script(*FRAME_SCRIPTS)
    element = bundle_script(
        *ELEMENT_SCRIPTS, words=catalog.words, root=catalog.root, has_credit=has_credit
    )
    yield WEEK_ELEMENT_PATH, element


def render_frame_code(catalog: Catalog) -> str:
    """Return the code that shows the week in a frame; the element's script sizes it."""
    return (
        f'<iframe src="{catalog.url.join(WEEK_PATH)}" title="{_name_week(catalog)}" width="100%" '
        f'height="{FRAME_HEIGHT}" loading="lazy" frameborder="0" '
        f'sandbox="{IFRAME_SANDBOX}"></iframe>\n{_render_script(catalog)}'
    )


def render_week_element(catalog: Catalog) -> str:
    """Return the code of the custom element, with a link for while it is not loaded."""
    link = f'<a href="{catalog.url}">{_name_week(catalog)}</a>'
    return f"<defects-week>\n<p>{link}</p>\n</defects-week>\n{_render_script(catalog)}"


def _name_week(catalog: Catalog) -> str:
    """Return the title of the frame and of the link, escaped for HTML."""
    return escape(catalog.words.site_this_week.format(site=catalog.settings.title))


def _render_script(catalog: Catalog) -> str:
    return f'<script src="{catalog.url.join(WEEK_ELEMENT_PATH)}" async></script>\n'


def _render_frame(catalog: Catalog) -> bytes:
    context = {
        "agenda": make_agenda(catalog, MAX_ROWS),
        "catalog": catalog,
        "city": find_city(catalog),
        "credits": describe_credits(catalog.credits, catalog.words),
        "content_security_policy": build_embed_policy(catalog.url),
        "feed": catalog.feeds[0].feed,
        "root": catalog.root,
        "script_words": select_words(catalog.words, *FRAME_SCRIPTS),
        "words": catalog.words,
    }
    return get_template("week.html").render(context).encode()
