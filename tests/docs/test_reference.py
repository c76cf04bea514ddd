"""What can be configured, requested or reported is documented."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, get_args

import click
import pytest
import yaml
from pydantic import BaseModel

from defects_ical.catalog.root_files import FIXED_PATHS, list_root_paths, render_root_files
from defects_ical.cli.app import main
from defects_ical.content.links.site_url import SiteURL
from defects_ical.model.airing import Block
from defects_ical.model.schedule import Schedule
from defects_ical.schedule.validation.warnings import find_missing_texts
from defects_ical.server.app import create_app
from defects_ical.server.reloaded_site import ReloadedSite
from defects_ical.server.reloader import SiteReloader
from defects_ical.server.shows.health import HEALTH_FILE, HealthReport
from defects_ical.shows.settings import NamedFeed, SharedPlatform, SiteSettings
from defects_ical.site.build import Site, build_site
from tests.conftest import SITE_URL
from tests.support.catalogs import build_show, make_catalog, make_show_feeds
from tests.support.documents import (
    PAGES,
    ROOT,
    read_code_blocks,
    read_schedule_example,
    read_section,
    read_table_rows,
)
from tests.support.example_schedules import load_yaml
from tests.support.generated_docs import SECTIONS, replace_section
from tests.support.json_documents import RELEASES

COMMANDS: Final = {
    name: command
    for name in main.list_commands(click.Context(main))
    if (command := main.get_command(click.Context(main), name))
}
PAGE_OF_COMMAND: Final = {
    "change": "docs/changes.md",
    "check": "docs/comparing.md",
    "doctor": "docs/doctor.md",
    "export": "docs/static-hosting.md",
    "import": "docs/importing.md",
    "init": "docs/init.md",
    "picture": "docs/picture.md",
    "schema": "docs/schedule.md",
    "serve": "docs/serving.md",
}
CHECK_PAGES: Final = PAGES["docs/comparing.md"] + PAGES["docs/schedule.md"]
SHOWS_PAGE: Final = PAGES["docs/shows.md"]
# The least that an entry of each list, and each mapping, has.
ENTRIES: Final[dict[str, dict[str, object]]] = {
    "changes[]": {"at": "2025-03-05T12:00:00-05:00", "episodes": ["2"], "note": "Corrected."},
    "specials[]": {
        "id": "special-1",
        "title": "A special",
        "airs": "2025-05-11T21:00",
        "runtime": "45",
    },
    "cast[]": {"actor": "An actor", "role": "A role"},
    "credit": {"name": "A site", "url": "https://www.example.org/", "licence": "CC0"},
    "source": {"tvmaze": "12345"},
}
# The keys that a mapping with another key does not have.
EXCLUDED: Final = {
    "airing.dates": ("premiere", "weekdays", "episodes"),
    "source.ics": ("tvmaze",),
}
KEY_ROWS: Final = {
    key.strip("`"): example.strip("`")
    for key, _, example, _ in read_table_rows(read_section("docs/schedule.md", "## Keys"))
}

UNTRANSLATED: Final = {"show.original_title", "show.credit.name", "show.credit.licence"}
# The names, and the other texts, that may have translations.
TRANSLATED: Final = [
    re.findall(r"`([^`]+)`", keys)
    for keys, _ in read_table_rows(read_section("docs/languages.md", "## Texts of the schedule"))
]


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS.keys())
def test_every_option_is_documented(command: click.Command) -> None:
    assert f"`defects-ical {command.name}`" in PAGES["README.md"]
    page = PAGE_OF_COMMAND[str(command.name)]
    text = (CHECK_PAGES if command.name == "check" else PAGES[page]) + SHOWS_PAGE
    assert f"defects-ical {command.name}" in text
    options = [each for each in command.params if isinstance(each, click.Option)]
    assert [each.opts[0] for each in options if f"{each.opts[0]}" not in text] == []


@pytest.mark.parametrize("page", PAGES)
def test_inline_commands_exist(page: str) -> None:
    """Commands within sentences are too short to run; their names and options exist."""
    for line in re.findall(r"`defects-ical ([a-z][^`]*)`", PAGES[page]):
        name, *words = line.split()
        known = {option for each in COMMANDS[name].params for option in each.opts}
        assert {word for word in words if word.startswith("--")} - known == set(), line
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for targets in re.findall(r"`make ([a-z -]*[a-z])", PAGES[page]):
        for target in targets.split():
            assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


def list_keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Yield the path of every key with a value of its own, as docs/schedule.md writes it."""
    for name, field in model.model_fields.items():
        inner = list(find_models(field.annotation))
        if not inner or (inner[0][1] == "[]" and prefix) or name in {"delay", "shift"}:
            # A list or mapping that may be written in one line has a row of its own.
            yield f"{prefix}{name}"
        for nested, suffix in inner:
            if nested is not Block:
                yield from list_keys(nested, f"{prefix}{name}{suffix}.")
            elif not prefix:
                # One block needs no list; the blocks of platforms have the same keys.
                yield from list_keys(nested, f"{name}.")


