"""The log of the service: lines for people, or JSON objects for programs."""

from __future__ import annotations

import json
import logging
import logging.config
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal, TypeAlias

from defects_ical.errors import DefectsIcalError, Problem, ScheduleError

LogFormat: TypeAlias = Literal["text", "json"]

LOG: Final = logging.getLogger(__name__)
_FIELDS: Final = "fields"


class JsonFormatter(logging.Formatter):
    """Formats a record as a JSON object on one line.

    ``time`` is in UTC (RFC 3339). The fields that ``with_fields`` added follow ``message``.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the object, in ASCII: the encoding of the log may be any."""
        moment = datetime.fromtimestamp(record.created, UTC)
        content = {
            "time": f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, _FIELDS, {}),
        }
        if record.exc_info:
            content["exception"] = self.formatException(record.exc_info)
        return json.dumps(content, default=str)


_FORMATTERS: Final[Mapping[LogFormat, Mapping[str, object]]] = {
    "text": {"format": "%(asctime)s %(levelname)s %(message)s"},
    "json": {"()": JsonFormatter},
}


def make_log_config(log_format: LogFormat) -> dict[str, Any]:
    """Return the configuration of a process of the service, for ``logging.config``."""
    config: dict[str, Any] = {
        "formatters": {"line": _FORMATTERS[log_format]},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "loggers": {
            "_granian": {"handlers": ["console"], "propagate": False},
            "defects_ical": {"handlers": ["console"], "propagate": False, "level": "INFO"},
        },
    }
    if log_format == "json":
        # What libraries log, and Python's warnings.
        config["root"] = {"handlers": ["console"], "level": "WARNING"}
    return config


def configure_json_log() -> None:
    """Log JSON from now on, warnings of Python included."""
    logging.captureWarnings(capture=True)
    logging.config.dictConfig(
        {"version": 1, "disable_existing_loggers": False, **make_log_config("json")}
    )


def with_fields(event: str, **fields: object) -> Mapping[str, object]:
    """Return the argument ``extra`` of a log call: what happened, for the log in JSON."""
    return {_FIELDS: {"event": event, **fields}}


def with_problem(problem: Problem) -> Mapping[str, object]:
    """Return the argument ``extra`` of a log call about a problem."""
    location = problem.location
    return with_fields(
        "problem",
        file=location.file,
        line=location.line or None,
        column=location.column or None,
        key=problem.key_path or None,
        problem=problem.message,
        hint=problem.hint,
    )


def log_error(error: DefectsIcalError) -> None:
    """Log an error of a user that ends the service: a line for each problem."""
    if not isinstance(error, ScheduleError):
        LOG.error("%s", error, extra=with_fields("error"))
        return
    for each in error.problems:
        LOG.error("%s", each, extra=with_problem(each))
