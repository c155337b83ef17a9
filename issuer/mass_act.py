"""The mass act: a cohort of permits suspended together, by two officers, and its exact undo. Pure.

A cohort is what permits have in common when something went wrong: who granted them, on what
ground, on which days, with which key their copies were signed. One officer proposes, another
confirms; the permits are those of the proposal. The undo is a mass act of its own, again by
two officers, and lifts exactly the orders that the first one gave. The officer who confirmed
a suspension stands in its orders, and therefore does not confirm its undo.

    proposed ── confirm, by another ──> running ── last permit ──> finished
    proposed ── reject ──> rejected
    running ── its undo is confirmed ──> stopped

Days are Asia/Shanghai, instants aware. Sources: [ZJ], [SC663 §18, §20].
"""

import re
from datetime import date, datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from issuer.batch import Outcome, Stage
from issuer.eligibility import Basis
from issuer.errors import BatchStateError, CriteriaError
from issuer.permit import Permit, Suspension

_THUMBPRINT: Final = re.compile(r"[A-Za-z0-9_-]{43}")


class Criteria(Struct, frozen=True, kw_only=True):
    """What a cohort has in common; a permit belongs to it if all that is given holds.

    Officer and days speak of one and the same grant or endorsement, today's or an earlier one.
    """

    officer: str = ""
    """Who granted or endorsed."""
    basis: Basis | None = None
    """What the application rested on that was granted."""
    first_day: date | None = None
    """Of grant or endorsement, included."""
    last_day: date | None = None
    """Of grant or endorsement, included."""
    signing_key: str = ""
    """Thumbprint of the key that signed a copy [RFC7638]."""


class MassAct(Struct, frozen=True, kw_only=True, tag="mass_act"):
    """One mass act of a county: a suspension, or the undo of one."""

    id: str
    county: str
    """Six digits [GBT2260]."""
    criteria: Criteria | None
    """None for an undo: its permits are those of the act it undoes."""
    reason: str
    legal_basis: str
    proposed_by: str
    proposed_at: datetime
    undoes: str = ""
    """Id of the suspension that this one undoes."""
    confirmed_by: str = ""
    """Who stands in the orders and in the audit log as the one who acted."""
    confirmed_at: datetime | None = None
    stage: Stage = Stage.PROPOSED
    ended_at: datetime | None = None
    undone_by: str = ""
    """Id of the undo that was confirmed."""

    @property
    def words(self) -> dict[str, str]:
        """Reason and legal basis, as the audit log has them."""
        return {"reason": self.reason, "legal_basis": self.legal_basis}


def checked(criteria: Criteria) -> Criteria:
    """The same criteria.

    Raises:
        CriteriaError: nothing is given, which would be the whole county; the days are the
            wrong way round; or the thumbprint is none.
    """
    if criteria == Criteria():
        raise CriteriaError(
            "a cohort needs at least one criterion",
            remedy="Name an officer, a ground, days or a signing key.",
        )
    if criteria.first_day and criteria.last_day and criteria.last_day < criteria.first_day:
        raise CriteriaError("the last day lies before the first")
    if criteria.signing_key and not _THUMBPRINT.fullmatch(criteria.signing_key):
        raise CriteriaError(
            "a signing key is named by its thumbprint, 43 characters of base64url",
            remedy="Take it from the list of keys that signed copies.",
        )
    return criteria


def confirm(act: MassAct, *, by: str, at: datetime) -> MassAct:
    """Decided by a second officer.

    Raises:
        BatchStateError: no proposal any more, or the officer is the one who proposed it.
    """
    _expect_proposed(act, "confirm")
    if act.proposed_by == by:
        raise BatchStateError("two officers act together: one proposes, another confirms")
    return replace(act, stage=Stage.RUNNING, confirmed_by=by, confirmed_at=at)


def confirm_undo(
    undo: MassAct, undone: MassAct, *, by: str, at: datetime
) -> tuple[MassAct, MassAct]:
    """The undo decided, and what it undoes: what waits of that is not done any more.

    Raises:
        BatchStateError: as ``confirm``; or the officer confirmed the suspension, or another
            undo was confirmed.
    """
    expect_undoable(undone)
    decided = confirm(undo, by=by, at=at)
    if undone.confirmed_by == by:
        raise BatchStateError("the officer who suspended permits does not restore them")
    if undone.stage is Stage.RUNNING:
        undone = replace(undone, stage=Stage.STOPPED, ended_at=at)
    return decided, replace(undone, undone_by=undo.id)


def reject(act: MassAct, *, at: datetime) -> MassAct:
    """A proposal refused, or taken back. Raises ``BatchStateError`` for anything else."""
    _expect_proposed(act, "reject")
    return replace(act, stage=Stage.REJECTED, ended_at=at)


def expect_undoable(act: MassAct) -> None:
    """Raises ``BatchStateError`` unless orders of this act may stand."""
    if act.undoes:
        raise BatchStateError("an undo is not undone; propose the mass act anew")
    if act.undone_by:
        raise BatchStateError(f"this mass act was undone by {act.undone_by}")
    if not act.confirmed_by:
        raise BatchStateError(f"there is nothing to undo of a mass act that is {act.stage}")


def obstacle_to_suspending(permit: Permit) -> Outcome | None:
    """Why the permit is left as it is; None: it is suspended."""
    if permit.ended:
        return Outcome.ENDED
    return Outcome.SUSPENDED if permit.order is not None else None


def obstacle_to_restoring(
    permit: Permit, undone: MassAct, *, suspended_at: datetime | None
) -> Outcome | None:
    """Why the permit is left as it is; None: it is under the very order of that act.

    ``suspended_at`` is the instant of the permit's turn in that act; None: it had none.
    """
    if permit.ended:
        return Outcome.ENDED
    if suspended_at is None:
        return Outcome.OTHER_ORDER
    given = Suspension(by=undone.confirmed_by, at=suspended_at, **undone.words)
    return None if permit.order == given else Outcome.OTHER_ORDER


def _expect_proposed(act: MassAct, verb: str) -> None:
    if act.stage is not Stage.PROPOSED:
        raise BatchStateError(f"nobody can {verb} a mass act that is {act.stage}")
