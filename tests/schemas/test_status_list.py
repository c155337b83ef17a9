"""Status lists: the draft's vectors, round trips, and everything that is no list."""

import json
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.base64url import b64url_decode, b64url_encode
from schemas.status_list import (
    StatusList,
    StatusListClaim,
    StatusListError,
    StatusListPayload,
    StatusReference,
    decode_status_list,
    parse_status_payload,
    status_reference,
)

VECTORS = Path(__file__).parents[2].parent / "shared" / "vectors" / "status_list_vectors.json"
URI = "https://issuer.example/330302/status/1"

needs_vectors = pytest.mark.skipif(not VECTORS.is_file(), reason=f"no vectors at {VECTORS}")


def vectors() -> dict[str, Any]:
    contents: dict[str, Any] = json.loads(VECTORS.read_text()) if VECTORS.is_file() else {}
    return contents


def claim_of(raw: bytes, bits: int = 1, after: bytes = b"") -> StatusListClaim:
    return StatusListClaim(bits, b64url_encode(zlib.compress(raw) + after))


@needs_vectors
@pytest.mark.parametrize("vector", vectors().get("vectors", []), ids=lambda v: str(v["name"]))
def test_vectors_of_the_draft(vector: dict[str, Any]) -> None:
    listed = vector.get("non_zero_or_listed") or dict(enumerate(vector["statuses"]))
    listed = {int(idx): value for idx, value in listed.items()}

    status_list = decode_status_list(StatusListClaim(vector["bits"], vector["lst"]))

    assert status_list.raw == StatusList.from_values(vector["bits"], vector["size"], listed).raw
    assert {idx: status_list.value(idx) for idx in listed} == listed
    assert len(status_list) == vector["size"]
    assert decode_status_list(status_list.encode(level=9)).raw == status_list.raw


@needs_vectors
def test_the_token_of_the_draft() -> None:
    token = vectors()["status_list_token"]

    payload = parse_status_payload(b64url_decode(token["jwt"].split(".")[1]))

    assert payload.sub == token["uri"]
    assert payload.iat <= token["at"] < (payload.exp or 0)
    assert [decode_status_list(payload.status_list).value(idx) for idx in range(4)] == [1, 0, 0, 1]


@pytest.mark.parametrize(
    ("bits", "values", "lst"),
    [  # [TSL §4.1, §4.2]
        (1, [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1], "eNrbuRgAAhcBXQ"),
        (2, [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3], "eNo76fITAAPfAgc"),
    ],
)
def test_examples_of_the_text(bits: int, values: list[int], lst: str) -> None:
    status_list = StatusList.from_values(bits, len(values), dict(enumerate(values)))

    assert status_list.encode(level=9) == StatusListClaim(bits, lst)
    assert [status_list.value(idx) for idx in range(len(status_list))] == values


@given(st.sampled_from([1, 2, 4, 8]), st.data())
def test_every_value_comes_back(bits: int, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.integers(0, 2**bits - 1), min_size=1, max_size=40))

    status_list = decode_status_list(
        StatusList.from_values(bits, len(values), dict(enumerate(values))).encode()
    )

    assert [status_list.value(idx) for idx in range(len(values))] == values
    # What fills the last byte says VALID of no one.
    assert [status_list.value(idx) for idx in range(len(values), len(status_list))] == [0] * (
        len(status_list) - len(values)
    )


@pytest.mark.parametrize("idx", [-1, 8, 2**70, 1.0, True, "1", None])
def test_vp59_no_entry_outside_the_list_nor_at_what_is_no_whole_number(idx: Any) -> None:
    with pytest.raises(StatusListError):
        StatusList(1, b"\xff").value(idx)


@pytest.mark.parametrize("bits", [0, 3, 16, -1, True, 1.0, "1", None])
def test_vp58_bits_are_1_2_4_or_8(bits: Any) -> None:
    with pytest.raises(StatusListError):
        decode_status_list(StatusListClaim(bits, claim_of(b"\0").lst))
    with pytest.raises(StatusListError):
        StatusList.from_values(bits, 8, {})


@pytest.mark.parametrize(
    "values", [{8: 1}, {-1: 1}, {0: 4}, {0: -1}], ids=["past", "before", "too big", "negative"]
)
def test_writing_outside_the_list_is_refused(values: dict[int, int]) -> None:
    with pytest.raises(StatusListError):
        StatusList.from_values(2, 8, values)


def test_vp57_a_list_at_the_cap_is_taken_and_one_above_is_not() -> None:
    assert len(decode_status_list(claim_of(bytes(16)), max_entries=128)) == 128
    with pytest.raises(StatusListError, match="more than 128"):
        decode_status_list(claim_of(bytes(17)), max_entries=128)
    with pytest.raises(StatusListError, match="more than 128"):
        decode_status_list(claim_of(bytes(129), bits=8), max_entries=128)


