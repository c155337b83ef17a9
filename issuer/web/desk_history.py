"""The audit log about one record as its page tells it: what was done, by whom, why. Pure.

Looks stand apart, so that they do not bury the acts; technical details (places in status lists,
digests) stay in the log. Instants are aware.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct

from issuer.audit_log import AuditEntry
from issuer.cancel_cause import CAUSE_NAMES, CancelCause
from issuer.notice_text import GROUNDS
from issuer.web.desk_words import (
    ACT_TONES,
    ACTORS,
    ACTS,
    CHANNELS,
    IDENTITY_DOCUMENTS,
    KINDS,
    LOOKS,
    ROLES,
    word,
)
from issuer.web.error_sentences import N_
from schemas.permit_credential import CLAIM_LABELS

_LABELS: Final[Mapping[str, str]] = {
    "cause": N_("Cause"),
    "reason": N_("Reason"),
    "legal_basis": N_("Legal basis"),
    "wanted": N_("Asked for"),
    "grounds": N_("Grounds that failed"),
    "usable_through": N_("Usable through"),
    "late": N_("Late"),
    "kind": N_("Kind"),
    "channel": N_("Channel"),
    "documents": N_("Documents"),
    "document": N_("Document"),
    "shown": N_("Document shown"),
    "slip": N_("Slip"),
    "permit": N_("Permit"),
    "application": N_("Application"),
    "asked_on": N_("Asked for on"),
    "reported": N_("Reported"),
    "from_county": N_("From county"),
    "to_county": N_("To county"),
    "to_permit": N_("New permit"),
    "changed": N_("Changed"),
    "proposal": N_("Proposal"),
    "proposed_by": N_("Proposed by"),
    "confirmed_by": N_("Confirmed by"),
    "campaign": N_("Campaign"),
    "mass_act": N_("Mass act"),
    "batch": N_("Batch"),
    "copies": N_("Copies"),
    "found": N_("Records found"),
    "tail": N_("Last four characters"),
}
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "kind": KINDS,
    "channel": CHANNELS,
    "shown": IDENTITY_DOCUMENTS,
    "document": IDENTITY_DOCUMENTS,
    "late": {"yes": N_("yes"), "no": N_("no")},
    "reported": {"in_time": N_("in time"), "late": N_("late")},
}
_LONGEST: Final = 12
"""Characters of a document's digest, which is none of the words; enough to tell it by."""


_COUNTY: Final = ("县（市、区）", "County")


class Detail(Struct, frozen=True):
    """One detail of an entry."""

    label: str
    """A msgid."""
    value: str
    word: bool = False
    """The value is a msgid too."""
    pairs: tuple[tuple[str, str], ...] = ()
    """In place of the value: words in Chinese and English."""


class HistoryEvent(Struct, frozen=True, kw_only=True):
    """One entry of the audit log."""

    sequence: int
    title: str
    """A msgid."""
    at: datetime
    actor: str
    """An officer's id, or a msgid where it was no officer."""
    roles: tuple[str, ...]
    """As what the officer acted; msgids."""
    tone: str
    details: tuple[Detail, ...]


class History(Struct, frozen=True):
    """Both parts, the newest first."""

    acts: tuple[HistoryEvent, ...]
    looks: tuple[HistoryEvent, ...]


def history(entries: Iterable[AuditEntry]) -> History:
    """What the log says about one record; ``entries`` come oldest first."""
    newest_first = list(entries)[::-1]
    return History(
        acts=tuple(event_of(entry) for entry in newest_first if entry.act not in LOOKS),
        looks=tuple(event_of(entry) for entry in newest_first if entry.act in LOOKS),
    )


def event_of(entry: AuditEntry) -> HistoryEvent:
    """One entry as pages show it."""
    details = (_detail(name, value) for name, value in entry.details.items() if name in _LABELS)
    return HistoryEvent(
        sequence=entry.sequence,
        title=word(ACTS, entry.act),
        at=entry.at,
        actor=word(ACTORS, entry.actor),
        roles=tuple(word(ROLES, role) for role in entry.role.split(",") if role),
        tone=ACT_TONES.get(entry.act, "neutral"),
        details=tuple(details),
    )


def field_names(fields: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """What fields of a permit are called, in Chinese and English."""
    names = CLAIM_LABELS | {"county": _COUNTY}
    return tuple(names.get(field, (field, field)) for field in fields)


def _detail(name: str, value: str) -> Detail:
    label, listed = _LABELS[name], [one for one in value.split(",") if one]
    if name == "grounds":
        return Detail(label, value, pairs=tuple(GROUNDS.get(one, (one, one)) for one in listed))
    if name == "cause" and value in set(CancelCause):
        return Detail(label, value, pairs=(CAUSE_NAMES[CancelCause(value)],))
    if name == "changed":
        return Detail(label, value, pairs=field_names(listed))
    if name in _WORDS:
        known = value in _WORDS[name]
        return Detail(label, word(_WORDS[name], value) if known else value[:_LONGEST], word=known)
    return Detail(label, value)
