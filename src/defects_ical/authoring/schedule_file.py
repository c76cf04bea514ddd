"""Create the schedule file of a new show from answers, checked before it appears."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from defects_ical import errors
from defects_ical.authoring.answers import (
    FILM_ID,
    PlatformAnswer,
    ShowAnswers,
    check_answers,
    find_option,
)
from defects_ical.authoring.new_file import open_draft, publish_draft, write_draft
from defects_ical.model.schedule import Schedule
from defects_ical.model.yaml.writer import PLAIN_SCALAR, quote_scalar, write_flow, write_scalar
from defects_ical.render.templates import get_template
from defects_ical.schedule.loader import load_schedule
from defects_ical.timezones.conversion import TIMEZONE_NAMES, format_local

SCHEMA_FILE: Final = "schedule.schema.json"
EXAMPLE_CHANGES: Final = 7
"""How many entries of a change log the template shows."""

_TEXT_KEYS: Final = frozenset({"name", "region", "url"})


def create_schedule(path: Path, answers: ShowAnswers, uid: UUID, now: datetime) -> Schedule:
    """Write a new schedule to ``path`` and return it.

    ``uid`` becomes the show's identity, ``now`` (UTC) the time of publication. Raises OptionError
    for answers that make no valid schedule, and ScheduleFileError if the file exists or the
    system refuses to create it; then nothing is written.
    """
    with open_draft(path) as draft:
        text = _render(answers, uid, now, has_schema=(path.parent / SCHEMA_FILE).exists())
        schedule = _load_draft(draft, text, answers)
        publish_draft(draft, path)
        return schedule


def find_problems(answers: ShowAnswers, uid: UUID, now: datetime) -> str | None:
    """Return what is wrong with answers, one line for each problem, or None."""
    problems = tuple(check_answers(answers))
    if not problems:
        text = _render(answers, uid, now, has_schema=False)
        try:
            load_schedule(Path("schedule.yaml"), content=text.encode())
        except errors.ScheduleError as error:
            problems = (*_to_option_problems(error.problems, answers),)
    return "\n".join(f"{each.message}. {each.hint}" for each in problems) or None


def _load_draft(draft: Path, text: str, answers: ShowAnswers) -> Schedule:
    """Write the draft to disk and load it; raise OptionError if it is not valid."""
    if problems := tuple(check_answers(answers)):
        raise errors.OptionError(problems)
    write_draft(draft, text)
    try:
        return load_schedule(draft)
    except errors.ScheduleError as error:
        raise errors.OptionError(tuple(_to_option_problems(error.problems, answers))) from None


def _render(answers: ShowAnswers, uid: UUID, now: datetime, *, has_schema: bool) -> str:
    zone = answers.timezone if answers.timezone in TIMEZONE_NAMES else "UTC"
    times = (now + timedelta(minutes=n) for n in range(EXAMPLE_CHANGES + 1))
    published, *at = (format_local(each, zone) for each in times)
    platforms = answers.parse_platforms()
    return get_template("schedule.yaml").render(
        schema=has_schema,
        uid=uid,
        slug=write_scalar(answers.resolve_slug()),
        title=quote_scalar(answers.title),
        timezone=write_scalar(answers.timezone),
        published=published,
        day=answers.day,
        film=_write_film(answers) if answers.is_film else None,
        block=_write_block(answers),
        first=_write_first_episode(answers),
        platforms=[_write_platform(each) for each in platforms],
        platform=platforms[0].key,
        has_hour=answers.has_hour,
        at=at,
    )


def _write_block(answers: ShowAnswers) -> dict[str, str]:
    """Return the keys of `airing` and their values in YAML."""
    days = answers.split_weekdays()
    values = {
        "premiere": answers.premiere,
        "weekdays": f"[{', '.join(map(_write_words, days))}]" if days else None,
        "time": answers.time,
        "runtime": answers.resolve_runtime(),
        "together": answers.together,
        "episodes": answers.episodes,
    }
    return {
        key: value if key == "weekdays" else write_scalar(value)
        for key, value in values.items()
        if value is not None
    }


def _write_film(answers: ShowAnswers) -> str:
    airs = f"{answers.premiere}T{answers.time}" if answers.time else answers.premiere
    values = {"id": FILM_ID, "title": quote_scalar(answers.title), "airs": airs}
    if (runtime := answers.resolve_runtime()) is not None:
        values["runtime"] = write_scalar(runtime)
    return write_flow(values)


def _write_first_episode(answers: ShowAnswers) -> str:
    """Return what `changes` calls the first episode: a film by its id, a range from its start."""
    if answers.is_film:
        return FILM_ID
    first, hyphen, _ = (answers.episodes or "").partition("-")
    return first if hyphen and first.isdecimal() else "1"


def _write_words(value: str) -> str:
    """Write a weekday, or one with its hour, without quotes."""
    plain = all(PLAIN_SCALAR.fullmatch(each) for each in value.split(" "))
    return value if plain else quote_scalar(value)


def _write_platform(platform: PlatformAnswer) -> str:
    values = {
        key: quote_scalar(value) if key in _TEXT_KEYS else write_scalar(value)
        for key, value in platform.entries
    }
    return f"{write_scalar(platform.key)}: {write_flow(values)}"


def _to_option_problems(
    problems: tuple[errors.Problem, ...], answers: ShowAnswers
) -> Iterator[errors.Problem]:
    """Yield the problems of the file as problems of the options that it was made from."""
    title_is_wrong = any(problem.key_path == "show.title" for problem in problems)
    for problem in problems:
        location = errors.SourceLocation(find_option(problem.key_path, answers))
        if problem.key_path != "show.slug" or answers.slug is not None:
            yield errors.Problem(location, "", problem.message, _write_hint(problem))
        elif not title_is_wrong:
            message = "a slug cannot be made from a title without a letter from a to z"
            yield errors.Problem(location, "", message, "Choose one, like `my-show`.")


def _write_hint(problem: errors.Problem) -> str:
    """Return a hint that names options instead of keys of the file."""
    match problem.code, problem.details:
        case errors.ProblemCode.MISSING_KEY, (key, example):
            return f"Add it, for example `{key}={example}`."
        case errors.ProblemCode.PREMIERE_WEEKDAY, (nearest,):
            return f"Use `{nearest}`, or add the day with `--weekday`."
        case errors.ProblemCode.RULE_TIME, _:
            return "Use a time that occurs once on every day, then move this episode in `changes`."
        case None, _ if problem.key_path == "specials[0].airs":
            return "Use a time that occurs once on that day."
        case None, _ if problem.key_path.endswith(".delay") and "`{" in problem.hint:
            delay = problem.hint.removeprefix("Use `").removesuffix("`.")
            return f"Leave it out, and write `delay: {delay}` in the file."
        case _:
            return problem.hint
