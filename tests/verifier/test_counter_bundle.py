"""The whole bundle: every byte counts, and nothing it says is ever taken back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.bundle_errors import (
    BundleError,
    BundleForeignError,
    BundleOutdatedError,
    BundleSpoiltError,
    BundleTruncatedError,
)
from verifier.counter_bundle import (
    DIVISIONS,
    ITEMS,
    TRUST_LIST,
    Bundle,
    check_succession,
    issuer_of,
    read_bundle,
)

EPOCH = datetime.fromtimestamp(0, UTC)


def read(bundles: Any, data: bytes, **changes: Any) -> Bundle:
    made: dict[str, Any] = {"root": bundles.world.root, "at": bundles.world.now}
    return read_bundle(data, **made | changes)


def test_what_was_put_in_comes_out(bundles: Any) -> None:
    lines, told = bundles.lines(), []
    data = bundles.bundle(lines)
    bundle = read(bundles, data, progress=lambda done, total: told.append((done, total)))

    assert bundle.whole() == data
    assert bundle.parts == lines
    assert (bundle.document(DIVISIONS), bundle.document(ITEMS)) == (b"divisions", b"items")
    assert bundle.trust_list.sequence == bundles.world.sequence
    assert [each.uri for each in bundle.lists] == [bundles.world.lucheng.status_uri]
    assert bundle.lists[0].issuer == bundles.world.trusted(bundles.world.lucheng)
    assert bundle.made_at == bundles.world.now
    assert told == [(1, 1)]


def test_every_byte_counts(bundles: Any) -> None:
    data = bundles.bundle()
    for at, byte in enumerate(data):
        with pytest.raises(BundleError):
            read(bundles, data[:at] + bytes([byte ^ 1]) + data[at + 1 :])


def test_cut_anywhere_it_is_not_taken(bundles: Any) -> None:
    data = bundles.bundle()
    for end in range(0, len(data), 11):
        with pytest.raises(BundleError):
            read(bundles, data[:end])


def test_a_line_left_out_or_added_is_noticed(bundles: Any) -> None:
    lines = bundles.bundle().split(b"\n")

    for wrong in (lines[:-2] + lines[-1:], [*lines[:-1], b"x", b""]):
        with pytest.raises(BundleTruncatedError, match="parts where 4 were signed for"):
            read(bundles, b"\n".join(wrong))


@given(data=st.binary(max_size=300))
def test_anything_at_all_is_an_error_or_a_bundle(data: bytes) -> None:
    with pytest.raises(BundleError):
        read_bundle(data, root=b"", at=EPOCH)


def test_parts_that_nobody_answers_for(bundles: Any, new_bundles: Any) -> None:
    world, other = bundles.world, type(bundles.world)()
    wrong = [
        bundles.lines(trust=other.trust_token()),
        bundles.lines(**{"1": other.status_token()}),
        bundles.lines(**{"1": world.status_token(key=world.pingyang.status_key)}),
        bundles.lines(**{"2": world.status_token()}),  # another list's address
        bundles.lines() | {"https://elsewhere.example/status/1": world.status_token()},
        {name: line for name, line in bundles.lines().items() if name != TRUST_LIST},
    ]
    for lines in wrong:
        with pytest.raises(BundleForeignError):
            read(bundles, bundles.bundle(lines))


def test_a_document_is_base64url(bundles: Any) -> None:
    with pytest.raises(BundleSpoiltError, match="document"):
        read(bundles, bundles.bundle(bundles.lines() | {ITEMS: "a+b/"}))


def test_a_bundle_may_be_older_than_its_lists_last(bundles: Any) -> None:
    later = bundles.world.now + timedelta(days=3)

    bundle = read(bundles, bundles.bundle(), at=later)

    assert bundle.lists[0].ends_s < later.timestamp()


def test_of_two_issuers_above_an_address_the_nearer_answers(world: Any) -> None:
    nested = world.trusted(world.lucheng, issuer=f"{world.lucheng.issuer}/status")
    trust_list = world.trust_list(world.trusted(world.lucheng), nested)

    assert issuer_of(world.lucheng.status_uri, trust_list) == nested
    assert issuer_of(world.lucheng.issuer, trust_list) is None


def newer(bundles: Any, **lines: Any) -> Bundle:
    now = bundles.world.now + timedelta(seconds=30)
    return read(bundles, bundles.bundle(bundles.lines(**lines), now=now), at=now)


def test_a_newer_one_may_follow_and_the_same_one_too(bundles: Any) -> None:
    held = read(bundles, bundles.bundle())

    check_succession(newer(bundles), held)
    check_succession(held, held)


def test_nothing_is_taken_back(bundles: Any) -> None:
    world = bundles.world
    now_s = int(world.now.timestamp())
    held = newer(bundles)
    older_list = newer(bundles, **{"1": world.status_token(iat=now_s - 11)})
    older_trust = newer(bundles, trust=world.trust_token(sequence=world.sequence - 1))
    first = read(bundles, bundles.bundle())

    with pytest.raises(BundleOutdatedError, match=f"not newer than {held.sequence}"):
        check_succession(first, held)
    with pytest.raises(BundleOutdatedError, match=f"not newer than {held.sequence}"):
        check_succession(newer(bundles), held)  # the same number, signed once more
    with pytest.raises(BundleOutdatedError, match="status list"):
        check_succession(older_list, first)
    with pytest.raises(BundleOutdatedError, match="trust list"):
        check_succession(older_trust, first)
