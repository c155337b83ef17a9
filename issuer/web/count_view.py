"""A county's numbers as its page draws them, and as the lines of a table to take along. Pure.

Bars are drawn beside numbers, never in place of them: each number stands there in figures.
"""

import csv
from collections.abc import Callable, Iterable, Sequence
from io import StringIO
from typing import Final

from msgspec import Struct

from issuer.county_counts import WEEKS, CountyCounts, Week
from issuer.eligibility_facts import Kind
from issuer.outbox_storage import MessageState
from issuer.permit_records import Chosen
from issuer.web.desk_permit_view import CHOICES
from issuer.web.desk_words import KINDS, MESSAGE_STATES, STAGES
from issuer.web.error_sentences import N_

STAGES_COUNTED: Final = (
    "submitted",
    "needs_supplement",
    "granted",
    "refused",
    "withdrawn",
    "lapsed",
)
STANDINGS_COUNTED: Final = (Chosen.USABLE, Chosen.LAPSED, Chosen.SUSPENDED, Chosen.ENDED)
"""They add up to all permits; those that are due are among the usable ones."""
STANDING_TONES: Final = {"usable": "good", "lapsed": "warn", "suspended": "bad", "ended": "neutral"}
MESSAGES_COUNTED: Final = (
    MessageState.SENT,
    MessageState.FAILED,
    MessageState.NO_PHONE,
    MessageState.QUEUED,
    MessageState.SENDING,
)
BAR: Final = 100
"""Length of the longest bar, in units of its drawing."""

Translate = Callable[[str], str]


class WeekBar(Struct, frozen=True):
    """One week, and how long its bars are."""

    week: Week
    handed_in: int
    in_time: int
    late: int
    """Begins where the bar of those in time ends."""


class Part(Struct, frozen=True):
    """One number among several that make a whole."""

    name: str
    """A msgid."""
    number: int
    bar: int
    tone: str = "neutral"


class KindLine(Struct, frozen=True):
    """Applications of one kind by stage, in the order of ``STAGES_COUNTED``."""

    name: str
    """A msgid."""
    numbers: tuple[int, ...]

    @property
    def total(self) -> int:
        """All of this kind."""
        return sum(self.numbers)


def weeks_asked(text: str) -> int:
    """How many weeks an address asks for; a quarter for anything else."""
    known = {str(weeks): weeks for weeks in WEEKS}
    return known.get(text, 12)


def week_bars(weeks: Iterable[Week]) -> tuple[WeekBar, ...]:
    """Bars on one scale, so that weeks can be compared."""
    those = tuple(weeks)
    most = max((max(week.handed_in, week.in_time + week.late) for week in those), default=0)
    return tuple(
        WeekBar(week, _bar(week.handed_in, most), _bar(week.in_time, most), _bar(week.late, most))
        for week in those
    )


def kind_lines(counts: CountyCounts) -> tuple[KindLine, ...]:
    """Every kind, also where nobody has asked for it."""
    held = counts.applications
    return tuple(
        KindLine(KINDS[kind], tuple(held.get((kind, stage), 0) for stage in STAGES_COUNTED))
        for kind in Kind
    )


def stage_totals(lines: Sequence[KindLine]) -> tuple[int, ...]:
    """The same by stage alone."""
    return tuple(sum(numbers) for numbers in zip(*(line.numbers for line in lines), strict=True))


def standing_parts(counts: CountyCounts) -> tuple[Part, ...]:
    """How the county's permits stand."""
    total = counts.permits[Chosen.ALL]
    return tuple(
        Part(
            CHOICES[standing],
            counts.permits[standing],
            _bar(counts.permits[standing], total),
            STANDING_TONES[standing],
        )
        for standing in STANDINGS_COUNTED
    )


def message_parts(counts: CountyCounts) -> tuple[tuple[str, int], ...]:
    """Msgid and number for every state of a text message."""
    return tuple(
        (MESSAGE_STATES[state], counts.messages.get(state, 0)) for state in MESSAGES_COUNTED
    )


def percent(part: int, whole: int) -> int:
    """``part`` of ``whole`` in hundredths, rounded down: 99.9 is not all."""
    return 100 * part // whole if whole else 0


def counts_csv(counts: CountyCounts, translate: Translate) -> bytes:
    """The numbers as CSV, one in a line, under headings in the language of the page.

    With the mark by which spreadsheets know UTF-8, and ends of line as they expect them.
    """
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow([translate(N_("What")), translate(N_("Which")), translate(N_("Number"))])
    for what, which, number in _lines(counts):
        writer.writerow([translate(what), translate(which), "" if number is None else number])
    return text.getvalue().encode("utf-8-sig")


def _lines(counts: CountyCounts) -> Iterable[tuple[str, str, float | None]]:
    kinds = kind_lines(counts)
    speed = counts.speed
    for stage, number in zip(STAGES_COUNTED, stage_totals(kinds), strict=True):
        yield N_("Applications by state"), STAGES[stage], number
    for line in kinds:
        yield N_("Applications by kind"), line.name, line.total
    for week in counts.weeks:
        yield N_("Handed in, week from"), week.monday.isoformat(), week.handed_in
        yield N_("Decided in time, week from"), week.monday.isoformat(), week.in_time
        yield N_("Decided late, week from"), week.monday.isoformat(), week.late
    yield N_("Decisions"), N_("In time"), speed.in_time
    yield N_("Decisions"), N_("Late"), speed.late
    yield N_("Decisions"), N_("Past the time of the law"), speed.past_the_law
    yield N_("Decisions"), N_("Working days, median"), speed.median_days
    for part in standing_parts(counts):
        yield N_("Permits by standing"), part.name, part.number
    for days, number in counts.due.items():
        yield N_("Endorsements due within days"), str(days), number
    yield N_("Confirmation slips"), N_("Printed"), counts.slips
    yield N_("Confirmation slips"), N_("Printed again"), counts.slips_again
    for name, number in message_parts(counts):
        yield N_("Text messages"), name, number


def _bar(number: int, most: int) -> int:
    """Length of a bar; whatever there is at all can be seen."""
    return max(1, BAR * number // most) if number else 0
