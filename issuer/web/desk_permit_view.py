"""What a permit's page shows of its record, made ready for the template. Pure.

Slips and offers are read out of the audit log, which is where each of them is written down.
Days are Asia/Shanghai, instants aware.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from msgspec import Struct

from issuer.application import Application
from issuer.audit_log import AuditEntry
from issuer.cancel_cause import CAUSE_NAMES
from issuer.notice_text import sentences
from issuer.officer import AT_THE_COUNTER, Officer
from issuer.outbox_storage import OutboxMessage
from issuer.permit import Cancellation, Order, Revocation, Standing, Suspension
from issuer.permit_brief import PermitBrief, brief_of
from issuer.permit_records import Chosen, PermitRecord
from issuer.proposal import Proposal
from issuer.slips import PRINTED, PRINTED_AGAIN
from issuer.storage import Notice
from issuer.web.desk_history import History, history
from issuer.web.desk_words import IDENTITY_DOCUMENTS, MESSAGE_STATES, STANDINGS, word
from issuer.web.error_sentences import N_
from issuer.web.permit_act_view import NotNow, OfferedAct, acts_offered, not_now
from schemas.endorsement_window import day_of

CHOICES = {
    Chosen.ALL: N_("All"),
    Chosen.USABLE: N_("Usable"),
    Chosen.DUE: N_("Endorsement due"),
    Chosen.LAPSED: N_("Endorsement missed"),
    Chosen.SUSPENDED: N_("Suspended by order"),
    Chosen.ENDED: N_("Ended"),
}
"""Which permits a list shows, and what the filter calls them."""

_ORDERS = {
    Suspension: (STANDINGS["suspended"], "warn"),
    Revocation: (STANDINGS["revoked"], "bad"),
}


class OrderLine(Struct, frozen=True, kw_only=True):
    """The order that stands on a permit."""

    title: str
    """A msgid."""
    tone: str
    by: str
    """An officer's id; of two, both."""
    at: datetime
    reason: str
    legal_basis: str
    cause: tuple[str, str] | None = None
    """Why it was cancelled, in Chinese and English."""


class PrintedLine(Struct, frozen=True):
    """A slip that was printed."""

    slip: str
    at: datetime
    by: str
    shown: str
    """A msgid."""
    again: int
    """How often it was printed again."""
    reprintable: bool
    """It is of today, so it can be drawn once more."""


class NoticeLine(Struct, frozen=True):
    """A notice to the resident, and what became of its text message."""

    at: datetime
    pair: tuple[str, str]
    """The sentence in Chinese and English."""
    message: str
    """A msgid; empty where no text message belongs to it."""


class PermitPage(Struct, frozen=True, kw_only=True):
    """Everything the page of one permit shows."""

    line: PermitBrief
    order: OrderLine | None
    acts: tuple[OfferedAct, ...]
    """Those that can be done now."""
    not_now: tuple[NotNow, ...]
    at_the_counter: bool
    """The officer serves there."""
    proposal: Proposal | None
    """That it be revoked, if one waits."""
    slips: tuple[PrintedLine, ...]
    notices: tuple[NoticeLine, ...]
    history: History
    applications: tuple[Application, ...]


def permit_page(record: PermitRecord, officer: Officer, now: datetime) -> PermitPage:
    """The page of one permit, for this officer at this moment."""
    today = day_of(now)
    waiting = [proposal for proposal in record.proposals if proposal.open]
    line = brief_of(record.permit, today)
    offered = acts_offered(record.permit, officer, today, proposed=bool(waiting))
    may_print = bool(officer.roles & AT_THE_COUNTER) and line.standing is Standing.USABLE
    return PermitPage(
        line=line,
        order=order_line(record.permit.order),
        acts=tuple(act for act in offered if not act.why_not),
        not_now=not_now(offered),
        at_the_counter=bool(officer.roles & AT_THE_COUNTER),
        proposal=waiting[0] if waiting else None,
        slips=printed_slips(record.entries, today=today if may_print else None),
        notices=told(record.notices, record.messages),
        history=history(record.entries),
        applications=record.applications,
    )


def order_line(order: Order | None) -> OrderLine | None:
    """The order as pages show it, if there is one."""
    if order is None:
        return None
    title, tone = _ORDERS.get(type(order), (STANDINGS["cancelled"], "neutral"))
    return OrderLine(
        title=title,
        tone=tone,
        by=f"{order.proposed_by}, {order.confirmed_by}"
        if isinstance(order, Revocation)
        else order.by,
        at=order.at,
        reason=order.reason,
        legal_basis=order.legal_basis,
        cause=CAUSE_NAMES[order.cause] if isinstance(order, Cancellation) and order.cause else None,
    )


def printed_slips(entries: Iterable[AuditEntry], *, today: date | None) -> tuple[PrintedLine, ...]:
    """Every slip printed, the newest first; ``today`` only for who may print."""
    entries = tuple(entries)
    again = [entry.details["slip"] for entry in entries if entry.act == PRINTED_AGAIN]
    return tuple(
        PrintedLine(
            slip=entry.details["slip"],
            at=entry.at,
            by=entry.actor,
            shown=word(IDENTITY_DOCUMENTS, entry.details["shown"]),
            again=again.count(entry.details["slip"]),
            reprintable=day_of(entry.at) == today,
        )
        for entry in reversed(entries)
        if entry.act == PRINTED
    )


def told(notices: Sequence[Notice], messages: Sequence[OutboxMessage]) -> tuple[NoticeLine, ...]:
    """What the resident was told, the newest first, each with its text message."""
    states = {(message.kind, message.created_at): message.state for message in messages}
    return tuple(
        NoticeLine(
            at=notice.at,
            pair=sentences(notice.kind, notice.params),
            message=MESSAGE_STATES.get(states.get((notice.kind, notice.at), ""), ""),
        )
        for notice in reversed(notices)
    )
