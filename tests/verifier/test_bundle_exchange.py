"""Bundles on their way: made when something changed, fetched as changes, put to use."""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from schemas.base64url import b64url_encode
from verifier import bundle_exchange
from verifier.bundle_delta import delta_of
from verifier.bundle_errors import (
    BundleError,
    BundleForeignError,
    BundleOutdatedError,
    BundleTooLargeError,
)
from verifier.bundle_exchange import ITEMS_COPY, BundleExchange, own_divisions
from verifier.bundle_manifest import BUNDLE_MEDIA_TYPE
from verifier.bundle_store import BundleStore
from verifier.checks.revocation import StatusKnowledge, StatusUnavailable
from verifier.counter_bundle import DIVISIONS, ITEMS, read_bundle
from verifier.errors import FetchError, TrustListUnavailableError
from verifier.service_items import ITEMS_FILE

ITEMS_TEXT = ITEMS_FILE.read_bytes()


class Side:
    """One verifier's exchange with caches of its own, over a clock that a test moves."""

    def __init__(self, counters: Any, bundles: Any, *, makes: bool = False) -> None:
        self.counters = counters
        self.world = counters.world
        self.bundles = bundles
        self.later = timedelta()
        self.directory = counters.directory / "bundle"
        self.store = BundleStore(self.directory, root=self.world.root)
        self.exchange = BundleExchange(
            store=self.store,
            directory=self.directory,
            trust=counters.trust,
            statuses=counters.statuses,
            clock=lambda: self.world.now + self.later,
            items=ITEMS_TEXT,
            key=bundles.key if makes else None,
            source="" if makes else f"{self.world.base_url}/bundle",
        )

    async def learn(self) -> None:
        """As a verifier that is connected."""
        now = self.world.now + self.later
        await self.counters.trust.refresh(now)
        uri, issuer = self.world.lucheng.status_uri, self.world.trusted(self.world.lucheng)
        await self.counters.statuses.known(uri, issuer, now)

    def known(self) -> StatusKnowledge | StatusUnavailable:
        found: StatusKnowledge | StatusUnavailable = self.counters.statuses.held(
            self.world.lucheng.status_uri,
            self.world.trusted(self.world.lucheng),
            self.world.now + self.later,
        )
        return found

    def serve(self, data: bytes, base: str = "", status: str = "200 OK") -> None:
        path = f"/bundle?base={base}" if base else "/bundle"
        self.counters.web.put(path, data, media_type=BUNDLE_MEDIA_TYPE, status=status)


@pytest.fixture
def maker(counters: Any, new_bundles: Any) -> Side:
    return Side(counters, new_bundles(counters.world), makes=True)


@pytest.fixture
def reader(counters: Any, new_bundles: Any) -> Side:
    """Reaches the source only: the issuer's addresses answer nothing."""
    counters.web.answers.clear()
    return Side(counters, new_bundles(counters.world))


async def test_what_is_held_goes_into_a_bundle(maker: Side) -> None:
    await maker.learn()

    assert await maker.exchange.make() is True
    made = maker.store.current()
    assert [each.uri for each in made.lists] == [maker.world.lucheng.status_uri]
    assert made.trust_list.sequence == maker.world.sequence
    assert (made.document(DIVISIONS), made.document(ITEMS)) == (own_divisions(), ITEMS_TEXT)
    assert read_bundle(made.whole(), root=maker.world.root, at=maker.world.now) == made


async def test_a_new_one_is_made_only_when_something_changed(maker: Side) -> None:
    await maker.learn()
    await maker.exchange.make()
    first = maker.store.current()
    maker.later = timedelta(seconds=70)

    assert await maker.exchange.make() is False
    maker.counters.publish({5: 1}, iat=int(maker.world.now.timestamp()) + 60)
    await maker.learn()
    assert await maker.exchange.make() is True
    assert maker.store.current().sequence > first.sequence


async def test_without_a_trust_list_none_is_made(maker: Side) -> None:
    maker.counters.web.answers.clear()

    with pytest.raises(TrustListUnavailableError):
        await maker.exchange.make()
    await maker.exchange.go_out()  # which only tells the log
    assert maker.store.held is None


async def test_a_key_of_another_province_makes_none(counters: Any, new_bundles: Any) -> None:
    side = Side(counters, new_bundles(type(counters.world)()), makes=True)
    await side.learn()

    with pytest.raises(BundleForeignError):
        await side.exchange.make()


async def test_who_has_no_key_makes_none(reader: Side) -> None:
    assert reader.exchange.makes is False
    assert await reader.exchange.make() is False


async def test_a_reader_knows_what_the_bundle_says(reader: Side) -> None:
    reader.serve(reader.bundles.bundle())

    assert await reader.exchange.come_in() is True
    known = reader.known()
    assert isinstance(known, StatusKnowledge)
    assert known.age_s == 10, "from its signature, however it came here"
    assert reader.counters.trust.current(reader.world.now).sequence == reader.world.sequence
    assert reader.counters.web.requests == ["/bundle"]