def find_models(annotation: Any, suffix: str = "") -> Iterator[tuple[type[BaseModel], str]]:
    """Yield the models within an annotation, and whether they are in a list or a mapping."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation, suffix
    origin = getattr(annotation, "__origin__", None)
    if origin is tuple:
        suffix = "[]"
    elif origin is not None and "Mapping" in str(origin):
        suffix = ".*"
    for each in get_args(annotation):
        yield from find_models(each, suffix)


def test_every_schedule_key_is_documented() -> None:
    assert sorted(KEY_ROWS) == sorted(list_keys(Schedule))


@pytest.mark.parametrize("path", KEY_ROWS)
def test_example_of_schedule_key_is_valid(path: str) -> None:
    document = yaml.load(read_schedule_example(), yaml.BaseLoader)  # noqa: S506 - it makes only texts
    value = yaml.load(KEY_ROWS[path], yaml.BaseLoader)  # noqa: S506 - as above
    set_value(document, path.split("."), value)
    for key in EXCLUDED.get(path, ()):
        del document[path.partition(".")[0]][key]
    if "picture" in path:
        document["show"].pop("picture")
    load_yaml(yaml.safe_dump(document, allow_unicode=True))


def set_value(mapping: dict[str, Any], path: list[str], value: object) -> None:
    """Set a value within a document, and make the lists and mappings around it."""
    name, *rest = path
    if not rest:
        mapping[name] = value
    elif name.endswith("[]"):
        items = mapping.setdefault(name.removesuffix("[]"), [dict(ENTRIES[name])])
        set_value(items[0], rest, value)
    elif rest[0] == "*":
        items = mapping.setdefault(name, {"1": {}})
        set_value(next(iter(items.values())), rest[1:], value)
    else:
        set_value(mapping.setdefault(name, dict(ENTRIES.get(name, {}))), rest, value)


def collect_json_keys(value: object) -> set[str]:
    """Return every key within a value read from JSON."""
    if isinstance(value, dict):
        return set(value).union(*map(collect_json_keys, value.values()))
    return set().union(*map(collect_json_keys, value)) if isinstance(value, list) else set()


def test_every_json_key_is_documented() -> None:
    site = build_site(load_yaml(RELEASES), SITE_URL)
    document = json.loads(site["/episodes.json"].body)
    for each in document["episodes"]:
        # Their keys are ids of platforms.
        each.update(dict.fromkeys(("links", "platforms") & each.keys()))
    found = collect_json_keys(document)
    assert {"announced", "event", "links", "platforms", "minutes", "at"} <= found
    assert found - set(re.findall(r"`([a-z_]+)`", PAGES["docs/api.md"])) == set()


def test_every_json_key_of_languages_is_documented() -> None:
    site = build_site(load_yaml(read_schedule_example("docs/languages.md")), SITE_URL)
    document = json.loads(site["/episodes.json"].body)
    english = build_site(load_yaml(read_schedule_example()), SITE_URL)
    added = document.keys() - json.loads(english["/episodes.json"].body).keys()
    assert [*document["texts"]] == ["ko", "es"]
    # These have ids for keys.
    texts = {**document["texts"]["ko"], **document["texts"]["es"]}
    entries = [*texts.pop("platforms").values(), *texts.pop("episodes").values()]
    found = {"platforms", "episodes"} | added | collect_json_keys([texts, entries])
    assert {"language", "city", "texts", "webcal", "region", "ics"} <= found
    assert found - set(re.findall(r"`([a-z_]+)`", PAGES["docs/api.md"])) == set()


def test_every_path_of_languages_is_documented() -> None:
    site = build_site(load_yaml(read_schedule_example("docs/languages.md")), SITE_URL)
    local = {path.removeprefix("/ko") for path in site if path.startswith("/ko/")}
    rows = read_table_rows(read_section("docs/languages.md", "## URLs"))
    known = {path for row in rows for path in re.findall(r"`/ko(/[^`]*)`", row[1])}
    feed = re.compile(r"/my-show(-channel)?(-reminders)?\.ics|/episodes/my-show-e\d\d\.ics")
    assert {path for path in local if not feed.fullmatch(path)} < known
    assert {path for path in known if path not in local} == set()


def test_every_text_of_a_schedule_is_in_the_table_of_translations() -> None:
    rows = read_table_rows(read_section("docs/schedule.md", "## Keys"))
    texts = {key.strip("`") for key, form, *_ in rows if re.match("text|list of texts", form)}
    assert {key for keys in TRANSLATED for key in keys} == texts - UNTRANSLATED


@pytest.mark.parametrize(
    ("path", "is_name"), [(key, not index) for index, keys in enumerate(TRANSLATED) for key in keys]
)
def test_plain_text_means_what_the_table_says(path: str, is_name: bool) -> None:  # noqa: FBT001 - a case
    document = yaml.load(read_schedule_example(), yaml.BaseLoader)  # noqa: S506 - it makes only texts
    document["languages"] = ["en", "ko"]
    value = yaml.load(KEY_ROWS[path], yaml.BaseLoader)  # noqa: S506 - as above
    set_value(document, path.split("."), value)
    schedule = load_yaml(yaml.safe_dump(document, allow_unicode=True))
    pattern = re.escape(path).replace(r"\*", r"\w+").replace(r"\[\]", r"\[0\]") + r"(\[\d\])?"
    missing = [each for _, paths in find_missing_texts(schedule) for each in paths]
    assert any(re.fullmatch(pattern, each) for each in missing) is not is_name


def test_every_health_key_is_documented() -> None:
    url = SiteURL.parse("https://me.example")
    site = ReloadedSite(SiteReloader(Path("nothing.yaml"), url), url)
    client = create_app(site, url).test_client()
    health: Mapping[str, object] = json.loads(client.get("/healthz").data)
    rows = read_table_rows(read_section("docs/serving.md", "## Health"))
    assert {key.strip("`") for key, _ in rows} == health.keys()


def test_everything_of_several_shows_is_documented(tmp_path: Path) -> None:
    report = HealthReport(tmp_path, tmp_path)
    report.write(0)
    health = json.loads((tmp_path / HEALTH_FILE).read_bytes())
    shows = json.loads(render_shows_json())
    words = [
        *SiteSettings.model_fields,
        *NamedFeed.model_fields,
        *SharedPlatform.model_fields,
        *FIXED_PATHS,
        *health,
        *shows,
        *shows["shows"][0],
        *shows["shows"][0]["events"][0],
    ]
    assert [each for each in words if f"`{each}`" not in SHOWS_PAGE] == []


def render_shows_json() -> bytes:
    """Return shows.json of one show."""
    show = build_show(load_yaml(read_schedule_example()))
    files = render_root_files(make_catalog([show]), make_show_feeds([show]))
    return b"".join(dict(files)["/shows.json"])


def test_every_path_at_the_root_is_documented() -> None:
    show = build_show(load_yaml(read_schedule_example()))
    feeds = {"drama": {"title": "Drama", "shows": ["my-show"]}}
    settings = SiteSettings.model_validate({"archive_before": "2025-03-20", "feeds": feeds})
    rows = read_table_rows(read_section("docs/shows.md", "## Combined feeds"))
    patterns = [
        re.escape(path).replace("<platform>", "channel").replace("<name>", "drama")
        for path in FIXED_PATHS + tuple(url.strip("`") for url, _ in rows)
    ]
    known = re.compile("|".join(patterns).replace("<year>", r"\d{4}"))
    paths = list_root_paths(make_catalog([show], settings))
    assert [each for each in paths if not known.fullmatch(each.replace("-reminders.", "."))] == []


def test_defaults_of_settings_are_documented() -> None:
    settings = SiteSettings()
    rows = [*read_table_rows(read_section("docs/shows.md", "## Settings"))]
    defaults = {key.strip("`"): default for key, default, _ in rows}
    values = {key: getattr(settings, key) or "none" for key in SiteSettings.model_fields}
    shown = {
        key: f"[{', '.join(value)}]" if isinstance(value, tuple) else str(value)
        for key, value in values.items()
    }
    assert defaults == shown


def test_example_of_settings_has_every_key() -> None:
    example = yaml.safe_load(read_code_blocks("docs/shows.md", "yaml")[0])
    assert example.keys() == SiteSettings.model_fields.keys()


def test_paths_at_the_root_are_known_before_they_are_made() -> None:
    show = build_show(load_yaml(read_schedule_example()))
    catalog = make_catalog([show], SiteSettings.model_validate({"archive_before": "2025-03-20"}))
    rendered = [path for path, _ in render_root_files(catalog, make_show_feeds([show]))]
    assert "/all-2025.ics" in rendered
    assert sorted(rendered) == sorted(list_root_paths(catalog))


def test_every_path_is_documented(site: Site) -> None:
    text = read_section("docs/api.md", "## URLs")
    platforms = {
        path.replace("<platform>", each)
        for each in ("ena", "tving", "kocowa")
        for path in re.findall(r"`(/[^`]*)`", text)
    }
    known = platforms | {
        path for path in site if re.fullmatch(r"/episodes/the-defects-e\d\d\.ics", path)
    }
    assert set(site) - known == set()


def test_every_folder_is_in_the_architecture() -> None:
    package = ROOT / "src" / "defects_ical"
    folders = {path.parent.name for path in package.glob("*/__init__.py")} | {"errors", "wsgi"}
    rows = read_table_rows(read_section("docs/architecture.md", "## Rooms"))
    assert {name.strip("`") for name, *_ in rows} == folders


def test_every_file_in_the_architecture_exists() -> None:
    package = ROOT / "src" / "defects_ical"
    names = re.findall(r"`(\w+/\w*)`", PAGES["docs/architecture.md"])
    missing = [
        name
        for name in names
        if not (package / name).is_dir()
        and not (package / f"{name}.py").exists()
        and not (ROOT / name).exists()
    ]
    assert missing == []


@pytest.mark.parametrize(("page", "name"), SECTIONS)
def test_generated_sections_are_up_to_date(page: str, name: str) -> None:
    """If this fails, run ``make docs``."""
    assert PAGES[page] == replace_section(PAGES[page], name, SECTIONS[page, name]())


def test_requests_per_second_are_those_measured() -> None:
    results = (ROOT / "benchmarks" / "RESULTS.md").read_text("utf-8")
    found = re.search(r"^\| defects-ical \| (\d+),\d{3} \|", results, flags=re.MULTILINE)
    assert found
    for page in ("README.md", "docs/performance.md"):
        assert f"{found[1]},000" in PAGES[page]
