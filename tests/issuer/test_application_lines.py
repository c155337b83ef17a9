"""One line for where an application stands, and never a person on it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from issuer import application_steps as steps
from issuer.application import Application, Channel, Kind, Material
from issuer.application_brief import brief_of
from issuer.application_lines import application_line, finding_lines, grounds_of, queue_line
from issuer.application_queue import QueueLine
from issuer.commitment_text import commitment_at
from issuer.decision_deadline import overdue, past_the_law, time_left
from issuer.demonstration_identities import demonstration_identities
from issuer.eligibility_facts import Basis, Finding, Ground, Outcome
from schemas.endorsement_window import day_of

AT = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)
FAILED = Finding(Ground.PILOT, Outcome.FAILED, "pilot_not_open", "示范。", "Demonstration.")
DRAFT = Application(
    number="SQ330302202600000018",
    kind=Kind.FIRST_PERMIT,
    channel=Channel.APP,
    county="330302",
    applicant=demonstration_identities(today=date(2026, 11, 23))["52000019920512000X"],
    bases=frozenset({Basis.STABLE_HOUSING}),
    materials=(Material(Basis.STABLE_HOUSING, "ab" * 32),),
    commitment=commitment_at(AT),
)
SUBMITTED = steps.submit(DRAFT, at=AT)
ASKED = steps.request_supplement(SUBMITTED, ["x"], by="li-3", at=AT)


def of_the_queue(held: Application, now: datetime) -> QueueLine:
    brief = brief_of(held)
    deadline = brief.deadline(day_of(now))
    return QueueLine(
        number=brief.number,
        kind=brief.kind,
        channel=brief.channel,
        county=brief.county,
        stage=brief.stage,
        name=brief.name,
        citizen_id_masked=brief.citizen_id_tail,
        submitted_at=brief.submitted_at,
        deadline=deadline,
        time_left=time_left(deadline, now) if deadline else None,
        overdue=deadline is not None and overdue(deadline, now),
        past_the_law=deadline is not None and past_the_law(deadline, now),
        exempt=brief.exempt,
        proposed_by=brief.proposed_by,
    )


@pytest.mark.parametrize(
    ("held", "after", "end"),
    [
        (DRAFT, timedelta(0), "draft  first_permit"),
        (SUBMITTED, timedelta(0), "first_permit  decide by 2026-11-25  2 d 11 h left"),
        (SUBMITTED, timedelta(hours=50), "decide by 2026-11-25  9 h 30 min left"),
        (SUBMITTED, timedelta(days=3), "OVERDUE by 12 h 30 min"),
        (SUBMITTED, timedelta(days=16), "PAST THE LAW'S 2026-12-08"),
        (ASKED, timedelta(0), "stopped: waits for the applicant"),
        (
            steps.propose_grant(SUBMITTED, by="li-3", at=AT),
            timedelta(0),
            "2 d 11 h left  proposed by li-3",
        ),
        (
            steps.grant(SUBMITTED, permit_number="ZJ1", by="li-3", at=AT),
            timedelta(0),
            "granted  first_permit  ZJ1",
        ),
    ],
)
def test_a_line_ends_with_what_matters(held: Application, after: timedelta, end: str) -> None:
    line = application_line(held, AT + after)

    assert line.startswith("SQ330302202600000018  330302  ")
    assert end in line
    assert held.applicant.name not in line
    if held.open:
        assert queue_line(of_the_queue(held, AT + after), AT + after) == line


def test_a_year_whose_working_days_are_not_known_yet_says_so() -> None:
    later = steps.submit(DRAFT, at=datetime(2031, 3, 3, 4, 0, tzinfo=UTC))

    assert "(provisional)" in application_line(later, datetime(2031, 3, 3, 5, 0, tzinfo=UTC))


def test_grounds_are_told_in_both_languages() -> None:
    refused = steps.refuse(SUBMITTED, (FAILED,), by="li-3", at=AT)
    english, chinese = finding_lines(grounds_of(refused))

    assert grounds_of(SUBMITTED) == ()
    assert english == "  failed      pilot                 Demonstration."
    assert chinese.strip() == "示范。"
