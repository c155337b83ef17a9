"""Published lists: what they say, how long they stay the same, and when they must change."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from issuer.errors import UnknownStatusListError
from issuer.permit import Permit
from issuer.status_publication import PublishedList, StatusPublication, status_uri
from issuer.storage import IssuerStorage, StatusEntry
from keys.county_keys import CountyKeys, load_county_keys
from keys.jws import parse_jws, verify_jws
from keys.province import Province
from keys.trust_list import trusted_status_key
from schemas.status_list import (
    STATUS_LIST_TYP,
    SUSPENDED,
    VALID,
    StatusList,
    StatusListPayload,
    decode_status_list,
    parse_status_payload,
)

BASE = "https://permit.zj.example"
LUCHENG = "330302"
START = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TTL_S = 300


class Time:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def after(self, seconds: int) -> None:
        self.now = START + timedelta(seconds=seconds)


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Province:
    made = Province(Path(tmp_path_factory.mktemp("keys")))
    made.initialise(
        issuer_url=BASE, counties=[LUCHENG], verifier_url="https://counter.zj.example", now=START
    )
    return made


@pytest.fixture(scope="module")
def keys(province: Province) -> CountyKeys:
    return load_county_keys(province.directory, base_url=BASE, county=LUCHENG)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def places(storage: IssuerStorage, permit: Permit) -> list[StatusEntry]:
    with storage.transaction() as tx:
        return tx.allocate_status(LUCHENG, permit.number, 3, expires_on=date(2027, 11, 23))


@pytest.fixture
def publication(storage: IssuerStorage, keys: CountyKeys, time: Time) -> StatusPublication:
    return StatusPublication(storage, {LUCHENG: keys}, time, ttl_s=TTL_S)


def test_whoever_waited_for_the_signer_gets_what_was_signed_meanwhile(
    storage: IssuerStorage, keys: CountyKeys, places: list[StatusEntry]
) -> None:
    """With a clock read before waiting, the list would be signed again, and for the past."""
    seconds, second_asked = iter((0, 1)), Event()

    def clock() -> datetime:
        now = START + timedelta(seconds=next(seconds))
        if now == START:
            second_asked.wait(0.3)  # unless the lock is held, the other overtakes
        else:
            second_asked.set()
        return now

    published = StatusPublication(storage, {LUCHENG: keys}, clock, ttl_s=TTL_S)
    with ThreadPoolExecutor(2) as pool:
        tokens = [pool.submit(published.token, LUCHENG, 0) for _ in range(2)]

    assert len({token.result().token for token in tokens}) == 1


def set_status(storage: IssuerStorage, permit: Permit, value: int) -> None:
    with storage.transaction() as tx:
        tx.set_permit_status(permit.number, value)


def opened(published: PublishedList) -> tuple[StatusListPayload, StatusList]:
    payload = parse_status_payload(parse_jws(published.token, typ=STATUS_LIST_TYP).payload)
    return payload, decode_status_list(payload.status_list)


def test_a_verifier_with_the_trust_list_reads_every_copy_s_status(
    publication: StatusPublication,
    storage: IssuerStorage,
    permit: Permit,
    places: list[StatusEntry],
    province: Province,
    keys: CountyKeys,
) -> None:
    set_status(storage, permit, SUSPENDED)
    published = publication.token(LUCHENG, 0)
    jws = parse_jws(published.token, typ=STATUS_LIST_TYP)
    issuer = province.held_trust_list().issuer(keys.issuer, on=date(2026, 11, 23))
    verify_jws(jws, trusted_status_key(jws, issuer, at=START))

    payload, statuses = opened(published)
    at = int(START.timestamp())
    assert payload.sub == status_uri(keys.issuer, 0) == f"{BASE}/{LUCHENG}/status/0"
    assert (payload.iat, payload.exp, payload.ttl) == (at, at + 86_400, TTL_S)
    assert (len(statuses), statuses.bits) == (2**20, 2)
    assert [statuses.value(place.idx) for place in places] == [SUSPENDED] * 3
    assert sum(map(bool, statuses.raw)) <= 3


def test_everyone_gets_the_same_bytes_until_half_the_time_to_live(
    publication: StatusPublication, places: list[StatusEntry], time: Time
) -> None:
    first = publication.token(LUCHENG, 0)
    time.after(TTL_S // 2 - 1)
    with ThreadPoolExecutor(4) as pool:
        later = set(pool.map(lambda _: publication.token(LUCHENG, 0), range(8)))
    time.after(TTL_S // 2)
    renewed = publication.token(LUCHENG, 0)

    assert first.max_age_s == renewed.max_age_s == TTL_S
    assert later == {PublishedList(first.token, first.etag, max_age_s=TTL_S // 2 + 1)}
    assert renewed.token != first.token
    assert renewed.etag != first.etag


def test_a_change_is_published_at_once(
    publication: StatusPublication,
    storage: IssuerStorage,
    permit: Permit,
    places: list[StatusEntry],
) -> None:
    seen = []
    for value in (VALID, SUSPENDED, VALID):
        set_status(storage, permit, value)
        published = publication.token(LUCHENG, 0)
        seen.append(opened(published)[1].value(places[0].idx))

    assert seen == [VALID, SUSPENDED, VALID]


def test_new_copies_of_usable_permits_change_nothing_that_is_published(
    publication: StatusPublication,
    storage: IssuerStorage,
    permit: Permit,
    places: list[StatusEntry],
) -> None:
    first = publication.token(LUCHENG, 0)
    with storage.transaction() as tx:
        tx.allocate_status(LUCHENG, permit.number, 5, expires_on=date(2027, 11, 23))

    assert publication.token(LUCHENG, 0) == first


def test_a_clock_set_back_is_no_reason_to_publish_a_token_of_the_future(
    publication: StatusPublication, places: list[StatusEntry], time: Time
) -> None:
    publication.token(LUCHENG, 0)
    time.after(-3600)

    payload, _ = opened(publication.token(LUCHENG, 0))

    assert payload.iat == int(time.now.timestamp())


@pytest.mark.parametrize(("county", "number"), [(LUCHENG, 1), (LUCHENG, -1), ("330304", 0)])
def test_what_is_not_published_here(
    publication: StatusPublication, places: list[StatusEntry], county: str, number: int
) -> None:
    with pytest.raises(UnknownStatusListError):
        publication.token(county, number)
