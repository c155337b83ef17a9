"""The signed first line: who may sign it, when it holds, and what is no bundle at all."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from keys.certificates import Role
from keys.jws import sign_jws, x5c_header
from verifier import bundle_manifest
from verifier.bundle_errors import (
    BundleForeignError,
    BundleFromTheFutureError,
    BundleSpoiltError,
    BundleTooLargeError,
    BundleTruncatedError,
)
from verifier.bundle_manifest import (
    BUNDLE_TYP,
    MAX_AHEAD_S,
    Signed,
    read_manifest,
    sign_manifest,
    split_lines,
    write_lines,
)

PARTS = {"a": "first", "b": "second"}


def signed(bundles: Any, **changes: Any) -> Signed:
    made: dict[str, Any] = {"after": 0, "key": bundles.key, "now": bundles.world.now}
    return sign_manifest(PARTS, **made | changes)


def test_what_was_signed_is_read(bundles: Any) -> None:
    made = signed(bundles)

    assert read_manifest(made.token, root=bundles.world.root, at=bundles.world.now) == made
    assert made.made_at == bundles.world.now


def test_numbers_rise_with_time_and_never_stand_still(bundles: Any) -> None:
    now_s = int(bundles.world.now.timestamp())

    assert signed(bundles).manifest.sequence == now_s
    assert signed(bundles, after=now_s).manifest.sequence == now_s + 1
    assert signed(bundles, after=now_s + 9).manifest.sequence == now_s + 10


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.BUNDLE])
def test_a_key_certified_for_anything_else_signs_no_bundle(bundles: Any, role: Role) -> None:
    key = bundles.world._certified(role, "Somebody", "https://counter.example")
    made = signed(bundles, key=key)

    with pytest.raises(BundleForeignError):
        read_manifest(made.token, root=bundles.world.root, at=bundles.world.now)


def test_another_province_is_told_apart(bundles: Any, new_bundles: Any) -> None:
    other = new_bundles(type(bundles.world)())
    made = signed(other)

    with pytest.raises(BundleForeignError, match="not made for this province"):
        read_manifest(made.token, root=bundles.world.root, at=bundles.world.now)


def test_a_bundle_from_the_future_shows_a_wrong_clock(bundles: Any) -> None:
    now = bundles.world.now
    made = signed(bundles, now=now + timedelta(seconds=MAX_AHEAD_S + 1))

    with pytest.raises(BundleFromTheFutureError) as refused:
        read_manifest(made.token, root=bundles.world.root, at=now)
    assert "clock" in refused.value.remedy
    assert read_manifest(made.token, root=bundles.world.root, at=now + timedelta(seconds=1)) == made


@pytest.mark.parametrize(
    ("payload", "typ"),
    [
        (b"{}", BUNDLE_TYP),
        (b'{"sequence":1,"sequence":2,"iat":0,"parts":[]}', BUNDLE_TYP),
        (b'{"sequence":0,"iat":0,"parts":[]}', BUNDLE_TYP),
        (b'{"sequence":1,"iat":99999999999999,"parts":[]}', BUNDLE_TYP),
        (b'{"sequence":1,"iat":0,"parts":[{"name":"a","sha256":"A"}]}', BUNDLE_TYP),
        (b'{"sequence":1,"iat":0,"parts":[]}', "JWT"),
    ],
    ids=["empty", "twice", "no-number", "no-time", "no-digest", "typ"],
)
def test_what_is_no_manifest(bundles: Any, payload: bytes, typ: str) -> None:
    token = sign_jws(payload, typ=typ, key=bundles.key, x5c=x5c_header(bundles.key))

    with pytest.raises(BundleSpoiltError):
        read_manifest(token, root=bundles.world.root, at=bundles.world.now)


def test_a_part_is_named_once(bundles: Any) -> None:
    part = {"name": "a", "sha256": "0" * 64}
    payload = msgspec.json.encode({"sequence": 1, "iat": 0, "parts": [part, part]})
    token = sign_jws(payload, typ=BUNDLE_TYP, key=bundles.key, x5c=x5c_header(bundles.key))

    with pytest.raises(BundleSpoiltError, match="twice"):
        read_manifest(token, root=bundles.world.root, at=bundles.world.now)


def test_lines_are_written_and_split() -> None:
    assert split_lines(write_lines("t", ("a", "", "b"))) == ("t", ("a", "", "b"))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", BundleTruncatedError),
        (b"token\nline", BundleTruncatedError),
        (b"\xff\n", BundleSpoiltError),
        (b"\n" * (bundle_manifest.MAX_PARTS + 2), BundleTooLargeError),
    ],
    ids=["empty", "cut", "binary", "lines"],
)
def test_what_is_no_file_of_lines(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        split_lines(data)


def test_size_is_looked_at_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle_manifest, "MAX_BUNDLE_BYTES", 10)

    with pytest.raises(BundleTooLargeError):
        split_lines(b"\xff" * 11)
