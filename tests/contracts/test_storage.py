"""The contract of IssuerStorage, run against every adapter."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from issuer.audit_log import Act, verify_chain
from issuer.errors import StorageError, UnknownPermitError, UnknownStatusListError
from issuer.particulars import Resident
from issuer.permit import Permit, grant, suspend
from issuer.storage import Grant, IssuerStorage, IssuerTransaction, Notice, Offer
from issuer.storage_sql import SqlIssuerStorage
from schemas.civil_id import Sex
from schemas.status_list import INVALID, SUSPENDED, VALID

AT = datetime(2026, 11, 23, 4, 0, 0, 123456, tzinfo=UTC)
DAY = date(2027, 11, 23)
LUCHENG, OUHAI = "330302", "330304"
FIRST, SECOND = "ZJ330302202600000012", "ZJ330302202600000020"
RESIDENT = Resident(
    name="𠮷示范·示",
    citizen_id_number="430000198506160017",
    sex=Sex.MALE,
    birthdate=date(1985, 6, 16),
    ethnic_group="01",
    registered_address="湖南省长沙市示范路9号",
    portrait=b"\x89PNG\r\n\x1a\n\x00\xff",
)
SMALL = 2
"""Half the bits of a status list of 16 entries, which a test can fill."""

Opener = Callable[..., IssuerStorage]


@pytest.fixture
def opened(register_url: str) -> Iterator[Opener]:
    storages: list[IssuerStorage] = []

    def open_one(half_bits: int = SMALL) -> IssuerStorage:
        storages.append(SqlIssuerStorage(register_url, half_bits=half_bits))
        return storages[-1]

    yield open_one
    for storage in storages:
        storage.close()


@pytest.fixture
def storage(opened: Opener) -> IssuerStorage:
    return opened()


def permit(number: str = FIRST, county: str = LUCHENG) -> Permit:
    return grant(
        number=number,
        county=county,
        resident=RESIDENT,
        residence_address="浙江省温州市鹿城区示范路9号",
        registered_on=date(2026, 1, 23),
        on=date(2026, 11, 23),
        by="li-3",
    )


def act(number: str = FIRST, county: str = LUCHENG) -> Act:
    return Act(county, AT, "li-3", "grant", number, {"reason": "示范"})


def offer(reference: str = "r1", code: str = "c1") -> Offer:
    return Offer(reference, FIRST, LUCHENG, code, None, ("a", "b"), AT)


def wallet_grant(name: str = "1", previous: str | None = None) -> Grant:
    return Grant(
        id=f"g{name}",
        permit_number=FIRST,
        county=LUCHENG,
        configuration_ids=("a",),
        access_digest=f"a{name}",
        access_expires_at=AT,
        refresh_digest=f"r{name}",
        refresh_family_digest=previous,
        expires_at=AT + timedelta(days=1),
    )


def keep_permit(storage: IssuerStorage, number: str = FIRST, county: str = LUCHENG) -> None:
    with storage.transaction() as tx:
        tx.add_permit(permit(number, county))


def everything(storage: IssuerStorage) -> dict[str, object]:
    """All that can be seen from outside, to compare before and after."""
    with storage.reading() as register:
        lists = {
            (county, number): (
                register.status_version(county, number),
                register.status_values(county, number),
            )
            for county in (LUCHENG, OUHAI)
            for number in register.status_lists(county)
        }
        return {
            "permits": register.permits(),
            "audit": register.audit(),
            "notices": [register.notices(FIRST), register.notices(SECOND)],
            "offers": [register.offer_by_reference("r1"), register.offer_by_reference("r2")],
            "grants": [register.grant_by_access_token(d) for d in ("a1", "a2")],
            "lists": lists,
        }


def test_what_is_kept_comes_back_the_same_after_reopening(opened: Opener) -> None:
    first = opened()
    suspended = suspend(permit(), by="li-3", reason="示范", legal_basis="示范", at=AT)
    with first.transaction() as tx:
        tx.add_permit(permit())
        tx.replace_permit(suspended)
        tx.record(act())
        tx.add_notice(Notice(FIRST, LUCHENG, "granted", AT, {"a": "示"}))
        tx.add_offer(offer())
        tx.add_grant(wallet_grant(previous="r0"))
    first.close()

    with opened().reading() as register:
        assert register.permit(FIRST) == suspended
        assert register.notices(FIRST) == [Notice(FIRST, LUCHENG, "granted", AT, {"a": "示"})]
        assert register.offer_by_code("c1") == register.offer_by_reference("r1") == offer()
        assert register.grant_by_access_token("a1") == wallet_grant(previous="r0")
        assert verify_chain(register.audit(LUCHENG)) == register.audit(LUCHENG)[-1].digest


def test_words_and_instants_come_back_as_they_were(storage: IssuerStorage) -> None:
    words = {word: word for word in ("", "\0", "'\"\\;--", "%s %(a)s :a ?", "\u2028", "示𠮷")}
    instants = [AT.replace(year=year) for year in (1900, 1969, 2026, 2200)]
    sent = [Notice(FIRST, LUCHENG, "示", at, words) for at in instants]
    keep_permit(storage)
    with storage.transaction() as tx:
        for notice in sent:
            tx.add_notice(notice)
        entry = tx.record(replace(act(), details=words))

    with storage.reading() as register:
        assert register.notices(FIRST) == sent
        assert register.last_audit(LUCHENG) == entry


def test_searches_find_what_belongs_to_them(storage: IssuerStorage) -> None:
    keep_permit(storage, SECOND)
    keep_permit(storage, FIRST)
    keep_permit(storage, "ZJ330304202600000012", OUHAI)

    with storage.reading() as register:
        assert [p.number for p in register.permits(LUCHENG)] == [FIRST, SECOND]
        assert len(register.permits()) == len(register.permits_of("430000198506160017")) == 3
        assert register.permits_of("52000019920512000X") == register.permits("330381") == []
        assert register.offer_by_code("c1") is register.offer_by_reference("r1") is None
        assert register.grant_by_access_token("a1") is None
        assert register.last_audit(LUCHENG) is None
        with pytest.raises(UnknownPermitError):
            register.permit("ZJ")


def test_offers_and_grants_change_in_place(storage: IssuerStorage) -> None:
    keep_permit(storage)
    with storage.transaction() as tx:
        tx.add_offer(offer())
        tx.replace_offer(replace(offer(), state="dead", wrong_tries=5))
        tx.add_grant(wallet_grant(previous="r0"))
        tx.replace_grant(replace(wallet_grant(), refresh_digest="new", refresh_family_digest="r1"))

    with storage.reading() as register:
        assert register.offer_by_code("c1") == replace(offer(), state="dead", wrong_tries=5)
        assert register.grant_by_refresh_token("r0") is None
        present = register.grant_by_refresh_token("new")
        assert present == register.grant_by_refresh_token("r1")
        assert present is not None
        assert present.refresh_family_digest == "r1"


@pytest.mark.parametrize(
    "fault",
    [
        lambda tx: tx.add_permit(permit()),
        lambda tx: tx.replace_permit(permit(SECOND)),
        lambda tx: tx.append_audit(tx.last_audit(LUCHENG)),
        lambda tx: tx.add_offer(offer()),
        lambda tx: tx.add_offer(offer(reference="r2")),
        lambda tx: tx.replace_offer(offer(reference="r2", code="c2")),
        lambda tx: tx.add_grant(wallet_grant()),
        lambda tx: tx.add_grant(replace(wallet_grant("2"), access_digest="a1")),
        lambda tx: tx.add_grant(replace(wallet_grant("2"), refresh_digest="r1")),
        lambda tx: tx.replace_grant(wallet_grant("2")),
        lambda tx: tx.add_notice(Notice(SECOND, LUCHENG, "granted", AT)),
        lambda tx: tx.add_offer(replace(offer("r2", "c2"), permit_number=SECOND)),
        lambda tx: tx.allocate_status(LUCHENG, SECOND, 1, expires_on=DAY),
        lambda tx: tx.set_permit_status(SECOND, INVALID),
    ],
)
def test_a_caller_s_fault_undoes_the_whole_transaction(
    storage: IssuerStorage, fault: Callable[[IssuerTransaction], None]
) -> None:
    with storage.transaction() as tx:
        tx.add_permit(permit())
        tx.record(act())
        tx.add_offer(offer())
        tx.add_grant(wallet_grant())
    before = everything(storage)

    def faulty_block() -> None:
        with storage.transaction() as tx:
            tx.add_notice(Notice(FIRST, LUCHENG, "suspended", AT))
            fault(tx)

    with pytest.raises((StorageError, UnknownPermitError)):
        faulty_block()

    assert everything(storage) == before


STEPS: list[Callable[[IssuerTransaction], object]] = [
    lambda tx: tx.next_permit_serial(LUCHENG, 2026),
    lambda tx: tx.add_permit(permit(SECOND)),
    lambda tx: tx.record(act(SECOND)),
    lambda tx: tx.add_notice(Notice(SECOND, LUCHENG, "granted", AT)),
    lambda tx: tx.replace_permit(suspend(permit(), by="l", reason="r", legal_basis="b", at=AT)),
    lambda tx: tx.allocate_status(LUCHENG, FIRST, 20, expires_on=DAY),
    lambda tx: tx.set_permit_status(FIRST, SUSPENDED),
    lambda tx: tx.add_offer(offer()),
    lambda tx: tx.add_grant(wallet_grant()),
]


@pytest.mark.parametrize("done", range(1, len(STEPS) + 1))
def test_nothing_remains_of_a_block_that_fails_after_any_step(
    storage: IssuerStorage, done: int
) -> None:
    keep_permit(storage)
    before = everything(storage)

    def failing_block() -> None:
        with storage.transaction() as tx:
            for step in STEPS[:done]:
                step(tx)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        failing_block()

    assert everything(storage) == before
    with storage.transaction() as tx:
        assert tx.next_permit_serial(LUCHENG, 2026) == 1


KILLED = """
import os, signal, sys
from tests_storage import STEPS, SqlIssuerStorage, SMALL
storage = SqlIssuerStorage(sys.argv[1], half_bits=SMALL)
with storage.transaction() as tx:
    for step in STEPS[: int(sys.argv[2])]:
        step(tx)
    if len(sys.argv) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
