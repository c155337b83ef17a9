"""The contract for applications and residence registrations, run against every adapter."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from issuer import application_steps as steps
from issuer.application import Application, Channel, Commitment, Kind, Material
from issuer.application_storage import ApplicationNotice
from issuer.eligibility import Basis
from issuer.errors import StorageError, UnknownApplicationError
from issuer.identity_check import VerifiedIdentity
from issuer.residence_register import ResidenceRegistration
from issuer.storage import IssuerStorage, IssuerTransaction
from issuer.storage_sql import SqlIssuerStorage
from schemas.civil_id import Sex

AT = datetime(2026, 11, 23, 4, 0, 0, 123456, tzinfo=UTC)
LUCHENG, OUHAI = "330302", "330304"
FIRST, SECOND = "SQ330302202600000018", "SQ330302202600000026"
NUMBER = "430000198506160017"
DRAFT = Application(
    number=FIRST,
    kind=Kind.FIRST_PERMIT,
    channel=Channel.COUNTER,
    county=LUCHENG,
    applicant=VerifiedIdentity(
        name="𠮷示范·示",
        citizen_id_number=NUMBER,
        sex=Sex.MALE,
        birthdate=date(1985, 6, 16),
        ethnic_group="01",
        household_code="430100",
        registered_address="湖南省长沙市示范路9号",
        portrait=b"\x89PNG\r\n\x1a\n\x00\xff",
    ),
    bases=frozenset({Basis.STABLE_HOUSING, Basis.STABLE_EMPLOYMENT}),
    materials=(Material(Basis.STABLE_HOUSING, "ab" * 32),),
    commitment=Commitment("2026-11", "cd" * 32, AT),
)
ANOTHER = replace(
    DRAFT,
    number=SECOND,
    county=OUHAI,
    applicant=replace(DRAFT.applicant, citizen_id_number="52000019920512000X"),
)
NOTICE = ApplicationNotice(FIRST, LUCHENG, "submitted", AT, {"a": "示"})
HERE = ResidenceRegistration(NUMBER, LUCHENG, "示范路9号", date(2026, 1, 23))
THERE = ResidenceRegistration(NUMBER, OUHAI, "示范路3号", date(2024, 1, 1), date(2026, 1, 23))

Opener = Callable[[], IssuerStorage]


@pytest.fixture
def opened(register_url: str) -> Iterator[Opener]:
    """Opens one more on the same data."""
    storages: list[IssuerStorage] = []

    def open_one() -> IssuerStorage:
        storages.append(SqlIssuerStorage(register_url))
        return storages[-1]

    yield open_one
    for storage in storages:
        storage.close()


@pytest.fixture
def storage(opened: Opener) -> IssuerStorage:
    return opened()


def everything(storage: IssuerStorage) -> tuple[object, ...]:
    with storage.reading() as register:
        return (
            register.applications(),
            register.application_notices(FIRST),
            register.registrations_of(NUMBER),
        )


def keep(storage: IssuerStorage) -> None:
    with storage.transaction() as tx:
        tx.add_application(DRAFT)
        tx.add_application_notice(NOTICE)
        tx.put_registrations([HERE, THERE])


def test_what_is_kept_comes_back_the_same_after_reopening(opened: Opener) -> None:
    first = opened()
    keep(first)
    submitted = steps.submit(DRAFT, at=AT)
    with first.transaction() as tx:
        tx.replace_application(submitted)
    first.close()

    with opened().reading() as register:
        assert register.application(FIRST) == submitted
        assert register.application_notices(FIRST) == [NOTICE]
        assert register.registrations_of(NUMBER) == [HERE, THERE]


def test_searches_find_what_belongs_to_them(storage: IssuerStorage) -> None:
    keep(storage)
    closed = steps.abandon(ANOTHER, at=AT)
    with storage.transaction() as tx:
        tx.add_application(closed)

    with storage.reading() as register:
        assert register.applications() == [DRAFT, closed]
        assert register.applications(OUHAI) == [closed]
        assert register.applications(open_only=True) == [DRAFT]
        assert register.applications(OUHAI, open_only=True) == []
        assert register.applications_of(NUMBER) == [DRAFT]
        assert register.registrations_of("52000019920512000X") == []
        assert register.application_notices(SECOND) == []
        with pytest.raises(UnknownApplicationError):
            register.application("SQ")


def test_a_registration_takes_the_place_of_the_one_before(storage: IssuerStorage) -> None:
    keep(storage)
    moved = replace(HERE, address="示范路10号", registered_on=date(2026, 2, 1))
    with storage.transaction() as tx:
        tx.put_registrations([moved])
        tx.put_registrations([])

    with storage.reading() as register:
        assert register.registrations_of(NUMBER) == [moved, THERE]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(lambda tx: tx.add_application(DRAFT), id="number taken"),
        pytest.param(
            lambda tx: tx.add_application(replace(DRAFT, number=SECOND)),
            id="one open application a person and kind",
        ),
        pytest.param(lambda tx: tx.replace_application(ANOTHER), id="nothing to replace"),
        pytest.param(
            lambda tx: tx.add_application_notice(replace(NOTICE, application_number=SECOND)),
            id="a notice about nothing",
        ),
        pytest.param(lambda tx: tx.put_registrations([HERE, HERE]), id="twice in one go"),
    ],
)
def test_a_caller_s_fault_undoes_the_whole_transaction(
    storage: IssuerStorage, fault: Callable[[IssuerTransaction], None]
) -> None:
    keep(storage)
    before = everything(storage)

    def faulty_block() -> None:
        with storage.transaction() as tx:
            tx.replace_application(steps.submit(DRAFT, at=AT))
            tx.put_registrations([replace(HERE, address="x")])
            fault(tx)

    with pytest.raises((StorageError, UnknownApplicationError)):
        faulty_block()

    assert everything(storage) == before


def test_another_kind_or_one_after_the_first_has_closed_is_welcome(storage: IssuerStorage) -> None:
    keep(storage)
    with storage.transaction() as tx:
        tx.add_application(replace(DRAFT, number=SECOND, kind=Kind.ENDORSEMENT))
        tx.replace_application(steps.abandon(DRAFT, at=AT))
        tx.add_application(replace(DRAFT, number="SQ330302202600000034"))

    with storage.reading() as register:
        assert len(register.applications(open_only=True)) == 2


def test_a_closed_one_is_not_opened_again_beside_another(storage: IssuerStorage) -> None:
    with storage.transaction() as tx:
        tx.add_application(steps.abandon(DRAFT, at=AT))
        tx.add_application(replace(DRAFT, number=SECOND))

    with pytest.raises(StorageError), storage.transaction() as tx:
        tx.replace_application(DRAFT)


def test_serials_count_up_apart_from_those_of_permits(storage: IssuerStorage) -> None:
    with storage.transaction() as tx:
        serials = [
            tx.next_application_serial(county, year)
            for county, year in [(LUCHENG, 2026), (LUCHENG, 2026), (LUCHENG, 2027), (OUHAI, 2026)]
        ]
        assert tx.next_permit_serial(LUCHENG, 2026) == 1

    assert serials == [1, 2, 1, 1]


def test_racing_applications_of_one_person_leave_one(opened: Opener) -> None:
    storages = [opened() for _ in range(2)]

    def hand_in(turn: int) -> bool:
        try:
            with storages[turn % 2].transaction() as tx:
                serial = tx.next_application_serial(LUCHENG, 2026)
                tx.add_application(replace(DRAFT, number=f"SQ{serial}"))
        except StorageError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(hand_in, range(20))) == 1
