"""A permit that goes on with new copies: what stays, what changes, and when it cannot."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from issuer.cancel_cause import CancelCause
from issuer.errors import PermitStateError
from issuer.permit import Permit, cancel, suspend
from issuer.permit_corrections import correct, reissue

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
WHY = {"by": "li-3", "reason": "r", "legal_basis": "b"}


def test_a_replaced_permit_is_the_same_permit(permit: Permit) -> None:
    assert reissue(permit) == permit


def test_only_what_is_put_right_changes(permit: Permit) -> None:
    married = replace(permit.resident, name="李示范")
    after = correct(permit, resident=married, residence_address="示范路2号", county_code="330304")

    assert after == replace(
        permit, resident=married, residence_address="示范路2号", county="330304"
    )
    for name in ("number", "issued_on", "endorsements", "continuous_residence_since"):
        assert getattr(after, name) == getattr(permit, name)


def test_another_unit_is_a_move(permit: Permit) -> None:
    with pytest.raises(PermitStateError, match="another unit"):
        correct(permit, resident=permit.resident, residence_address="x", county_code="330381")


def test_neither_leads_around_an_order_nor_back_from_the_end(permit: Permit) -> None:
    for held, why in (
        (suspend(permit, at=NOW, **WHY), "suspended by order"),
        (cancel(permit, cause=CancelCause.MOVED_AWAY, at=NOW, **WHY), "ended for good"),
    ):
        with pytest.raises(PermitStateError, match=why):
            reissue(held)
        with pytest.raises(PermitStateError, match=why):
            correct(held, resident=held.resident, residence_address="x", county_code="330302")
