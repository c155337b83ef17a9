"""Notices that an endorsement is due: 30, 7 and 1 days before a permit can no longer be used.

A job calls this at least once a day; called more often, it says nothing twice. A day without
the job is made up for: whoever has 20 days left and was told nothing is told of the thirty.
Each is said once for each endorsement period, and never to those whose permit has ended or
is suspended by order. Days are Asia/Shanghai, instants aware. Source: [ZJ].
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from issuer.campaign_storage import ExpiringPermit
from issuer.storage import IssuerStorage, IssuerTransaction, Notice
from schemas.endorsement_window import add_months, day_of

DAYS_BEFORE: Final = (1, 7, 30)
"""How long before the last day of use, the nearest first."""
PORTION: Final = 200
"""Permits in one transaction."""


def stage_of(usable_through: date, on: date) -> int | None:
    """Which of the notices is due ``on`` a day: 30, 7 or 1; None: none is."""
    left = (usable_through - on).days
    return next((days for days in DAYS_BEFORE if 0 < left <= days), None)


def kind_of(stage: int) -> str:
    """The notice's kind."""
    return f"endorsement_due_{stage}"


def queue_due_notices(storage: IssuerStorage, now: datetime) -> Counter[str]:
    """Queue every notice that is due and was not queued; how many of each kind. Blocks."""
    on = day_of(now)
    after: ExpiringPermit | None = None
    queued: Counter[str] = Counter()
    while True:
        with storage.transaction() as tx:
            some = tx.expiring_permits(
                on, on + timedelta(days=DAYS_BEFORE[-1]), after=after, limit=PORTION
            )
            for notice in _unsaid(tx, some, now):
                tx.add_notice(notice)
                queued[notice.kind] += 1
        if not some:
            return queued
        after = some[-1]


def _unsaid(
    tx: IssuerTransaction, permits: list[ExpiringPermit], now: datetime
) -> Iterator[Notice]:
    kinds = [kind_of(stage) for stage in DAYS_BEFORE]
    said = {
        (notice.permit_number, notice.kind, notice.params.get("usable_through"))
        for notice in tx.said_notices([permit.number for permit in permits], kinds)
    }
    for permit in permits:
        stage = stage_of(permit.usable_through, day_of(now))
        if stage is None:
            continue
        params = {
            "usable_through": permit.usable_through.isoformat(),
            "opens_on": add_months(permit.usable_through, -1).isoformat(),
        }
        if (permit.number, kind_of(stage), params["usable_through"]) not in said:
            yield Notice(permit.number, permit.county, kind_of(stage), now, params)
