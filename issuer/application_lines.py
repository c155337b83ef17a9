"""An application on the terminal: one line for where it stands, two for each finding. Pure."""

from datetime import datetime, timedelta

from issuer.application import Application, Granted, Refused
from issuer.application_queue import QueueLine
from issuer.decision_deadline import Deadline, overdue, past_the_law, time_left
from issuer.eligibility_facts import Finding
from schemas.endorsement_window import day_of


def application_line(held: Application, now: datetime) -> str:
    """Number, county, stage and kind; then the permit it led to, or the clocks."""
    words = [held.number, held.county or "-", held.stage, held.kind.value]
    deadline = held.deadline(day_of(now))
    if isinstance(held.state, Granted):
        words.append(held.state.permit_number)
    elif held.open and deadline is not None:
        words += _clock_words(deadline, now)
    if held.open and held.proposal is not None:
        words.append(f"proposed by {held.proposal.by}")
    return "  ".join(words)


def queue_line(line: QueueLine, now: datetime) -> str:
    """The same of a line in the queue; the person is not named."""
    words = [line.number, line.county, line.stage, line.kind.value]
    if line.deadline is not None:
        words += _clock_words(line.deadline, now)
    if line.proposed_by:
        words.append(f"proposed by {line.proposed_by}")
    return "  ".join(words)


def finding_lines(found: tuple[Finding, ...]) -> list[str]:
    """Two lines each: outcome, ground and the English sentence, then the Chinese one."""
    return [
        line
        for finding in found
        for line in (
            f"  {finding.outcome.value:10}  {finding.ground.value:20}  {finding.en}",
            f"  {'':10}  {'':20}  {finding.zh}",
        )
    ]


def grounds_of(held: Application) -> tuple[Finding, ...]:
    """What a refused one was refused by."""
    return held.state.grounds if isinstance(held.state, Refused) else ()


def _clock_words(deadline: Deadline, now: datetime) -> list[str]:
    decided_by = f"decide by {deadline.promised_on}"
    if deadline.provisional:
        decided_by += " (provisional)"
    if past_the_law(deadline, now):
        return [decided_by, f"PAST THE LAW'S {deadline.statutory_on}"]
    if overdue(deadline, now):
        return [decided_by, f"OVERDUE by {_span(-time_left(deadline, now))}"]
    if deadline.stopped:
        return ["stopped: waits for the applicant"]
    return [decided_by, f"{_span(time_left(deadline, now))} left"]


def _span(time: timedelta) -> str:
    hours, rest = divmod(int(time.total_seconds()), 3600)
    return f"{hours // 24} d {hours % 24} h" if hours >= 24 else f"{hours} h {rest // 60} min"
