"""The endorsement campaign: all permits of a county that are due, endorsed in one go. Pure.

An endorsement of a campaign is an endorsement like any other: the same guards, the same day,
the same consequences. So a campaign for permits in their window never makes a late one, whose
holder would lose years of residence to a delay that is not theirs. Days are Asia/Shanghai,
instants aware. Sources: [ZJ], [SC663 §10].
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from issuer.batch import Outcome, Stage
from issuer.errors import BatchStateError
from issuer.permit import Permit
from issuer.residence_register import ResidenceRegistration
from schemas.divisions import county
from schemas.endorsement_window import add_months


class Due(StrEnum):
    """Which permits a campaign is for."""

    IN_WINDOW = "in_window"
    """Their window is open: endorsing is in time."""
    LAPSED = "lapsed"
    """Their endorsement has run out: endorsing is late, and years count anew."""
    BOTH = "both"


class DuePermit(Struct, frozen=True):
    """What a campaign looks at, of one permit that has not ended."""

    number: str
    citizen_id_number: str
    usable_through: date
    suspended: bool
    """By order."""


class Campaign(Struct, frozen=True, kw_only=True, tag="campaign"):
    """One campaign of a county."""

    id: str
    county: str
    """Six digits [GBT2260]."""
    due: Due
    started_by: str
    """Who decided on these endorsements; each names this officer."""
    started_on: date
    started_at: datetime
    stage: Stage = Stage.RUNNING
    ended_at: datetime | None = None


def last_day_due(on: date) -> date:
    """The latest ``usable_through`` whose window is open ``on`` a day.

    More than the same day a month later at a month's end: on 28 February the windows of
    28, 29, 30 and 31 March are all open.
    """
    last = add_months(on, 1)
    while add_months(last + timedelta(days=1), -1) <= on:
        last += timedelta(days=1)
    return last


def days_due(due: Due, on: date) -> tuple[date, date]:
    """First and last ``usable_through`` that a campaign of this kind is for, both included."""
    first = on if due is Due.IN_WINDOW else date.min
    last = on - timedelta(days=1) if due is Due.LAPSED else last_day_due(on)
    return first, last


def obstacle(
    permit: DuePermit, due: Due, *, registered: bool, applied_for: bool, on: date
) -> Outcome | None:
    """Why the permit is left as it is ``on`` this day; None: it is endorsed.

    Args:
        permit: has not ended.
        due: what the campaign is for.
        registered: whether residence is registered in the permit's county.
        applied_for: whether an application for endorsement waits to be decided.
        on: today.
    """
    first, last = days_due(due, on)
    if permit.usable_through > last:
        return Outcome.NOT_DUE
    if permit.usable_through < first:
        return Outcome.LAPSED
    if permit.suspended:
        return Outcome.SUSPENDED
    if not registered:
        return Outcome.NOT_REGISTERED
    return Outcome.APPLIED_FOR if applied_for else None


def obstacle_now(
    campaign: Campaign, permit: Permit, *, registered: bool, applied_for: bool, on: date
) -> Outcome | None:
    """The same for a permit of the campaign when its turn comes."""
    if permit.ended:
        return Outcome.ENDED
    if permit.county != campaign.county:
        return Outcome.OTHER_COUNTY
    if permit.endorsement.on >= campaign.started_on:
        # On the day of an endorsement no window is open, so this one came after the start.
        return Outcome.ENDORSED
    seen = DuePermit(
        number=permit.number,
        citizen_id_number=permit.resident.citizen_id_number,
        usable_through=permit.usable_through,
        suspended=permit.order is not None,
    )
    return obstacle(seen, campaign.due, registered=registered, applied_for=applied_for, on=on)


def registered_in(
    county_code: str, registrations: Iterable[ResidenceRegistration], *, on: date
) -> bool:
    """Whether one of them holds ``on`` a day in the county, under whichever of its codes."""
    place = county(county_code)
    return any(held.holds_on(on) and county(held.county) == place for held in registrations)


def stop(campaign: Campaign, *, at: datetime) -> Campaign:
    """Ended before its end. Raises ``BatchStateError`` unless it is running."""
    if campaign.stage is not Stage.RUNNING:
        raise BatchStateError(f"nobody can stop a campaign that is {campaign.stage}")
    return replace(campaign, stage=Stage.STOPPED, ended_at=at)