os.kill(os.getpid(), signal.SIGKILL)
"""


def run_killed(url: str, *arguments: str) -> None:
    """Do steps in another process, which dies by SIGKILL inside or right after the block."""
    load = (
        "import importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location('tests_storage', {__file__!r})\n"
        "module = importlib.util.module_from_spec(spec)\n"
        "sys.modules['tests_storage'] = module\n"
        "spec.loader.exec_module(module)\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", load + KILLED, url, *arguments],
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert finished.returncode == -9


def test_sigkill_inside_a_block_leaves_nothing_and_after_it_everything(
    storage: IssuerStorage, register_url: str
) -> None:
    keep_permit(storage)
    before = everything(storage)

    run_killed(register_url, str(len(STEPS)))
    assert everything(storage) == before

    run_killed(register_url, str(len(STEPS)), "after commit")
    after = everything(storage)
    assert after != before
    with storage.reading() as register:
        assert len(register.permits()) == 2
        assert len(register.audit()) == len(register.notices(SECOND)) == 1
        assert len(register.status_values(LUCHENG, 0)) == 16
        assert len(register.status_values(LUCHENG, 1)) == 4


def test_serials_count_up_in_each_county_and_year(storage: IssuerStorage) -> None:
    with storage.transaction() as tx:
        serials = [
            tx.next_permit_serial(county, year)
            for county, year in [(LUCHENG, 2026), (LUCHENG, 2026), (LUCHENG, 2027), (OUHAI, 2026)]
        ]

    assert serials == [1, 2, 1, 1]


def test_every_place_of_every_list_is_given_out_once_and_a_full_list_is_followed(
    storage: IssuerStorage,
) -> None:
    keep_permit(storage)
    with storage.transaction() as tx:
        places = [
            place
            for count in (1, 10, 20, 0, 9)
            for place in tx.allocate_status(LUCHENG, FIRST, count, expires_on=DAY)
        ]

    assert len(places) == len(set(places)) == 40
    assert sorted(p.idx for p in places if p.list_number == 0) == list(range(16))
    assert {p.list_number for p in places} == {0, 1, 2}
    with storage.reading() as register:
        assert register.status_lists(LUCHENG) == [0, 1, 2]
        assert register.status_lists(OUHAI) == []


def test_a_permit_s_status_reaches_every_copy_and_those_made_later(storage: IssuerStorage) -> None:
    keep_permit(storage)
    keep_permit(storage, SECOND)
    with storage.transaction() as tx:
        first = tx.allocate_status(LUCHENG, FIRST, 12, expires_on=DAY)
        tx.allocate_status(LUCHENG, SECOND, 3, expires_on=DAY)
        first += tx.allocate_status(LUCHENG, FIRST, 5, expires_on=DAY)
    with storage.transaction() as tx:
        tx.set_permit_status(FIRST, SUSPENDED)
        first += tx.allocate_status(LUCHENG, FIRST, 2, expires_on=DAY)

    with storage.reading() as register:
        for number in (0, 1):
            expected = {p.idx: SUSPENDED for p in first if p.list_number == number}
            assert register.status_values(LUCHENG, number) == expected
    with storage.transaction() as tx:
        tx.set_permit_status(FIRST, VALID)
        assert tx.status_values(LUCHENG, 0) == tx.status_values(LUCHENG, 1) == {}


def versions(storage: IssuerStorage) -> list[int]:
    with storage.reading() as register:
        return [register.status_version(LUCHENG, n) for n in register.status_lists(LUCHENG)]


def test_a_version_moves_with_the_values_of_its_list_and_not_otherwise(
    storage: IssuerStorage,
) -> None:
    keep_permit(storage)
    keep_permit(storage, SECOND)
    with storage.transaction() as tx:
        tx.allocate_status(LUCHENG, FIRST, 4, expires_on=DAY)
        tx.allocate_status(LUCHENG, SECOND, 14, expires_on=DAY)
    seen = [versions(storage)]
    for number, value in [(FIRST, SUSPENDED), (FIRST, SUSPENDED), (SECOND, INVALID)]:
        with storage.transaction() as tx:
            tx.set_permit_status(number, value)
        seen.append(versions(storage))
    with storage.transaction() as tx:
        tx.allocate_status(LUCHENG, SECOND, 1, expires_on=DAY)
    seen.append(versions(storage))

    changed = [
        [after > before for after, before in zip(new, old, strict=True)]
        for old, new in pairwise(seen)
    ]
    assert changed == [[True, False], [False, False], [True, True], [False, True]]


def test_an_unknown_list_is_an_error_and_not_an_empty_one(storage: IssuerStorage) -> None:
    with storage.reading() as register:
        with pytest.raises(UnknownStatusListError):
            register.status_version(LUCHENG, 0)
        with pytest.raises(UnknownStatusListError):
            register.status_values(LUCHENG, 0)


def test_reading_sees_one_state_and_waits_for_nobody(storage: IssuerStorage) -> None:
    keep_permit(storage)
    with storage.reading() as register:
        assert len(register.permits()) == 1
        with storage.transaction() as tx:
            tx.add_permit(permit(SECOND))
            with storage.reading() as outside:
                assert len(outside.permits()) == 1, "not committed yet"
        assert len(register.permits()) == 1, "the state it began with"
    with storage.reading() as register:
        assert len(register.permits()) == 2


def test_racing_threads_and_processes_never_share_a_place_or_a_link_of_the_chain(
    opened: Opener,
) -> None:
    storages = [opened(half_bits=4) for _ in range(2)]
    keep_permit(storages[0])

    def issue(number: int) -> list[tuple[int, int]]:
        with storages[number % 2].transaction() as tx:
            tx.record(act())
            return list(tx.allocate_status(LUCHENG, FIRST, 3, expires_on=DAY))

    with ThreadPoolExecutor(8) as pool:
        places = [place for taken in pool.map(issue, range(40)) for place in taken]

    assert len(set(places)) == len(places) == 120
    with storages[0].reading() as register:
        entries = register.audit(LUCHENG)
    assert len(entries) == 40
    verify_chain(entries)
