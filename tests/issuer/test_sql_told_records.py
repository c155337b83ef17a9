"""Records held against the log: what was put in, altered or taken out behind it is named."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import text, update

from issuer.audit_log import Act
from issuer.particulars import Resident
from issuer.permit import Permit, grant
from issuer.sql_tables import PERMITS
from issuer.storage_sql import SqlIssuerStorage
from schemas.civil_id import Sex

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 23)
LUCHENG, OUHAI = "330302", "330304"
NUMBER = "ZJ330302202600000012"


@pytest.fixture
def register(register_url: str) -> Iterator[SqlIssuerStorage]:
    opened = SqlIssuerStorage(register_url)
    yield opened
    opened.close()


@pytest.fixture
def made(register: SqlIssuerStorage) -> Permit:
    """A permit, and the entry of its grant."""
    resident = Resident(
        name="示范",
        citizen_id_number="430000198506160017",
        sex=Sex.MALE,
        birthdate=date(1985, 6, 16),
        ethnic_group="01",
        registered_address="示范路9号",
        portrait=b"\xff\xd8\xff",
    )
    permit = grant(
        number=NUMBER,
        county=LUCHENG,
        resident=resident,
        residence_address="示范路9号",
        registered_on=DAY,
        on=DAY,
        by="li-3",
    )
    with register.transaction() as tx:
        tx.add_permit(permit)
        tx.record(act("grant"))
    return permit


def act(name: str, *, county: str = LUCHENG, at: datetime = AT) -> Act:
    return Act(county, at, "li-3", name, NUMBER)


def change(
    register: SqlIssuerStorage, permit: Permit, *, told: bool = True, at: datetime = AT
) -> None:
    with register.transaction() as tx:
        tx.replace_permit(permit)
        if told:
            tx.record(act("change", at=at))


def moved_house(permit: Permit, number: int) -> Permit:
    return replace(permit, residence_address=f"示范路{number}号")


def hand_over(register: SqlIssuerStorage, permit: Permit, *, to: str) -> Permit:
    """To another county of the same unit, told of in both chains."""
    there = replace(permit, county=to)
    with register.transaction() as tx:
        tx.replace_permit(there)
        for county in (permit.county, to):
            tx.record(act("change", county=county))
    return there


def execute(register: SqlIssuerStorage, statement: str) -> None:
    with register._writer.begin() as connection:
        connection.execute(text(statement))


def named(register: SqlIssuerStorage, county: str | None = None) -> list[str]:
    with register.reading() as reading:
        return list(reading.records_not_told(county))


def test_what_only_acts_have_changed_is_as_told(register: SqlIssuerStorage, made: Permit) -> None:
    for number in range(3):
        change(register, moved_house(made, number))

    assert named(register) == []


def test_the_order_is_that_of_the_chain_whatever_the_clock_said(
    register: SqlIssuerStorage, made: Permit
) -> None:
    """A clock that was set back must accuse nobody."""
    change(register, moved_house(made, 1), at=AT + timedelta(hours=1))
    change(register, moved_house(made, 2), at=AT + timedelta(minutes=1))

    assert named(register) == []


def test_a_record_that_nobody_made_is_named(register: SqlIssuerStorage, made: Permit) -> None:
    """A permit put into the table; an honest look at it afterwards does not make it one."""
    execute(register, "DELETE FROM audit_entries")
    assert named(register) == [NUMBER]

    with register.transaction() as tx:
        tx.record(act("look"))
    assert named(register) == [NUMBER]
    assert named(register, LUCHENG) == [NUMBER]
    assert named(register, OUHAI) == []

    change(register, moved_house(made, 1))
    assert named(register) == [NUMBER]


def test_an_alteration_is_named_after_the_next_act_too(
    register: SqlIssuerStorage, made: Permit
) -> None:
    """The act tells of the bytes it found, and those are not what the one before had left."""
    change(register, moved_house(made, 1), told=False)
    change(register, moved_house(made, 2))

    assert named(register) == [NUMBER]


def test_an_earlier_state_put_back_is_named(register: SqlIssuerStorage, made: Permit) -> None:
    change(register, moved_house(made, 1))
    change(register, moved_house(made, 2))
    change(register, moved_house(made, 1), told=False)
    assert named(register) == [NUMBER]

    change(register, moved_house(made, 3))
    assert named(register) == [NUMBER]


def test_a_record_that_changed_counties_goes_on_in_its_own(
    register: SqlIssuerStorage, made: Permit
) -> None:
    there = hand_over(register, made, to=OUHAI)
    with register.transaction() as tx:
        tx.replace_permit(moved_house(there, 1))
        tx.record(act("change", county=OUHAI))
    assert named(register) == named(register, LUCHENG) == named(register, OUHAI) == []

    back = hand_over(register, moved_house(there, 1), to=LUCHENG)
    change(register, moved_house(back, 2))
    assert named(register) == []

    change(register, there, told=False)  # as it was when it had just come
    assert named(register, LUCHENG) == named(register, OUHAI) == [NUMBER]


@pytest.mark.parametrize(
    "document", [b"", b"no JSON", b"{}", b'{"county":1}', b'{"county":"\xff"}']
)
def test_what_is_no_record_any_more_is_named(
    register: SqlIssuerStorage, made: Permit, document: bytes
) -> None:
    with register._writer.begin() as connection:
        connection.execute(update(PERMITS).values(document=document))

    assert named(register) == [NUMBER]


def test_entries_from_before_digests_were_told_are_taken_as_they_are(
    register: SqlIssuerStorage, made: Permit
) -> None:
    execute(register, "UPDATE audit_entries SET after = ''")
    assert named(register) == []

    change(register, moved_house(made, 1))
    assert named(register) == []

    change(register, moved_house(made, 2), told=False)
    assert named(register) == [NUMBER]


def test_one_of_those_that_is_gone_is_named_too(register: SqlIssuerStorage, made: Permit) -> None:
    execute(register, "UPDATE audit_entries SET after = ''")
    for table in ("permit_endorsements", "permits"):
        execute(register, f"DELETE FROM {table}")  # noqa: S608

    assert named(register) == [NUMBER]
