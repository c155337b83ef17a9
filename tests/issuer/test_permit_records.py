"""What officers look up: their county's permits, by list, number and person, each look written."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from issuer.desk import Desk, Grounds
from issuer.errors import DeskError, UnknownPermitError
from issuer.officer import ALL_ROLES, READERS, Officer, Role
from issuer.particulars import Particulars
from issuer.permit import Permit
from issuer.permit_brief import brief_of
from issuer.permit_records import PAGE_LINES, Chosen, PermitRecords
from issuer.proposals import Proposals
from issuer.storage import IssuerStorage
from schemas.civil_id import CivilIdError, check_character
from schemas.endorsement_window import start_of_day

TODAY = date(2026, 11, 23)
NOW = start_of_day(TODAY)
LI = Officer("li-3", "330302", ALL_ROLES)
CHEN = Officer("chen-5", "330302", ALL_ROLES)
OUHAI = Officer("li-3", "330304", ALL_ROLES)
WHY = Grounds("核查", "第十八条")
LIN = Particulars(
    name="林样例",
    citizen_id_number="52000019920512000X",
    ethnic_group="01",
    registered_address="示范路1号",
    residence_address="示范路2号",
    residence_registered_on=date(2024, 1, 1),
    portrait=b"\xff\xd8\xff\xe0",
)
Granting = Callable[..., Permit]


def person(place: int) -> str:
    """An invented citizen number of its own for each place."""
    digits = f"430000{1950 + place}0101000"
    return digits + check_character(digits)


@pytest.fixture
def granting(storage: IssuerStorage) -> Granting:
    def grant(*, days_ago: int, officer: Officer = LI, number: str = "") -> Permit:
        desk = Desk(storage, lambda: NOW - timedelta(days=days_ago), allow_demo_ids=True)
        particulars = replace(LIN, citizen_id_number=number or LIN.citizen_id_number)
        return desk.grant(particulars, officer)

    return grant


@pytest.fixture
def records(storage: IssuerStorage) -> PermitRecords:
    return PermitRecords(storage, lambda: NOW)


def entries(storage: IssuerStorage, county: str = "330302") -> list[tuple[str, str, str]]:
    with storage.reading() as register:
        return [(e.act, e.actor, e.permit_number) for e in register.audit(county)]


def test_each_permit_is_where_it_stands(
    storage: IssuerStorage, granting: Granting, records: PermitRecords
) -> None:
    due = granting(days_ago=340, number=person(1)).number
    lapsed = granting(days_ago=370, number=person(2)).number
    usable = granting(days_ago=3, number=person(3)).number
    suspended = granting(days_ago=4, number=person(4)).number
    revoked = granting(days_ago=5, number=person(5)).number
    granting(days_ago=6, officer=OUHAI, number=person(6))
    desk = Desk(storage, lambda: NOW)
    desk.suspend(suspended, LI, WHY)
    desk.revoke(revoked, proposed_by=LI, confirmed_by=CHEN, grounds=WHY)

    found = {choice: records.listed(LI, choice) for choice in Chosen}

    numbers = {choice: {p.number for p in listed.permits} for choice, listed in found.items()}
    assert numbers == {
        Chosen.ALL: {due, lapsed, usable, suspended, revoked},
        Chosen.USABLE: {due, usable},
        Chosen.DUE: {due},
        Chosen.LAPSED: {lapsed},
        Chosen.SUSPENDED: {suspended},
        Chosen.ENDED: {revoked},
    }
    assert records.counts(LI) == {choice: len(those) for choice, those in numbers.items()}


@pytest.mark.parametrize(
    ("days_ago", "due"),
    [(334, False), (335, True), (365, True), (366, False)],
    ids=["the day before the window", "its first day", "its last day", "the day after"],
)
def test_due_is_what_can_be_endorsed_in_time(
    granting: Granting, records: PermitRecords, days_ago: int, due: bool
) -> None:
    # 335 days before 23 November 2026 is 23 December 2025: a month more and a year is full.
    granting(days_ago=days_ago)

    assert records.counts(LI)[Chosen.DUE] == due


def test_a_long_list_comes_in_pages(granting: Granting, records: PermitRecords) -> None:
    made = [granting(days_ago=3, number=person(place)).number for place in range(1, PAGE_LINES + 3)]

    second = records.listed(LI, Chosen.ALL, page=2)
    beyond = records.listed(LI, Chosen.ALL, page=9)

    assert [permit.number for permit in second.permits] == sorted(made)[PAGE_LINES:]
    assert (second.page, second.pages, second.total) == (2, 2, PAGE_LINES + 2)
    assert beyond == second
    assert records.listed(LI, Chosen.ALL, page=-1).page == 1


def test_an_empty_county_has_one_empty_page(records: PermitRecords) -> None:
    listed = records.listed(OUHAI, Chosen.ALL)

    assert (listed.permits, listed.page, listed.pages, listed.total) == ((), 1, 1, 0)


def test_a_person_is_found_and_the_number_stays_out_of_the_log(
    storage: IssuerStorage, granting: Granting, records: PermitRecords
) -> None:
    permit = granting(days_ago=3)

    assert records.found(" 52000019920512000x", LI) == [brief_of(permit, TODAY)]

    with storage.reading() as register:
        entry = register.audit("330302")[-1]
    assert (entry.act, entry.permit_number, entry.details) == (
        "search_person",
        permit.number,
        {"found": "1", "tail": "000X"},
    )
    assert entry.role == "approver,auditor,registrar"
    assert LIN.citizen_id_number not in str(entry)


def test_who_finds_nobody_leaves_a_trail(
    storage: IssuerStorage, granting: Granting, records: PermitRecords
) -> None:
    granting(days_ago=3)

    assert records.found(LIN.citizen_id_number, OUHAI) == []

    with storage.reading() as register:
        (entry,) = register.audit("330304")
    assert (entry.act, entry.actor, entry.permit_number) == ("search_person", "li-3", "li-3")
    assert entry.details == {"found": "0", "tail": "000X"}


def test_a_search_by_permit_number_is_written_down_found_or_not(
    storage: IssuerStorage, granting: Granting, records: PermitRecords
) -> None:
    permit = granting(days_ago=3)
    number = permit.number

    found = records.found(f"zj {number[2:8]} {number[8:12]} {number[12:]}", LI)
    assert found == [brief_of(permit, TODAY)]
    assert entries(storage)[1:] == [("search_person", "li-3", number)]
    with pytest.raises(DeskError):
        records.found(number, OUHAI)
    with pytest.raises(UnknownPermitError):
        records.found("ZJ1", LI)

    assert entries(storage)[2:] == [("search_person", "li-3", "li-3")]
    assert entries(storage, "330304") == [("search_person", "li-3", "li-3")]


@pytest.mark.parametrize("text", ["", "林样例", "520000199205120001"])
def test_what_is_no_number_is_not_searched_for(
    storage: IssuerStorage, records: PermitRecords, text: str
) -> None:
    with pytest.raises(CivilIdError):
        records.found(text, LI)

    assert entries(storage) == []


def test_a_record_holds_everything_and_the_look(
    storage: IssuerStorage, granting: Granting, records: PermitRecords
) -> None:
    permit, other = granting(days_ago=3), granting(days_ago=3, number=person(2))
    proposals = Proposals(storage, lambda: NOW)
    proposed = proposals.propose_revocation(permit.number, LI, WHY)
    proposals.propose_revocation(other.number, LI, WHY)

    found = records.record(permit.number, CHEN)

    assert found.permit == permit
    assert [entry.act for entry in found.entries] == ["grant", "propose_revocation", "look"]
    assert found.entries[-1].actor == "chen-5"
    assert [notice.kind for notice in found.notices] == ["granted"]
    assert [message.kind for message in found.messages] == ["granted"]
    assert found.proposals == (proposed,)
    assert found.applications == ()


def test_opening_an_act_is_a_look_as_orders_and_reasons_are_shown(
    storage: IssuerStorage, granting: Granting, records: PermitRecords
) -> None:
    permit = granting(days_ago=3)
    assert not records.state(permit.number, LI).proposed
    proposal = Proposals(storage, lambda: NOW).propose_revocation(permit.number, LI, WHY)
    before = entries(storage)

    assert records.state(permit.number, CHEN).proposed
    assert entries(storage)[len(before) :] == [("look", "chen-5", permit.number)]

    Proposals(storage, lambda: NOW).reject(proposal.id, CHEN, "查无实据")
    assert not records.state(permit.number, LI).proposed


@pytest.mark.parametrize(
    "ask",
    [
        lambda records, number, officer: records.record(number, officer),
        lambda records, number, officer: records.state(number, officer),
    ],
    ids=["record", "state"],
)
def test_another_county_and_other_roles_learn_nothing(
    storage: IssuerStorage,
    granting: Granting,
    records: PermitRecords,
    ask: Callable[[PermitRecords, str, Officer], object],
) -> None:
    number = granting(days_ago=3).number
    before = entries(storage)

    for officer in (OUHAI, Officer("sun-9", "330302", frozenset(Role) - READERS)):
        with pytest.raises(DeskError):
            ask(records, number, officer)

    assert entries(storage) == before
    assert entries(storage, "330304") == []


def test_a_list_names_people_and_shows_nothing_else_of_them(
    storage: IssuerStorage, granting: Granting, records: PermitRecords
) -> None:
    permit = granting(days_ago=3)
    before = entries(storage)

    (line,) = records.listed(LI, Chosen.ALL).permits

    assert (line.name, line.tail) == ("林样例", "000X")
    hidden = (LIN.citizen_id_number, LIN.registered_address, LIN.residence_address)
    assert not [text for text in hidden if text in repr(line)]
    assert line == brief_of(permit, TODAY)
    assert entries(storage) == before


def test_lists_are_for_readers(records: PermitRecords) -> None:
    keeper = Officer("sun-9", "330302", frozenset({Role.ADMINISTRATOR}))

    with pytest.raises(DeskError):
        records.listed(keeper, Chosen.ALL)
    with pytest.raises(DeskError):
        records.counts(keeper)
    with pytest.raises(DeskError):
        records.found(LIN.citizen_id_number, keeper)
    with pytest.raises(DeskError):
        records.found("ZJ1", keeper)


def test_instants_are_read_where_the_transaction_is(storage: IssuerStorage) -> None:
    seen = datetime(2026, 11, 23, 1, tzinfo=UTC)
    records = PermitRecords(storage, lambda: seen)

    records.found(LIN.citizen_id_number, LI)

    with storage.reading() as register:
        assert register.audit("330302")[-1].at == seen
