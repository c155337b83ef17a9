"""The desk's start: what waits today in the officer's county, with the way to each."""

from typing import Any, Final

from litestar import Request, Response, get
from litestar.di import NamedDependency
from msgspec import Struct

from issuer.application_queue import ApplicationQueue, QueueLine
from issuer.batch import Stage
from issuer.mass_act import MassAct
from issuer.mass_acts import MassActs
from issuer.officer import DECIDERS, READERS, Officer, Role
from issuer.permit_records import Chosen, PermitRecords
from issuer.proposal import Proposal
from issuer.proposals import Proposals
from issuer.web import desk_words
from issuer.web.desk_queue_view import Urgency, due_today, urgency
from issuer.web.page_rendering import render
from keys.clock import Clock
from schemas.endorsement_window import day_of

OVERSEERS: Final = DECIDERS | {Role.AUDITOR}
"""Whose navigation has the mass acts."""
PRESSING_SHOWN: Final = 8
"""Applications on the start page; the queue has them all."""


class DeskLookup(Struct, frozen=True):
    """What the start page asks."""

    queue: ApplicationQueue
    permits: PermitRecords
    proposals: Proposals
    mass_acts: MassActs
    clock: Clock


class WhatWaits(Struct, frozen=True, kw_only=True):
    """A county's work, counted at this moment."""

    due_today: int
    overdue: int
    to_decide: int
    for_applicant: int
    second_opinions: int
    """Of other officers' proposals, for whoever decides."""
    proposals: tuple[Proposal, ...]
    mass_acts: tuple[MassAct, ...] | None
    """Suspensions and undos that wait for a second officer, the latest first; None for whoever
    only serves at the counter."""
    endorsements_due: int
    endorsements_missed: int
    pressing: tuple[tuple[QueueLine, Urgency], ...]


def what_waits(officer: Officer, look: DeskLookup) -> WhatWaits | None:
    """The work of the officer's county; None for who has no part in it."""
    if not officer.roles & READERS:
        return None
    today = day_of(look.clock())
    lines = look.queue.lines(officer)
    running = [line for line in lines if line.time_left is not None]
    permits = look.permits.counts(officer)
    return WhatWaits(
        due_today=sum(due_today(line, today) for line in lines),
        overdue=sum(line.overdue for line in lines),
        to_decide=len(running),
        for_applicant=sum(line.stage == "needs_supplement" for line in lines),
        second_opinions=sum(line.proposed_by not in ("", officer.id) for line in lines),
        proposals=tuple(look.proposals.proposals(officer)),
        mass_acts=_mass_acts(officer, look.mass_acts),
        endorsements_due=permits[Chosen.DUE],
        endorsements_missed=permits[Chosen.LAPSED],
        pressing=tuple((line, urgency(line, today)) for line in running[:PRESSING_SHOWN]),
    )


def _mass_acts(officer: Officer, acts: MassActs) -> tuple[MassAct, ...] | None:
    if not officer.roles & OVERSEERS:
        return None
    return tuple(act for act in acts.mass_acts(officer) if act.stage is Stage.PROPOSED)


@get("/", sync_to_thread=True)
def desk_start(
    request: Request[Any, Any, Any],
    officer: NamedDependency[Officer],
    desk_lookup: NamedDependency[DeskLookup],
) -> Response[str]:
    """What waits today."""
    return render(
        request,
        "desk_start.html",
        waits=what_waits(officer, desk_lookup),
        kinds=desk_words.KINDS,
        today=day_of(desk_lookup.clock()),
    )