async def test_the_source_is_asked_for_changes(reader: Side) -> None:
    world, bundles = reader.world, reader.bundles
    reader.serve(bundles.bundle())
    await reader.exchange.come_in()
    first = reader.store.current()
    reader.later = timedelta(seconds=60)
    now = world.now + reader.later
    token = world.status_token(values={5: 1}, iat=int(now.timestamp()))
    data = bundles.bundle(bundles.lines(**{"1": token}), now=now)
    second = read_bundle(data, root=world.root, at=now)
    reader.serve(delta_of(second.signed, second.lines, first.parts), base=first.etag)

    assert await reader.exchange.fetch() is True
    known = reader.known()
    assert isinstance(known, StatusKnowledge)
    assert known.status_list.value(5) == 1
    assert f'if-none-match: "{first.etag}"' in reader.counters.web.heads[-1]


async def test_nothing_new_is_no_fault(reader: Side) -> None:
    reader.serve(reader.bundles.bundle())
    await reader.exchange.come_in()
    reader.serve(b"", base=reader.store.current().etag, status="304 Not Modified")

    assert await reader.exchange.fetch() is False
    assert await reader.exchange.come_in() is True


async def test_changes_to_another_bundle_are_followed_by_the_whole(reader: Side) -> None:
    world, bundles = reader.world, reader.bundles
    reader.serve(bundles.bundle())
    await reader.exchange.come_in()
    held = reader.store.current()
    reader.later = timedelta(seconds=60)
    data = bundles.bundle(now=world.now + reader.later)
    whole = read_bundle(data, root=world.root, at=world.now + reader.later)
    wrong_base = {name: "x" * 700 for name in whole.parts}
    delta = delta_of(whole.signed, ("",) * len(whole.lines), wrong_base)
    reader.serve(delta.replace(b"\n\n", b"\n=0:" + b"y" * 64 + b"\n"), base=held.etag)
    reader.serve(data)

    assert await reader.exchange.fetch() is True
    assert reader.store.current() == whole


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (b"x", "200 OK", BundleError),
        (b"", "500 Internal Server Error", FetchError),
        (b"", "304 Not Modified", FetchError),  # though nothing was held
    ],
)
async def test_a_bad_answer_leaves_what_was_held(
    reader: Side, body: bytes, status: str, error: type[Exception]
) -> None:
    reader.serve(body, status=status)

    with pytest.raises(error):
        await reader.exchange.fetch()
    assert await reader.exchange.come_in() is False
    assert reader.store.held is None


async def test_an_endless_answer_is_not_read_to_its_end(
    reader: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle_exchange, "MAX_BUNDLE_BYTES", 10)
    reader.serve(b"x" * 11)

    with pytest.raises(BundleTooLargeError, match="the source sent"):
        await reader.exchange.fetch()


async def test_a_source_that_does_not_answer(reader: Side) -> None:
    reader.exchange._source = "http://127.0.0.1:9/bundle"

    with pytest.raises(FetchError, match="does not answer"):
        await reader.exchange.fetch()


async def test_an_older_bundle_from_the_source_changes_nothing(reader: Side) -> None:
    reader.serve(reader.bundles.bundle(after=int(reader.world.now.timestamp())))
    await reader.exchange.come_in()
    held = reader.store.current()
    reader.serve(reader.bundles.bundle(), base=held.etag)

    with pytest.raises(BundleOutdatedError):
        await reader.exchange.fetch()
    assert reader.store.current() is held


async def test_after_a_restart_the_disk_is_enough(
    reader: Side, new_counters: Any, new_bundles: Any
) -> None:
    reader.serve(reader.bundles.bundle())
    await reader.exchange.come_in()
    for path in (reader.counters.directory / "status-lists").iterdir():
        path.unlink()  # so that the bundle alone is left
    again = new_counters()
    again.web.answers.clear()
    side = Side(again, reader.bundles)

    assert await side.exchange.come_in() is False
    assert isinstance(side.known(), StatusKnowledge)


async def test_lists_that_ran_out_since_are_not_believed(reader: Side) -> None:
    reader.serve(reader.bundles.bundle())
    reader.later = timedelta(days=2)

    await reader.exchange.come_in()

    assert isinstance(reader.known(), StatusUnavailable)


async def test_a_newer_list_than_the_bundles_stays(maker: Side) -> None:
    now_s = int(maker.world.now.timestamp())
    maker.counters.publish({5: 1}, iat=now_s - 5)
    await maker.learn()
    bundle = read_bundle(maker.bundles.bundle(), root=maker.world.root, at=maker.world.now)

    assert await maker.exchange.put_to_use(bundle) == 0
    known = maker.known()
    assert isinstance(known, StatusKnowledge)
    assert known.status_list.value(5) == 1


async def test_service_items_come_along_if_they_are_sound(
    reader: Side, caplog: pytest.LogCaptureFixture
) -> None:
    lines = reader.bundles.lines()
    good = read_bundle(
        reader.bundles.bundle(lines | {ITEMS: b64url_encode(ITEMS_TEXT)}),
        root=reader.world.root,
        at=reader.world.now,
    )
    bad = read_bundle(reader.bundles.bundle(lines), root=reader.world.root, at=reader.world.now)
    reader.directory.mkdir()
    copy = Path(reader.directory / ITEMS_COPY)

    with caplog.at_level(logging.WARNING):
        await reader.exchange.put_to_use(good)
        assert copy.read_bytes() == ITEMS_TEXT
        await reader.exchange.put_to_use(bad)
    assert copy.read_bytes() == ITEMS_TEXT
    assert "service items are not used" in caplog.text
    assert "another table of divisions" in caplog.text
