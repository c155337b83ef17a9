"""What officers do: who may, and that permit, log, status and notice go together."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from issuer.audit_log import verify_chain
from issuer.desk import Desk, Grounds, permit_number
from issuer.errors import DeskError, PermitStateError, UnknownPermitError
from issuer.officer import ALL_ROLES, Officer
from issuer.particulars import Particulars
from issuer.permit import Permit, Standing
from issuer.sql_register import SqlTransaction
from issuer.storage import IssuerStorage, IssuerTransaction
from schemas.civil_id import check_character
from schemas.divisions import UnknownCountyError
from schemas.errors import ServiceError
from schemas.status_list import INVALID, SUSPENDED

LI = Officer("li-3", "330302", ALL_ROLES)
WANG = Officer("wang-2", "330302", ALL_ROLES)
OUHAI = Officer("chen-1", "330304", ALL_ROLES)
WHY = Grounds(reason="示范原因", legal_basis="示范条例第一条")
PARTICULARS = Particulars(
    name="林样例",
    citizen_id_number="52000019920512000X",
    ethnic_group="01",
    registered_address="贵州省贵阳市示范路1号",
    residence_address="浙江省温州市鹿城区示范路1号",
    residence_registered_on=date(2026, 3, 2),
    portrait=b"\xff\xd8\xff\xe0",
)
ANOTHER = replace(PARTICULARS, citizen_id_number="430000198506160017")


class Time:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def desk(storage: IssuerStorage, time: Time) -> Desk:
    return Desk(storage, time, allow_demo_ids=True)


@pytest.fixture
def granted(desk: Desk, storage: IssuerStorage) -> Permit:
    made = desk.grant(PARTICULARS, LI)
    with storage.transaction() as tx:
        tx.allocate_status("330302", made.number, 3, expires_on=made.usable_through)
    return made


def seen(storage: IssuerStorage, number: str) -> tuple[object, ...]:
    with storage.reading() as register:
        return (
            register.permits(),
            register.audit(),
            register.notices(number),
            register.status_values("330302", 0),
            register.status_version("330302", 0),
        )


def test_a_grant_is_permit_entry_and_notice_at_once(desk: Desk, storage: IssuerStorage) -> None:
    made = desk.grant(PARTICULARS, LI)

    with storage.reading() as register:
        assert register.permits() == [made]
        (entry,) = register.audit("330302")
        (notice,) = register.notices(made.number)
    assert (entry.act, entry.actor, entry.permit_number) == ("grant", "li-3", made.number)
    assert notice.kind == "granted"
    assert (made.county, made.issued_on) == ("330302", date(2026, 11, 23))
    assert made.resident.birthdate == date(1992, 5, 12)


def test_the_day_of_grant_is_the_one_in_shanghai(desk: Desk, time: Time) -> None:
    time.now = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)

    made = desk.grant(PARTICULARS, LI)

    assert made.issued_on == date(2027, 1, 1)
    assert made.number.startswith("ZJ3303022027")


def test_numbers_count_up_and_carry_a_check_character(desk: Desk) -> None:
    numbers = [desk.grant(p, LI).number for p in (PARTICULARS, ANOTHER)]

    assert [n[:-1] for n in numbers] == ["ZJ33030220260000001", "ZJ33030220260000002"]
    assert all(n[-1] == check_character(n[2:-1]) for n in numbers)
    with pytest.raises(PermitStateError, match="no permit number is left"):
        permit_number("330302", 2026, 10_000_000)


def test_demonstration_numbers_need_the_setting(storage: IssuerStorage, time: Time) -> None:
    with pytest.raises(DeskError, match="for demonstrations"):
        Desk(storage, time).grant(PARTICULARS, LI)

    with storage.reading() as register:
        assert register.permits() == []
        assert register.audit() == []


def test_one_permit_a_person_in_any_county_until_it_has_ended(desk: Desk, granted: Permit) -> None:
    with pytest.raises(PermitStateError, match="has a permit already"):
        desk.grant(PARTICULARS, OUHAI)

    desk.cancel(granted.number, LI, WHY)
    assert desk.grant(PARTICULARS, OUHAI).county == "330304"


def test_a_suspended_or_lapsed_permit_still_is_one(desk: Desk, granted: Permit, time: Time) -> None:
    desk.suspend(granted.number, LI, WHY)
    time.now += timedelta(days=800)

    with pytest.raises(PermitStateError, match="has a permit already"):
        desk.grant(PARTICULARS, LI)


def test_endorsed_late_says_so_in_the_log(
    desk: Desk, granted: Permit, time: Time, storage: IssuerStorage
) -> None:
    time.now = datetime(2028, 1, 14, 16, 0, tzinfo=UTC)

    late = desk.endorse(granted.number, LI)

    with storage.reading() as register:
        assert register.permit(granted.number) == late
        entry = register.audit("330302")[-1]
    assert entry.details == {"usable_through": "2028-11-23", "late": "yes"}
    assert late.continuous_residence_since == date(2028, 1, 15)


def test_orders_reach_every_copy_and_are_explained_in_the_log(
    desk: Desk, granted: Permit, storage: IssuerStorage
) -> None:
    values = []
    acts: list[Callable[[], Permit]] = [
        lambda: desk.suspend(granted.number, LI, WHY),
        lambda: desk.restore(granted.number, WANG, WHY),
        lambda: desk.revoke(granted.number, proposed_by=LI, confirmed_by=WANG, grounds=WHY),
    ]
    for act in acts:
        act()
        with storage.reading() as register:
            values.append(sorted(register.status_values("330302", 0).values()))

    assert values == [[SUSPENDED] * 3, [], [INVALID] * 3]
    with storage.reading() as register:
        entries = register.audit("330302")
        kinds = [notice.kind for notice in register.notices(granted.number)]
    verify_chain(entries)
    assert [e.act for e in entries] == ["grant", "suspend", "restore", "revoke"]
    assert kinds == ["granted", "suspended", "restored", "revoked"]
    assert all(e.details["legal_basis"] == WHY.legal_basis for e in entries[1:])
    assert entries[-1].details["proposed_by"] == "li-3"
    assert entries[-1].details["confirmed_by"] == entries[-1].actor == "wang-2"


def test_a_cancelled_permit_is_invalid_on_every_copy(
    desk: Desk, granted: Permit, storage: IssuerStorage
) -> None:
    cancelled = desk.cancel(granted.number, LI, WHY)

    with storage.reading() as register:
        assert set(register.status_values("330302", 0).values()) == {INVALID}
    assert cancelled.standing_on(date(2026, 11, 23)) is Standing.CANCELLED


Attempt = Callable[[Desk, str], object]


@pytest.mark.parametrize(
    ("attempt", "error"),
    [
        (lambda d, n: d.endorse(n, LI), PermitStateError),
        (lambda d, n: d.endorse(n, OUHAI), DeskError),
        (lambda d, n: d.look(n, OUHAI), DeskError),
        (lambda d, n: d.suspend(n, OUHAI, WHY), DeskError),
        (lambda d, n: d.suspend(n, LI, Grounds("", "b")), DeskError),
        (lambda d, n: d.suspend(n, LI, Grounds("r", "  ")), DeskError),
        (lambda d, n: d.suspend(n, LI, Grounds("r\nr", "b")), DeskError),
        (lambda d, n: d.suspend(n, LI, Grounds("r" * 501, "b")), DeskError),
        (lambda d, n: d.suspend(n, Officer("Li-3", "330302", ALL_ROLES), WHY), DeskError),
        (lambda d, n: d.suspend(n, Officer("", "330302", ALL_ROLES), WHY), DeskError),
        (lambda d, n: d.restore(n, LI, WHY), PermitStateError),
        (lambda d, n: d.cancel(n, OUHAI, WHY), DeskError),
        (
            lambda d, n: d.revoke(n, proposed_by=LI, confirmed_by=LI, grounds=WHY),
            PermitStateError,
        ),
        (lambda d, n: d.revoke(n, proposed_by=LI, confirmed_by=OUHAI, grounds=WHY), DeskError),
        (lambda d, n: d.revoke(n, proposed_by=OUHAI, confirmed_by=LI, grounds=WHY), DeskError),
        (lambda d, n: d.endorse("ZJ", LI), UnknownPermitError),
        (lambda d, n: d.grant(ANOTHER, Officer("li-3", "999999", ALL_ROLES)), UnknownCountyError),
        (lambda d, n: d.grant(replace(ANOTHER, residence_address=""), LI), ServiceError),
    ],
)
def test_a_refused_act_leaves_no_trace(
    desk: Desk,
    granted: Permit,
    storage: IssuerStorage,
    attempt: Attempt,
    error: type[ServiceError],
) -> None:
    before = seen(storage, granted.number)

    with pytest.raises(error):
        attempt(desk, granted.number)

    assert seen(storage, granted.number) == before


def test_the_officer_who_suspended_does_not_restore(
    desk: Desk, granted: Permit, storage: IssuerStorage
) -> None:
    desk.suspend(granted.number, LI, WHY)
    before = seen(storage, granted.number)

    with pytest.raises(PermitStateError, match="does not restore"):
        desk.restore(granted.number, LI, WHY)
    assert seen(storage, granted.number) == before


def test_a_look_at_the_record_is_written_down(
    desk: Desk, granted: Permit, storage: IssuerStorage
) -> None:
    assert desk.look(granted.number, WANG) == granted

    with storage.reading() as register:
        entry = register.audit("330302")[-1]
    assert (entry.act, entry.actor) == ("look", "wang-2")


@pytest.mark.parametrize(
    "broken", ["replace_permit", "set_permit_status", "append_audit", "add_notice"]
)
def test_an_act_that_fails_at_any_step_has_not_happened(
    desk: Desk,
    granted: Permit,
    storage: IssuerStorage,
    broken: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = getattr(SqlTransaction, broken)

    def then_fail(tx: IssuerTransaction, *arguments: object) -> None:
        whole(tx, *arguments)
        raise InterruptedError

    before = seen(storage, granted.number)
    monkeypatch.setattr(SqlTransaction, broken, then_fail)

    with pytest.raises(InterruptedError):
        desk.suspend(granted.number, LI, WHY)

    assert seen(storage, granted.number) == before


def test_every_act_says_as_what_it_was_done_and_what_became_of_the_record(
    desk: Desk, granted: Permit, storage: IssuerStorage
) -> None:
    acts: list[Callable[[], Permit]] = [
        lambda: desk.suspend(granted.number, LI, WHY),
        lambda: desk.look(granted.number, WANG),
        lambda: desk.restore(granted.number, WANG, WHY),
        lambda: desk.cancel(granted.number, LI, WHY),
    ]
    for act in acts:
        act()

    with storage.reading() as register:
        entries = register.audit("330302")
        assert list(register.records_not_told()) == []
    changed = [entry for entry in entries if entry.act != "look"]
    assert all(entry.role for entry in entries)
    assert changed[0].before == ""
    assert [e.before for e in changed[1:]] == [e.after for e in changed[:-1]]
    assert changed[2].after == changed[0].after, "restored, it is as it was granted"
    assert [(e.before, e.after) for e in entries if e.act == "look"] == [("", "")]


def test_only_invented_people_are_granted_a_permit_without_an_application(
    desk: Desk, storage: IssuerStorage
) -> None:
    somebody = replace(ANOTHER, citizen_id_number="11010519491231002x")

    with pytest.raises(DeskError, match="granted on an application"):
        desk.grant(somebody, LI)

    with storage.reading() as register:
        assert register.permits_of("11010519491231002X") == []