def test_vp57_a_bomb_is_not_inflated() -> None:
    """64 MiB of nothing; what is allocated for it stays below the cap and a bit."""
    bomb = claim_of(bytes(64 * 1024 * 1024))
    tracemalloc.start()
    with pytest.raises(StatusListError, match="more than"):
        decode_status_list(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 2 * 1024 * 1024


@pytest.mark.parametrize(
    "lst",
    [
        claim_of(b"\0", after=b"\0").lst,  # something behind the end
        claim_of(b"\0", after=zlib.compress(b"\1")).lst,  # a second list behind the first
        b64url_encode(zlib.compress(bytes(99))[:-1]),  # checksum cut off
        b64url_encode(zlib.compress(bytes(99))[:-5]),
        b64url_encode(zlib.compress(bytes(99))[:-1] + b"\2"),  # checksum wrong
        b64url_encode(zlib.compress(b"\0", wbits=-15)),  # raw deflate
        b64url_encode(zlib.compress(b"\0", wbits=31)),  # gzip
        claim_of(b"\0").lst + "=",
        "",
    ],
)
def test_vp57_one_whole_zlib_stream_and_nothing_else(lst: str) -> None:
    with pytest.raises(StatusListError):
        decode_status_list(StatusListClaim(1, lst))


GOOD = {"sub": URI, "iat": 1_700_000_000, "status_list": {"bits": 1, "lst": "eNrbuRgAAhcBXQ"}}


def test_a_payload_is_read_and_unknown_claims_are_ignored() -> None:
    times = {"exp": 1_700_000_900, "ttl": 300}
    inner = {"bits": 1, "lst": "eNrbuRgAAhcBXQ", "aggregation_uri": URI}
    claims = {**GOOD, **times, "status_list": inner, "iss": "x"}

    assert parse_status_payload(json.dumps(claims).encode()) == StatusListPayload(
        sub=URI,
        iat=1_700_000_000,
        status_list=StatusListClaim(1, "eNrbuRgAAhcBXQ"),
        exp=1_700_000_900,
        ttl=300,
    )


@pytest.mark.parametrize(
    "change",
    [
        {"sub": None},
        {"sub": 1},
        {"iat": None},
        {"iat": "1700000000"},
        {"iat": True},
        {"iat": 1.5},
        {"iat": 1700000000.0},
        {"iat": -1},
        {"exp": None},
        {"exp": 1.0},
        {"exp": 2**60},
        {"ttl": 0},
        {"ttl": None},
        {"ttl": True},
        {"status_list": None},
        {"status_list": []},
        {"status_list": {"bits": 1}},
        {"status_list": {"lst": "eNrbuRgAAhcBXQ"}},
        {"status_list": {"bits": 3, "lst": "eNrbuRgAAhcBXQ"}},
        {"status_list": {"bits": 1.0, "lst": "eNrbuRgAAhcBXQ"}},
        {"status_list": {"bits": True, "lst": "eNrbuRgAAhcBXQ"}},
        {"status_list": {"bits": 1, "lst": None}},
    ],
    ids=str,
)
def test_a_payload_that_is_none(change: dict[str, Any]) -> None:
    with pytest.raises(StatusListError):
        parse_status_payload(json.dumps({**GOOD, **change}).encode())


@pytest.mark.parametrize("claim", ["sub", "iat", "status_list"])
def test_a_payload_without_a_required_claim(claim: str) -> None:
    with pytest.raises(StatusListError):
        parse_status_payload(json.dumps({k: v for k, v in GOOD.items() if k != claim}).encode())


def test_a_member_twice_is_refused() -> None:
    with pytest.raises(StatusListError, match="twice"):
        parse_status_payload(b'{"sub":"a",' + json.dumps(GOOD).encode()[1:])


def test_a_reference() -> None:
    claims = {"status": {"status_list": {"idx": 412, "uri": URI}, "other": 1}}

    assert status_reference(claims) == StatusReference(412, URI)


@pytest.mark.parametrize(
    "status",
    [
        None,
        "x",
        [],
        {},
        {"status_list": None},
        {"status_list": []},
        {"status_list": [[1]]},
        {"status_list": {"idx": 1}},
        {"status_list": {"uri": URI}},
        {"status_list": {"idx": 1.0, "uri": URI}},
        {"status_list": {"idx": True, "uri": URI}},
        {"status_list": {"idx": -1, "uri": URI}},
        {"status_list": {"idx": "1", "uri": URI}},
        {"status_list": {"idx": None, "uri": URI}},
        {"status_list": {"idx": 2**60, "uri": URI}},
        {"status_list": {"idx": 1, "uri": ""}},
        {"status_list": {"idx": 1, "uri": 5}},
        {"status_list": {"idx": 1, "uri": "https://" + "a" * 2048}},
    ],
    ids=str,
)
def test_vp59_a_reference_that_is_none(status: Any) -> None:
    with pytest.raises(StatusListError):
        status_reference({"status": status})


def test_vp62_no_status_at_all_is_said_and_does_not_crash() -> None:
    with pytest.raises(StatusListError, match="no status"):
        status_reference({})
