"""The permit as its holder sees it: the display view and the state it is in.

Everything is read from the copies themselves, which were checked on receipt; of what the
issuer did since, the last word heard from its status list counts. Days are Asia/Shanghai.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from msgspec import UNSET, Struct, UnsetType

from holder_sim.held_credential import HeldCopy, Holdings, Standing
from schemas.divisions import County, county
from schemas.endorsement_window import add_months, day_of
from schemas.permit_credential import (
    FULL_CONFIGURATION,
    PASS_CONFIGURATION,
    PermitRecord,
    RecordClaims,
    permit_payload,
    permit_record,
)
from schemas.status_list import INVALID, SUSPENDED

MASK: Final = "*"
_SHOWN_FIRST, _SHOWN_LAST = 3, 4
"""Digits of the citizen number that stay readable, as forms in use mask it."""


class PermitState(StrEnum):
    """What a holder can do with the permit today [SC663 §10]."""

    USABLE = "usable"
    ENDORSABLE = "endorsable"
    """Usable, and the yearly endorsement can be asked for."""
    LAPSED = "lapsed"
    """Use is suspended for want of an endorsement; a late one restores it."""
    SUSPENDED = "suspended"
    """Suspended by an act of the issuer."""
    ENDED = "ended"
    """Revoked or cancelled, for good."""


class PermitView(Struct, frozen=True, kw_only=True):
    """What the card shows; what the copies do not hold is ``None``."""

    name: str | None
    number: str | None
    """The citizen number [GB11643]."""
    number_masked: str | None
    sex: str | None
    """Code [GBT2261]."""
    ethnic_group: str | None
    """Code [GBT3304]."""
    birthdate: date | None
    registered_address: str | None
    residence_address: str | None
    issuing_authority: str | None
    date_of_issuance: date | None
    permit_number: str | None
    continuous_residence_since: date | None
    place: County
    usable_through: date
    endorsable_from: date
    """First day on which the endorsement can be asked for."""
    days_left: int
    """Until the last day of use; negative after it."""
    state: PermitState
    standing_as_of: datetime | None
    """Since when the issuer's word on the state is known, UTC."""
    has_portrait: bool
    copies: int
    unused: int
    """Of the copies that codes are made of, those that no counter has seen."""


def permit_view(holdings: Holdings, now: datetime) -> PermitView | None:
    """The card of what is held; ``None`` where nothing is."""
    copy = _fullest(holdings)
    if copy is None:
        return None
    payload, claims = permit_payload(copy.payload()), copy.claims()
    record = permit_record(claims)
    inner = record.record if record.record is not UNSET else RecordClaims()
    through, today = payload.endorsement.usable_through, day_of(now)
    lapsed = payload.exp <= now.timestamp()
    for_codes = _for_codes(holdings)
    return PermitView(
        **_person(record, inner),
        place=county(payload.jurisdiction),
        usable_through=through,
        endorsable_from=add_months(through, -1),
        days_left=(through - today).days,
        state=_state(holdings.standing, lapsed=lapsed, opens=add_months(through, -1) <= today),
        standing_as_of=holdings.standing.as_of if holdings.standing else None,
        has_portrait=inner.portrait is not UNSET,
        copies=len(for_codes),
        unused=sum(held.times_shown == 0 for held in for_codes),
    )


def portrait_of(holdings: Holdings) -> str | None:
    """The portrait as the issuer signed it, a ``data:`` URL; ``None`` where there is none."""
    copy = _fullest(holdings)
    inner = permit_record(copy.claims()).record if copy else UNSET
    return None if inner is UNSET else _or_none(inner.portrait)


def masked(number: str) -> str:
    """The number with its middle hidden; the length stays."""
    hidden = max(0, len(number) - _SHOWN_FIRST - _SHOWN_LAST)
    return number[:_SHOWN_FIRST] + MASK * hidden + number[len(number) - _SHOWN_LAST :]


def _person(record: PermitRecord, inner: RecordClaims) -> dict[str, Any]:
    number = _or_none(record.citizen_id_number)
    plain = ("name", "birthdate", "residence_address", "permit_number")
    return {
        **{name: _or_none(getattr(record, name)) for name in plain},
        "continuous_residence_since": _or_none(record.continuous_residence_since),
        "number": number,
        "number_masked": masked(number) if number else None,
        "sex": _or_none(inner.sex),
        "ethnic_group": _or_none(inner.ethnic_group),
        "registered_address": _or_none(inner.registered_address),
        "issuing_authority": _or_none(inner.issuing_authority),
        "date_of_issuance": _or_none(inner.date_of_issuance),
    }


def _state(standing: Standing | None, *, lapsed: bool, opens: bool) -> PermitState:
    value = standing.value if standing else 0
    if value == INVALID:
        return PermitState.ENDED
    if value == SUSPENDED:
        return PermitState.SUSPENDED
    if lapsed:
        return PermitState.LAPSED
    return PermitState.ENDORSABLE if opens else PermitState.USABLE


def _fullest(holdings: Holdings) -> HeldCopy | None:
    copies = sorted(holdings.copies, key=lambda held: held.configuration != FULL_CONFIGURATION)
    return copies[0] if copies else None


def _for_codes(holdings: Holdings) -> list[HeldCopy]:
    passes = [held for held in holdings.copies if held.configuration == PASS_CONFIGURATION]
    return passes or list(holdings.copies)


def _or_none(value: Any | UnsetType) -> Any:
    return None if value is UNSET else value
