"""The contract for applications and residence registrations, run against every adapter."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from issuer import application_steps as steps
from issuer.application import Application, Channel, Commitment, Kind, Material
from issuer.application_brief import brief_of
from issuer.application_storage import ApplicationNotice, BriefQuery, IdentityTries
from issuer.eligibility import Basis
from issuer.errors import StorageError, UnknownApplicationError
from issuer.identity_check import VerifiedIdentity
from issuer.particulars import Resident
from issuer.permit import grant
from issuer.residence_register import ResidenceRegistration
from issuer.storage import Grant, IssuerStorage, IssuerTransaction, Offer
from issuer.storage_sql import SqlIssuerStorage
from schemas.civil_id import Sex
from schemas.status_list import INVALID, SUSPENDED, VALID

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


def submitted(number: str, **changes: Any) -> Application:
    return steps.submit(replace(ANOTHER, number=number, **changes), at=AT)


def numbers(storage: IssuerStorage, **narrowed: Any) -> list[str]:
    with storage.reading() as register:
        return [brief.number for brief in register.application_briefs(BriefQuery(**narrowed))]


def test_lists_are_made_of_briefs_and_drafts_are_in_none_unless_wanted(
    storage: IssuerStorage,
) -> None:
    held = submitted("SQ1")
    endorsement = submitted("SQ2", kind=Kind.ENDORSEMENT, county=LUCHENG)
    withdrawn = steps.withdraw(submitted("SQ3"), at=AT)
    with storage.transaction() as tx:
        for application in (DRAFT, withdrawn, held, endorsement):
            tx.add_application(application)
        tx.add_application(steps.abandon(replace(ANOTHER, number="CG1"), at=AT))

    with storage.reading() as register:
        assert register.application_briefs(BriefQuery()) == [
            brief_of(application) for application in (held, endorsement, withdrawn)
        ]
        assert register.application_counts(OUHAI) == {
            ("first_permit", "submitted"): 1,
            ("first_permit", "withdrawn"): 1,
        }
    assert numbers(storage, county=LUCHENG) == ["SQ2"]
    assert numbers(storage, county=LUCHENG, drafts=True) == ["SQ2", FIRST]
    assert numbers(storage, only_open=True) == ["SQ1", "SQ2"]
    assert numbers(storage, only_open=False) == ["SQ3"]
    assert numbers(storage, stage="withdrawn") == ["SQ3"]
    assert numbers(storage, kind="endorsement") == ["SQ2"]
    assert numbers(storage, channel="counter") == ["SQ1", "SQ2", "SQ3"]
    assert numbers(storage, channel="app") == []
    assert numbers(storage, number_holds="Q3") == ["SQ3"]
    assert numbers(storage, number_holds="%") == []
    assert numbers(storage, newest=2) == ["SQ2", "SQ3"]


def test_a_brief_follows_its_application(storage: IssuerStorage) -> None:
    held = submitted("SQ1")
    with storage.transaction() as tx:
        tx.add_application(held)
        asked = steps.request_supplement(held, ["x"], by="li-3", at=AT)
        tx.replace_application(asked)

    with storage.reading() as register:
        assert register.application_briefs(BriefQuery()) == [brief_of(asked)]
        assert register.awaiting_applicants() == ["SQ1"]


def test_a_draft_goes_on_under_its_receipt_number_and_is_found_by_both(
    storage: IssuerStorage,
) -> None:
    keep_draft = replace(DRAFT, number="CG1")
    with storage.transaction() as tx:
        tx.add_application(keep_draft)
    handed_in = steps.submit(replace(keep_draft, number=FIRST, draft_number="CG1"), at=AT)
    with storage.transaction() as tx:
        tx.remove_draft("CG1")
        tx.add_application(handed_in)

    with storage.reading() as register:
        assert register.applications() == [handed_in]
        assert register.application("CG1") == register.application(FIRST) == handed_in
        for nothing in ("", "CG2"):
            with pytest.raises(UnknownApplicationError):
                register.application(nothing)
    for wrong in (FIRST, "CG1", "CG2"):  # submitted, gone, never there
        with pytest.raises(UnknownApplicationError), storage.transaction() as tx:
            tx.remove_draft(wrong)


def test_documents_are_named_by_the_applications_that_hold_them(storage: IssuerStorage) -> None:
    lease = Material(Basis.STABLE_HOUSING, "11" * 32)
    both = replace(DRAFT, materials=(lease, replace(lease, basis=Basis.TALENT_EXEMPT)))
    asked = ["11" * 32, "22" * 32]
    with storage.transaction() as tx:
        tx.add_application(both)
        assert tx.documents_named(asked) == {"11" * 32}
        tx.replace_application(replace(both, materials=(replace(lease, sha256="22" * 32),)))
        assert tx.documents_named(asked) == {"22" * 32}
        tx.remove_draft(FIRST)
        assert tx.documents_named(asked) == set()
        assert tx.documents_named([]) == set()


def test_failed_identity_checks_are_remembered_until_they_are_forgotten(
    storage: IssuerStorage,
) -> None:
    first = IdentityTries("ab" * 32, 1, AT)
    locked = IdentityTries("ab" * 32, 3, AT + timedelta(minutes=1), AT + timedelta(minutes=31))
    with storage.transaction() as tx:
        assert tx.identity_tries(first.subject_digest) is None
        tx.put_identity_tries(first)
        tx.put_identity_tries(replace(first, subject_digest="cd" * 32))
        tx.put_identity_tries(locked)
    with storage.transaction() as tx:
        assert tx.identity_tries(first.subject_digest) == locked
        tx.forget_identity_tries(before=AT + timedelta(minutes=1))

    with storage.reading() as register:
        assert register.identity_tries("ab" * 32) == locked
        assert register.identity_tries("cd" * 32) is None


PERMIT = grant(
    number="ZJ330302202600000017",
    county=LUCHENG,
    resident=Resident(
        name="示范",
        citizen_id_number=NUMBER,
        sex=Sex.MALE,
        birthdate=date(1985, 6, 16),
        ethnic_group="01",
        registered_address="示范省示范市1号",
        portrait=b"",
    ),
    residence_address="示范路1号",
    registered_on=date(2026, 1, 23),
    on=date(2026, 11, 23),
    by="li-3",
)
OFFER = Offer("r1", PERMIT.number, LUCHENG, "c1", None, ("a",), AT)
GRANT = Grant("g1", PERMIT.number, LUCHENG, ("a",), "a1", AT, "r1", None, AT)


def test_retired_copies_stay_invalid_whatever_becomes_of_the_permit(
    storage: IssuerStorage,
) -> None:
    with storage.transaction() as tx:
        tx.add_permit(PERMIT)
        old = tx.allocate_status(LUCHENG, PERMIT.number, 3, expires_on=date(2027, 11, 23))
        tx.add_offer(OFFER)
        tx.add_offer(replace(OFFER, reference="r2", code_digest="c2", state="redeemed"))
        tx.add_grant(GRANT)
        before = tx.status_version(LUCHENG, 0)
        tx.retire_copies(PERMIT.number)
        assert tx.status_version(LUCHENG, 0) > before
        (new,) = tx.allocate_status(LUCHENG, PERMIT.number, 1, expires_on=date(2027, 11, 23))
    retired = {place.idx: INVALID for place in old}
    for value, shown in ((SUSPENDED, {new.idx: SUSPENDED}), (VALID, {}), (INVALID, {new.idx: 1})):
        with storage.transaction() as tx:
            tx.set_permit_status(PERMIT.number, value)
        with storage.reading() as register:
            assert register.status_values(LUCHENG, 0) == retired | shown

    with storage.reading() as register:
        offers = [register.offer_by_code(code) for code in ("c1", "c2")]
        held = register.grant_by_access_token("a1")
    assert [offer.state for offer in offers if offer] == ["dead", "redeemed"]
    assert held == replace(GRANT, state="dead")


def test_copies_of_another_permit_are_not_retired(storage: IssuerStorage) -> None:
    other = replace(PERMIT, number="ZJ330302202600000025")
    with storage.transaction() as tx:
        tx.add_permit(PERMIT)
        tx.add_permit(other)
        tx.allocate_status(LUCHENG, other.number, 2, expires_on=date(2027, 11, 23))
        tx.add_offer(replace(OFFER, permit_number=other.number))
        tx.retire_copies(PERMIT.number)

    with storage.reading() as register:
        assert register.status_values(LUCHENG, 0) == {}
        held = register.offer_by_code("c1")
    assert held is not None
    assert held.state == "open"
