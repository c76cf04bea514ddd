"""Find the order of day, month and year that fits all dates of a table, or ask for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from defects_ical.errors import Problem, SourceLocation
from defects_ical.sources.tables.written_dates import ORDERS, DateOrder, Order, WrittenDate
from defects_ical.text.dates import format_day
from defects_ical.text.display import excerpt
from defects_ical.text.languages import ENGLISH


@dataclass(frozen=True, slots=True)
class LocatedDate:
    """A date of a table and the place of its cell."""

    location: SourceLocation
    column: str
    written: WrittenDate

    def problem(self, message: str, hint: str) -> Problem:
        """Return a problem with this cell."""
        return Problem(self.location, self.column, message, hint)


def resolve_order(
    dates: Sequence[LocatedDate], given: DateOrder | None
) -> tuple[Order, tuple[Problem, ...]]:
    """Return the order of the numbers in all dates of a table, and what contradicts it.

    ``given`` is the order that the user chose. If several orders fit, and give different dates,
    the problem is the question.
    """
    counts = {each: sum(each in found.written.days for found in dates) for each in ORDERS}
    if given is None:
        possible = tuple(each for each in ORDERS if counts[each] == len(dates))
    else:
        possible = (given,)
    order: Order = possible[0] if possible else max(ORDERS, key=counts.__getitem__)
    problems = [*_find_contradictions(dates, order, is_given=given is not None)]
    if len(possible) > 1:
        problems += _ask_order(dates, possible)
    return order, (*problems, *_find_mixed_serials(dates))


def _find_contradictions(
    dates: Sequence[LocatedDate], order: Order, *, is_given: bool
) -> Iterator[Problem]:
    """Yield a problem for each date that is not possible in an order."""
    certain = [each for each in dates if [*each.written.days] == [order]]
    for each in dates:
        if order in each.written.days:
            continue
        message = f"`{excerpt(each.written.text)}` does not have the {order.replace('-', ' ')}"
        if certain and not is_given:
            other = certain[0]
            message += f", but `{excerpt(other.written.text)}` in line {other.location.line} has"
        hint = "Write all dates like `2025-07-21`"
        suggested = next((order for order in each.written.days if order != "year-first"), None)
        if is_given and suggested:
            hint += f", or use `--date-order {suggested}`"
        yield each.problem(message, f"{hint}.")


def _ask_order(dates: Iterable[LocatedDate], orders: Collection[Order]) -> list[Problem]:
    """Return the question for the first date that means several days."""
    for each in dates:
        days = dict.fromkeys(each.written.days[order] for order in orders)
        if len(days) > 1:
            shown = " or ".join(format_day(day, ENGLISH) for day in days)
            message = f"`{excerpt(each.written.text)}` may be {shown}"
            options = (f"`--date-order {order}`" for order in orders if order != "year-first")
            hint = f"Choose with {' or '.join(options)}"
            if "year-first" in orders:
                hint += ", or write years with four digits"
            return [each.problem(message, f"{hint}.")]
    return []


def _find_mixed_serials(dates: Iterable[LocatedDate]) -> Iterator[Problem]:
    """Yield a problem if only some dates are a spreadsheet's.

    A spreadsheet that takes "07/03/2025" for 7 March leaves "07/25/2025" as text: its numbers have
    day and month exchanged.
    """
    serial = next((each for each in dates if each.written.is_serial), None)
    other = next((each for each in dates if each.written.has_numbers), None)
    if serial and other:
        message = f"`{excerpt(serial.written.text)}` is a spreadsheet's date, but line "
        message += f"{other.location.line} has `{excerpt(other.written.text)}`, which it did not "
        message += "understand: it may have exchanged day and month"
        yield serial.problem(message, "Write all dates like `2025-07-21`.")
