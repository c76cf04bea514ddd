"""Answers about a new show: how they are parsed, and what is reported about invalid ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from defects_ical.authoring.schedule_file import create_schedule
from defects_ical.schedule.expansion import expand_episodes
from tests.authoring.shows import (
    ANSWERS,
    BINGE,
    FILE,
    FILM,
    NOW,
    UID,
    WEEKLY,
    replace_option,
    run_cli,
)


def test_optional_answers_have_defaults() -> None:
    schedule = create_schedule(FILE, replace(ANSWERS, slug=None, runtime=None), UID, NOW)
    assert (schedule.show.slug, schedule.airing[0].runtime) == ("the-show", 60)
    assert {name: each.model_dump() for name, each in schedule.platforms.items()} == {
        "channel": {
            "name": "Channel",
            "kind": "television",
            "region": "everywhere",
            "url": None,
            "delay": None,
            "airing": None,
        }
    }


@pytest.mark.parametrize(
    ("answers", "slots"),
    [
        ({"weekdays": ()}, ["2025-03-02T21:00"] * 3),
        ({"weekdays": (), "time": None}, ["2025-03-02"] * 3),
        ({"time": "25:30"}, ["2025-03-02T25:30", "2025-03-09T25:30", "2025-03-16T25:30"]),
        (
            {"weekdays": ("sunday 18:00, sunday 19:00",), "time": None},
            ["2025-03-02T18:00", "2025-03-02T19:00", "2025-03-09T18:00"],
        ),
        ({"together": "2"}, ["2025-03-02T21:00", "2025-03-02T21:00", "2025-03-09T21:00"]),
    ],
)
def test_answers_plan_episodes(answers: dict[str, Any], slots: list[str]) -> None:
    given = replace(ANSWERS, episodes="3", runtime=None, **answers)
    episodes = expand_episodes(create_schedule(FILE, given, UID, NOW))
    assert [each.slot.isoformat() for each in episodes] == slots
    # Only an hour needs a runtime.
    assert {each.runtime for each in episodes} == {60 if "T" in slots[0] else None}


def test_range_of_episodes_is_kept() -> None:
    schedule = create_schedule(FILE, replace(ANSWERS, episodes="7250-7252"), UID, NOW)
    assert [each.key for each in expand_episodes(schedule)] == ["7250", "7251", "7252"]


@pytest.mark.parametrize("time", [None, "20:15", "24:00"])
def test_single_episode_is_a_film(time: str | None) -> None:
    answers = replace(ANSWERS, episodes="1", weekdays=(), time=time, runtime=None)
    schedule = create_schedule(FILE, answers, UID, NOW)
    (special,) = schedule.specials
    assert (schedule.airing, special.id, special.title) == ((), "film", "The Show")
    assert special.airs.isoformat() == f"2025-03-02T{time}" if time else "2025-03-02"
    assert special.runtime == (60 if time else None)


def test_single_episode_of_weekly_show_has_number() -> None:
    schedule = create_schedule(FILE, replace(ANSWERS, episodes="1"), UID, NOW)
    assert (schedule.airing[0].count, schedule.specials) == (1, ())


@pytest.mark.parametrize(("premiere", "episodes"), [("2027-10", None), ("2027", "1")])
def test_month_of_premiere_is_enough(premiere: str, episodes: str | None) -> None:
    answers = replace(ANSWERS, premiere=premiere, episodes=episodes, weekdays=(), time=None)
    schedule = create_schedule(FILE, answers, UID, NOW)
    period = schedule.airing[0].period
    assert period
    assert (period.isoformat(), expand_episodes(schedule)) == (premiere, ())


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("The Show", "the-show"),
        ("Élite: l'été à l\u2019Opéra", "elite-lete-a-lopera"),
        ("  24 Hours -- Live!  ", "hours-live"),
        ("M*A*S*H", "m-a-s-h"),
        ("아이쇼핑 (The Defects)", "the-defects"),
        ("x" * 59 + " y z", "x" * 59),
        ("FILM", "film"),
    ],
)
def test_slug_is_made_from_title(title: str, slug: str) -> None:
    assert (
        create_schedule(FILE, replace(ANSWERS, title=title, slug=None), UID, NOW).show.slug == slug
    )


@pytest.mark.parametrize(
    ("typed", "platform"),
    [
        ("name=ENA,kind=streaming", ("ena", "ENA", "streaming", "everywhere", None, None)),
        (
            "name=One, Two , region=A, B: C #1 ,delay=60",
            ("one-two", "One, Two", "television", "A, B: C #1", None, 60),
        ),
        (
            "no,url=https://a.example/?b=c;d",
            ("no", "no", "television", "everywhere", "https://a.example/?b=c%3Bd", None),
        ),
        ('{"}: [x]', ("x", '{"}: [x]', "television", "everywhere", None, None)),
        (
            "ENA , kind = streaming , delay = 60 ",
            ("ena", "ENA", "streaming", "everywhere", None, 60),
        ),
        ("قناة,id=tv", ("tv", "قناة", "television", "everywhere", None, None)),
    ],
)
def test_platform_answer_is_parsed(typed: str, platform: tuple[object, ...]) -> None:
    schedule = create_schedule(FILE, replace(ANSWERS, platforms=(typed,)), UID, NOW)
    ((name, parsed),) = schedule.platforms.items()
    delay = parsed.delay.total_minutes if parsed.delay else None
    values = (name, parsed.name, parsed.kind, parsed.region, parsed.url, delay)
    assert values == platform


NOT_AN_ID = "is not an id (lower-case letters, digits and single hyphens, starting with a letter)"
INVALID = {
    ("--title", " "): "--title '': expected text, got nothing. Use a value like `My Show`.",
    ("--title", "A\\B"): "--title 'A\\B': calendar apps misread backslashes. Use `/` instead.",
    ("--title", "A\nB"): "--title 'A B': line breaks are not allowed here. "
    "Write the text in one line.",
    ("--title", "A\u2028B"): "--title 'A B': control character U+2028 is not allowed. Remove it.",
    ("--title", "A\x07B"): "--title AU+0007B: control character U+0007 is not allowed. Remove it.",
    ("--title", "A\u2067B"): "--title 'A\u2067B': unbalanced bidi isolates (U+2066 to U+2069). "
    "Remove them: they would reverse the text that follows.",
    ("--title", "A\udcffB"): "--title: the text is not UTF-8. Use UTF-8.",
    ("--title", "아이쇼핑 2"): "--slug: a slug cannot be made from a title without a letter from "
    "a to z. Choose one, like `my-show`.",
    ("--slug", "The Show"): f"--slug 'The Show': `The Show` {NOT_AN_ID}. Use `the-show`.",
    ("--slug", ""): "--slug '': expected an id (lower-case letters, digits and single hyphens, "
    "starting with a letter), got nothing. Use a value like `my-show`.",
    ("--premiere", "2025-13-01"): "--premiere 2025-13-01: `2025-13-01` is not a date, a "
    "month or a year. Use a value like `2025-07-21`.",
    ("--premiere", "2025-3-2"): "--premiere 2025-3-2: `2025-3-2` is not a date, a month or "
    "a year. Use `2025-03-02`.",
    ("--premiere", "2040-01-01"): "--premiere 2040-01-01: 2040-01-01 is outside the supported "
    "years (1973 to 2037). Use a year from 1973 to 2037.",
    ("--premiere", "x: {\n#"): "--premiere 'x: { #': `x: { #` is not a date, a month or a "
    "year. Use a value like `2025-07-21`.",
    ("--time", "9 pm"): "--time '9 pm': `9 pm` is not a time of day. Use `21:00`.",
    ("--time", "9:00"): "--time 9:00: `9:00` is not a time of day. Use `09:00`.",
    ("--timezone", "KST"): "--timezone KST: `KST` is not an IANA time zone. Use `Asia/Seoul`.",
    ("--weekday", "tuesday"): "--premiere 2025-10-12: 2025-10-12 is a Sunday, but the show airs "
    "on Tuesday. Use `2025-10-14`, or add the day with `--weekday`.",
    ("--weekday", "sunday,Tusday"): "--weekday sunday,Tusday: `Tusday` is not a weekday, or "
    "a weekday and an hour. Use `tuesday`.",
    ("--weekday", "sunday,"): "--weekday sunday,: expected a weekday, or a weekday and an hour, "
    "got nothing. Use a value like `monday`.",
    ("--weekday", "sunday 9pm"): "--weekday 'sunday 9pm': `sunday 9pm` is not a weekday, or a "
    "weekday and an hour. Use `sunday 21:00`.",
    ("--together", "0"): "--together 0: 0 is not between 1 and 5000. "
    "Use a number from 1 to 5000, like `2`.",
    ("--premiere", "2038-01"): "--premiere 2038-01: 2038-01-01 is outside the supported years "
    "(1973 to 2037). Use a year from 1973 to 2037.",
    ("--time", "30:15"): "--time 30:15: `30:15` is past the night. Use `06:15`, and the next day.",
    ("--episodes", "9-4"): "--episodes 9-4: 9-4 runs back. Use `4-9`.",
    ("--episodes", "0"): "--episodes 0: 0 is not between 1 and 5000. "
    "Use a number from 1 to 5000, like `8`.",
    ("--episodes", "ten"): "--episodes ten: `ten` is not a whole number. "
    "Use a number from 1 to 5000, like `8`.",
    ("--episodes", "700"): "--episodes 700: episode 639 would air on 2038-01-03, outside the years "
    "1973 to 2037. Use `638` or fewer.",
    ("--episodes", "7001-7700"): "--episodes 7001-7700: episode 7639 would air on 2038-01-03, "
    "outside the years 1973 to 2037. Use `7001-7638` or fewer.",
    ("--runtime", "1h"): "--runtime 1h: `1h` is not a whole number. "
    "Use a number from 1 to 1439, like `60`.",
    ("--platform", ""): "--platform '': expected text, got nothing. Use a value like `My Show`.",
    ("--platform", "티빙"): "--platform '티빙': an id cannot be made from a name without a letter "
    "from a to z. Add an id, like `id=channel`.",
    ("--platform", "kind=streaming,id=x"): "--platform kind=streaming,id=x: `name` is missing. "
    "Add it, for example `name=Channel`.",
    ("--platform", "ENA,kind=tv"): "--platform ENA,kind=tv: `tv` is not one of the allowed "
    "values. Use `television` or `streaming` or `cinema`.",
    ("--platform", "TG4,Ireland"): "--platform TG4,Ireland: `Ireland` has no key. "
    "Use `region=Ireland`, or, if it is part of the name, `name=TG4,Ireland`.",
    ("--platform", "ENA,knd=streaming"): "--platform ENA,knd=streaming: unknown key. Use `kind`.",
    ("--platform", "ENA,Kind = streaming"): "--platform 'ENA,Kind = streaming': unknown key. "
    "Use `kind`.",
    ("--platform", "ENA,x=1"): "--platform ENA,x=1: unknown key `x`. The keys are `id`, `name`, "
    "`kind`, `region`, `url`, `delay`.",
    ("--platform", "RBB,airing={}"): "--platform 'RBB,airing={}': unknown key `airing`. The keys "
    "are `id`, `name`, `kind`, `region`, `url`, `delay`.",
    ("--platform", "RBB,land=Germany"): "--platform RBB,land=Germany: unknown key `land`. The keys "
    "are `id`, `name`, `kind`, `region`, `url`, `delay`.",
    ("--platform", "ENA,url=ena.example"): "--platform ENA,url=ena.example: `ena.example` is not "
    "an http or https URL. Use `https://ena.example`.",
    ("--platform", "ENA,delay=1h"): "--platform ENA,delay=1h: `1h` is not a whole number. "
    "Use a number from -10080 to 10080, like `60`.",
    ("--platform", "ENA,delay=45 days"): "--platform 'ENA,delay=45 days': `45 days` is not a "
    "number of minutes. Leave it out, and write `delay: {days: 45}` in the file.",
    ("--platform", "ENA,delay=64800"): "--platform ENA,delay=64800: 64800 is not between -10080 "
    "and 10080. Leave it out, and write `delay: {days: 45}` in the file.",
    ("--platform", "ENA,kind=streaming,kind=television"): "--platform "
    "ENA,kind=streaming,kind=television: `kind` is given twice. Remove one of the two.",
    ("--platform", "Big!,id=big"): "--platform 'Big Stream,kind=streaming,delay=180,id=big': "
    "`big` is the id of an earlier platform. Add another id, like `id=channel-2`.",
    ("--platform", "ENA,id=e.n a"): f"--platform 'ENA,id=e.n a': `e.n a` {NOT_AN_ID}. Use `e-n-a`.",
    ("--platform", f"ENA,id={'e' * 2000}"): f"--platform 'ENA,id={'e' * 52}…': 2000 characters is "
    "too long (maximum 60). Shorten it.",
    ("--platform", "ENA,id=reminders"): "--platform ENA,id=reminders: `reminders` is the name of a "
    "feed with reminders. Use another id, like `reminders-channel`.",
}


@pytest.mark.parametrize(("option", "value"), INVALID, ids=lambda each: ascii(each)[:40])
def test_invalid_option_is_rejected(option: str, value: str, folder: Path) -> None:
    arguments = WEEKLY if option in WEEKLY else [*WEEKLY, option, ""]
    result = run_cli("init", *replace_option(arguments, option, value))
    assert result.stderr == f"{INVALID[option, value]}\n"
    assert (result.exit_code, result.stdout, list(folder.iterdir())) == (2, "", [])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"--time": "02:30", "--premiere": "2025-03-02"},
            (
                "--time 02:30: episode 2: 02:30 on 2025-03-09 does not exist in America/New_York "
                "(clocks go forward). Use a time that occurs once on every day, then move this "
                "episode in `changes`.\n"
            ),
        ),
        (
            {"--time": "01:30"},
            (
                "--time 01:30: episode 4: 01:30 on 2025-11-02 occurs twice in America/New_York "
                "(clocks go back). Use a time that occurs once on every day, then move this "
                "episode in `changes`.\n"
            ),
        ),
        (
            {"--time": "9pm", "--premiere": "soon", "--timezone": "ET", "--title": ""},
            (
                "--premiere soon: `soon` is not a date, a month or a year. Use a value like "
                "`2025-07-21`.\n"
                "--time 9pm: `9pm` is not a time of day. Use `21:00`.\n"
                "--timezone ET: `ET` is not an IANA time zone. Use `America/New_York`.\n"
                "--title '': expected text, got nothing. Use a value like `My Show`.\n"
            ),
        ),
    ],
)
def test_all_invalid_options_are_reported(
    options: dict[str, str], message: str, folder: Path
) -> None:
    arguments = WEEKLY
    for option, value in options.items():
        arguments = replace_option(arguments, option, value)
    result = run_cli("init", *arguments)
    assert (result.exit_code, result.stderr, list(folder.iterdir())) == (2, message, [])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"--time": "9 pm"},
            "--time '9 pm': `9 pm` is not a time of day. Use `21:00`.\n",
        ),
        (
            {"--time": "01:30", "--premiere": "2025-03-30"},
            (
                "--time 01:30: film: 01:30 on 2025-03-30 does not exist in Europe/London (clocks "
                "go forward). Use a time that occurs once on that day.\n"
            ),
        ),
        (
            {"--premiere": "2040-01-01"},
            (
                "--premiere 2040-01-01: 2040-01-01 is outside the supported years (1973 to 2037). "
                "Use a year from 1973 to 2037.\n"
            ),
        ),
        (
            {"--runtime": "2h"},
            "--runtime 2h: `2h` is not a whole number. Use a number from 1 to 1439, like `60`.\n",
        ),
        (
            {"--runtime": ""},
            (
                "--runtime '': expected a whole number, got nothing. Use a number from 1 to 1439, "
                "like `60`.\n"
            ),
        ),
    ],
)
def test_invalid_options_of_film_are_reported(
    changes: dict[str, str], message: str, folder: Path
) -> None:
    arguments = FILM
    for option, value in changes.items():
        arguments = replace_option(arguments, option, value)
    result = run_cli("init", *arguments)
    assert (result.exit_code, result.stderr, list(folder.iterdir())) == (2, message, [])


def test_time_of_common_event_is_reported_once() -> None:
    arguments = replace_option(BINGE, "--premiere", "2025-03-09")
    assert run_cli("init", *arguments, "--time", "02:30").stderr == (
        "--time 02:30: episode 1: 02:30 on 2025-03-09 does not exist in America/Denver (clocks go "
        "forward). Use a time that occurs once on every day, then move this episode in `changes`.\n"
    )


def test_together_needs_weekdays(folder: Path) -> None:
    result = run_cli("init", *BINGE, "--together", "3")
    assert result.stderr == (
        "--together 3: without `--weekday` all episodes come on one date. Remove it, or add "
        "`--weekday`.\n"
    )
    assert (result.exit_code, list(folder.iterdir())) == (2, [])


def test_date_needs_number_of_episodes(folder: Path) -> None:
    index = BINGE.index("--episodes")
    result = run_cli("init", *BINGE[:index], *BINGE[index + 2 :])
    assert result.stderr == (
        "--episodes: the number of episodes is missing. Add it. It may be missing only while "
        "`--premiere` is a month or a year.\n"
    )
    assert (result.exit_code, list(folder.iterdir())) == (2, [])


@pytest.mark.parametrize("option", ["--title", "--premiere", "--timezone", "--platform"])
def test_required_option_is_required(option: str, folder: Path) -> None:
    index = FILM.index(option)
    result = run_cli("init", *FILM[:index], *FILM[index + 2 :])
    assert f"Missing option '{option}'" in result.stderr
    assert (result.exit_code, list(folder.iterdir())) == (2, [])


def test_more_than_20_platforms_are_rejected() -> None:
    named = [word for n in range(19) for word in ("--platform", f"More {n}")]
    result = run_cli("init", *WEEKLY, *named)
    assert result.exit_code == 2
    assert result.stderr == "--platform: more than 20 items. Keep at most 20.\n"
