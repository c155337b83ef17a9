"""Acts on one permit inside the caller's transaction: permit, status, audit entry and notice.

The desk does them one at a time, campaigns and mass acts many in a row, proposals at the end
of theirs; what an act is stays the same. Deciding whether it is possible is ``permit.py``'s.
Days are Asia/Shanghai. Sources: [ZJ], [SC663 §10, §18].
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from issuer import permit as rules
from issuer.audit_log import Act
from issuer.cancel_cause import CancelCause
from issuer.permit import Permit
from issuer.permit_corrections import reissue
from issuer.storage import IssuerTransaction, Notice
from schemas.endorsement_window import day_of
from schemas.status_list import INVALID, SUSPENDED, VALID


class Acting(Struct, frozen=True):
    """Who acts, as what, and when."""

    officer_id: str
    role: str
    """As ``issuer.officer.require`` returns it."""
    now: datetime
    within: dict[str, str] = {}
    """What else the audit entry says: of which batch or proposal the act is a part."""


def endorse_in(tx: IssuerTransaction, held: Permit, acting: Acting) -> Permit:
    """Endorsed today, in the window or late. Raises ``PermitStateError``."""
    today = day_of(acting.now)
    endorsed = rules.endorse(held, on=today, by=acting.officer_id)
    details = {
        "usable_through": endorsed.usable_through.isoformat(),
        "late": "yes" if held.lapsed_on(today) else "no",
    }
    tx.replace_permit(endorsed)
    through = {"usable_through": details["usable_through"]}
    write_down(tx, endorsed, "endorse", acting, details, notice="endorsed", params=through)
    return endorsed


def suspend_in(
    tx: IssuerTransaction, held: Permit, acting: Acting, words: Mapping[str, str]
) -> Permit:
    """Suspended by order, whose ``words`` are reason and legal basis. Raises as ``endorse_in``."""
    suspended = rules.suspend(held, by=acting.officer_id, at=acting.now, **words)
    tx.replace_permit(suspended)
    tx.set_permit_status(held.number, SUSPENDED)
    write_down(tx, suspended, "suspend", acting, words, notice="suspended")
    return suspended


def restore_in(
    tx: IssuerTransaction, held: Permit, acting: Acting, words: Mapping[str, str]
) -> Permit:
    """The order lifted, by another officer than the one who gave it. Raises as ``endorse_in``."""
    restored = rules.restore(held, by=acting.officer_id)
    tx.replace_permit(restored)
    tx.set_permit_status(held.number, VALID)
    write_down(tx, restored, "restore", acting, words, notice="restored")
    return restored


def revoke_in(
    tx: IssuerTransaction,
    held: Permit,
    acting: Acting,
    words: Mapping[str, str],
    *,
    proposed_by: str,
) -> Permit:
    """Taken back for good; who acts confirms what another proposed. Raises as ``endorse_in``."""
    by = {"proposed_by": proposed_by, "confirmed_by": acting.officer_id}
    revoked = rules.revoke(held, at=acting.now, **by, **words)
    tx.replace_permit(revoked)
    tx.set_permit_status(held.number, INVALID)
    write_down(tx, revoked, "revoke", acting, {**by, **words}, notice="revoked")
    return revoked


def cancel_in(
    tx: IssuerTransaction,
    held: Permit,
    acting: Acting,
    words: Mapping[str, str],
    *,
    cause: CancelCause,
) -> Permit:
    """Ended for good without fault; after a death nobody is told. Raises as ``endorse_in``."""
    cancelled = rules.cancel(held, cause=cause, by=acting.officer_id, at=acting.now, **words)
    tx.replace_permit(cancelled)
    tx.set_permit_status(held.number, INVALID)
    if cause is CancelCause.DEATH:
        # Before the notice, and for all that comes or waits: the telephone is another's now.
        tx.forget_contact(held.resident.citizen_id_number)
    write_down(tx, cancelled, "cancel", acting, {**words, "cause": cause}, notice="cancelled")
    return cancelled


def replace_in(
    tx: IssuerTransaction, held: Permit, acting: Acting, words: Mapping[str, str]
) -> Permit:
    """Every copy that is out retired, offers and grants too. Raises as ``endorse_in``."""
    replaced = reissue(held)
    tx.retire_copies(held.number)
    write_down(tx, replaced, "replace", acting, words, notice="replaced")
    return replaced


def write_down(
    tx: IssuerTransaction,
    permit: Permit,
    act: str,
    acting: Acting,
    details: Mapping[str, str],
    *,
    notice: str,
    params: Mapping[str, str] | None = None,
) -> None:
    """The audit entry and the notice, with its ``params``, of an act whose change is kept."""
    tx.record(
        Act(
            county=permit.county,
            at=acting.now,
            actor=acting.officer_id,
            act=act,
            permit_number=permit.number,
            details={**details, **acting.within},
            role=acting.role,
        )
    )
    # No name and no number in a text message: it is read on locked screens.
    tx.add_notice(Notice(permit.number, permit.county, notice, acting.now, dict(params or {})))
