"""The officers' queue: the most pressing first, late flagged, and little of a person."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from issuer import application_steps as steps
from issuer.application import Application, Channel, Draft, Kind, Material
from issuer.application_queue import ApplicationQueue, QueueFilter, QueueLine
from issuer.commitment_text import commitment_at
from issuer.demonstration_identities import demonstration_identities
from issuer.eligibility_facts import Basis, Finding, Ground, Outcome
from issuer.errors import DeskError
from issuer.officer import Officer, Role
from issuer.storage import IssuerStorage

LUCHENG = "330302"
MONDAY = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PEOPLE = list(demonstration_identities(today=date(2026, 11, 23)).values())
WANG = Officer("wang-2", LUCHENG, frozenset({Role.REGISTRAR}))
FAILED = Finding(Ground.PILOT, Outcome.FAILED, "pilot_not_open", "示范。", "Demonstration.")


def submitted(number: int, days: int = 0, **changes: Any) -> Application:
    """Handed in some days after Monday by person ``number``."""
    at = MONDAY + timedelta(days=days)
    draft = Application(
        number=f"SQ3303022026000000{number:02d}",
        kind=Kind.FIRST_PERMIT,
        channel=Channel.APP,
        county=LUCHENG,
        applicant=PEOPLE[number],
        bases=frozenset({Basis.STABLE_HOUSING}),
        materials=(Material(Basis.STABLE_HOUSING, "ab" * 32),),
        commitment=commitment_at(at),
    )
    return steps.submit(replace(draft, **changes), at=at)


LATE = submitted(1)
WAITS = steps.request_supplement(submitted(2, 1), ["x"], by="li-3", at=MONDAY + timedelta(days=1))
FRESH = submitted(3, 3, kind=Kind.ENDORSEMENT, channel=Channel.WEB)
TALENT = submitted(
    4,
    3,
    bases=frozenset({Basis.TALENT_EXEMPT}),
    materials=(Material(Basis.TALENT_EXEMPT, "ab" * 32, "温州市人民政府"),),
)
PROPOSED = steps.propose_grant(TALENT, by="li-3", at=MONDAY)
REFUSED = steps.refuse(submitted(5), (FAILED,), by="li-3", at=MONDAY)
WITHDRAWN = steps.withdraw(submitted(6), at=MONDAY)
ELSEWHERE = submitted(7, county="330304")
DRAFT = replace(submitted(8), number="CG000000000000000001", state=Draft(), submitted_at=None)
AT_THE_COUNTER = replace(
    DRAFT, number="CG000000000000000002", channel=Channel.COUNTER, applicant=PEOPLE[9]
)
EVERYTHING = (
    *(FRESH, LATE, PROPOSED, WAITS, REFUSED, WITHDRAWN, ELSEWHERE, DRAFT, AT_THE_COUNTER),
)


@pytest.fixture
def queue(storage: IssuerStorage) -> ApplicationQueue:
    """As it stands on Thursday at noon."""
    with storage.transaction() as tx:
        for application in EVERYTHING:
            tx.add_application(application)
    return ApplicationQueue(storage, lambda: MONDAY + timedelta(days=3))


def numbers(lines: list[QueueLine]) -> list[str]:
    return [line.number for line in lines]


def test_r5_the_most_pressing_comes_first_and_what_waits_for_its_applicant_last(
    queue: ApplicationQueue,
) -> None:
    lines = queue.lines(WANG)

    assert numbers(lines) == [held.number for held in (LATE, FRESH, PROPOSED, WAITS)]
    late, fresh, _, waits = lines
    assert (late.overdue, late.past_the_law) == (True, False)
    assert late.time_left == timedelta(hours=-12)
    assert fresh.time_left == timedelta(days=4, hours=12)  # over the weekend
    assert (waits.time_left, waits.deadline is not None) == (None, True)


def test_a_line_shows_of_a_person_what_is_needed(queue: ApplicationQueue) -> None:
    line = queue.lines(WANG)[0]
    number = LATE.applicant.citizen_id_number

    assert line.name == LATE.applicant.name
    assert line.citizen_id_masked == "*" * 14 + number[-4:]
    assert number not in str(line)
    assert "portrait" not in str(line)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (QueueFilter(stage="submitted"), [LATE, FRESH, PROPOSED]),
        (QueueFilter(stage="needs_supplement"), [WAITS]),
        (QueueFilter(stage="refused"), [REFUSED]),
        (QueueFilter(stage="draft"), [AT_THE_COUNTER]),
        (QueueFilter(kind=Kind.ENDORSEMENT), [FRESH]),
        (QueueFilter(channel=Channel.WEB), [FRESH]),
        (QueueFilter(overdue=True), [LATE]),
        (QueueFilter(second_opinion=True), [PROPOSED]),
        (QueueFilter(closed=True), [WITHDRAWN, REFUSED]),
        (QueueFilter(closed=True, kind=Kind.ENDORSEMENT), []),
        (QueueFilter(text="00000005"), [REFUSED]),
        (QueueFilter(text=" sq 3303-0220260000 0003 "), [FRESH]),
        (QueueFilter(text="%"), [LATE, FRESH, PROPOSED, WAITS]),
        (QueueFilter(text="000000", closed=True), [LATE, FRESH, PROPOSED, WAITS, WITHDRAWN]),
        (QueueFilter(text="9999"), []),
    ],
)
def test_lists_are_narrowed(
    queue: ApplicationQueue, wanted: QueueFilter, found: list[Application]
) -> None:
    lines = queue.lines(WANG, wanted)

    assert numbers(lines)[: len(found)] == [held.number for held in found]
    if "000000" not in wanted.text:
        assert len(lines) == len(found)


def test_only_the_county_s_own(queue: ApplicationQueue) -> None:
    there = queue.lines(replace(WANG, county="330304"))

    assert numbers(there) == [ELSEWHERE.number]
    assert len(queue.lines_of(None, QueueFilter())) == 5


def test_counts_say_how_the_county_stands(queue: ApplicationQueue) -> None:
    counts = queue.counts(WANG)

    assert (counts.submitted, counts.needs_supplement) == (3, 1)
    assert (counts.overdue, counts.past_the_law, counts.second_opinion) == (1, 0, 1)
    assert counts.by_kind == {
        "first_permit": 3,
        "endorsement": 1,
        "replacement": 0,
        "change_of_data": 0,
        "move": 0,
    }
    assert counts.decided == {"granted": 0, "refused": 1, "withdrawn": 1, "lapsed": 0}


def test_past_the_law_is_told_apart_from_late(storage: IssuerStorage) -> None:
    with storage.transaction() as tx:
        tx.add_application(LATE)
    queue = ApplicationQueue(storage, lambda: MONDAY + timedelta(days=16))

    assert queue.lines(WANG)[0].past_the_law
    assert queue.counts(WANG).past_the_law == 1


@pytest.mark.parametrize("roles", [frozenset(), frozenset({Role.ADMINISTRATOR})], ids=str)
def test_who_does_not_read_sees_nothing(queue: ApplicationQueue, roles: frozenset[Role]) -> None:
    for ask in (queue.lines, queue.counts):
        with pytest.raises(DeskError, match="needs the role"):
            ask(replace(WANG, roles=roles))
