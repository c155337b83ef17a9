"""Causes of a cancellation: each has a name in both languages, and old records have none."""

import msgspec
import pytest

from issuer.cancel_cause import CAUSE_NAMES, CancelCause
from issuer.permit import Cancellation


def test_every_cause_has_a_name() -> None:
    assert list(CAUSE_NAMES) == list(CancelCause)
    assert all(zh and en for zh, en in CAUSE_NAMES.values())


@pytest.mark.parametrize("cause", CancelCause)
def test_a_cause_is_kept(cause: CancelCause) -> None:
    written = msgspec.json.encode(
        {"type": "cancellation", "by": "li-3", "reason": "r", "legal_basis": "b"}
        | {"at": "2026-11-23T04:00:00Z", "cause": cause.value}
    )
    read = msgspec.json.decode(written, type=Cancellation)
    assert msgspec.json.decode(msgspec.json.encode(read), type=Cancellation).cause is cause


def test_a_record_from_before_has_none() -> None:
    old = b"""{"type":"cancellation","by":"li-3","reason":"r","legal_basis":"b",
    "at":"2026-11-23T04:00:00Z"}"""
    assert msgspec.json.decode(old, type=Cancellation).cause is None
