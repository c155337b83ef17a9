"""The audit log as auditors read it: every entry with all that it says. Pure.

Unlike a record's history, nothing is left out here: what has no name on pages is shown as it is
written. Digests are cut to what tells one from another; the export has them whole.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final
from urllib.parse import urlencode

from msgspec import Struct
from msgspec.structs import replace

from issuer.audit_log import AuditEntry
from issuer.audit_reports import THE_LOG, AuditFilter
from issuer.batch import Outcome
from issuer.web.desk_history import Detail, HistoryEvent, event_of
from issuer.web.desk_words import ACTORS, ACTS
from issuer.web.error_sentences import N_
from issuer.web.mass_act_view import day_given

FIELDS: Final = ("subject", "actor", "act", "first_day", "last_day")
"""Of the form that narrows the log, and of its address."""
LOG_ACTS: Final[Mapping[str, str]] = {
    **ACTS,
    "start_campaign": N_("Campaign started"),
    "stop_campaign": N_("Campaign stopped"),
    "finish_batch": N_("Campaign or mass act finished"),
    "propose_mass_act": N_("Mass act proposed"),
    "confirm_mass_act": N_("Mass act confirmed"),
    "reject_mass_act": N_("Mass act rejected"),
    "propose_undo": N_("Undo of a mass act proposed"),
    "confirm_undo": N_("Undo of a mass act confirmed"),
    "look_at_audit": N_("Audit log read"),
    "export_audit": N_("Audit log exported"),
    "verify_audit": N_("Audit log checked"),
    "add_officer": N_("Account made"),
    "change_roles": N_("Roles changed"),
    "disable_officer": N_("Account disabled"),
    "enable_officer": N_("Account opened again"),
    "reset_password": N_("New password given"),
    "forget_passkeys": N_("Passkeys taken off"),
    "enrol_passkey": N_("Passkey added"),
    "remove_passkey": N_("Passkey taken off"),
    "show_passkey": N_("Passkey shown"),
    "passkey_refused": N_("Passkey refused"),
    "sign_in": N_("Signed in"),
    "sign_in_failed": N_("Sign-in failed"),
    "lock_account": N_("Account locked after wrong passwords"),
    "confirm_password": N_("Password confirmed"),
    "change_password": N_("Password changed"),
    "sign_out": N_("Signed out"),
}
"""Every verb of the audit log."""
_TONES: Final = {
    "sign_in_failed": "warn",
    "lock_account": "bad",
    "passkey_refused": "warn",
    "confirm_mass_act": "bad",
    "disable_officer": "warn",
}
_LABELS: Final[Mapping[str, str]] = {
    "run_by": N_("Run by"),
    "permits": N_("Permits"),
    "waiting": N_("Still waiting"),
    "done": N_("Done"),
    "undoes": N_("Undoes"),
    "due": N_("For whom"),
    "roles": N_("Roles"),
    "source": N_("From the address"),
    "configuration": N_("Kind of copy"),
    "subject": N_("About"),
    "actor": N_("Who"),
    "act": N_("What"),
    "from": N_("From"),
    "to": N_("To"),
    "before": N_("Before entry"),
    "cohort_officer": N_("Granted or endorsed by"),
    "cohort_basis": N_("Ground"),
    "cohort_first_day": N_("Granted or endorsed from"),
    "cohort_last_day": N_("Granted or endorsed up to"),
    "cohort_signing_key": N_("Copies signed with"),
    **{f"left_{outcome}": N_("Left as they are") for outcome in Outcome},
}
"""Details that a record's history leaves out."""
_ON_TOP: Final = ("reason", "legal_basis")
_SHORT: Final = 12
_MAX_TYPED: Final = 64
_PLACES: Final = (
    (re.compile(r"ZJ\d+"), "/desk/permits/"),
    (re.compile(r"SQ[0-9X]+"), "/desk/applications/"),
)


class AuditLine(Struct, frozen=True, kw_only=True):
    """One entry."""

    entry: AuditEntry
    event: HistoryEvent
    """Title, time, officer, role and all details but reason and legal basis."""
    reason: str
    legal_basis: str
    place: str
    """Where what it is about can be looked at; empty where it has no page."""
    own_log: bool
    """It is about the log itself."""
    digest: str
    before: str
    after: str
    """Digests, cut short; empty where there is none."""


def audit_line(entry: AuditEntry) -> AuditLine:
    """One entry as the log's page shows it."""
    details = {name: text for name, text in entry.details.items() if name not in _ON_TOP}
    event = event_of(replace(entry, details={}))
    event = replace(
        event,
        title=LOG_ACTS.get(entry.act, entry.act),
        tone=_TONES.get(entry.act, event.tone),
        details=tuple(
            detail for name, text in details.items() for detail in _detail(entry, name, text)
        ),
    )
    return AuditLine(
        entry=entry,
        event=event,
        reason=entry.details.get("reason", ""),
        legal_basis=entry.details.get("legal_basis", ""),
        place=_place(entry.permit_number),
        own_log=entry.permit_number == THE_LOG,
        digest=short_digest(entry.digest),
        before=short_digest(entry.before),
        after=short_digest(entry.after),
    )


def short_digest(digest: str) -> str:
    """Enough of a digest to tell it by."""
    return digest[:_SHORT]


def typed_filter(given: Mapping[str, str]) -> dict[str, str]:
    """The fields of the form as they were filled in."""
    return {name: given.get(name, "").strip()[:_MAX_TYPED] for name in FIELDS}


def filter_of(given: Mapping[str, str]) -> AuditFilter:
    """What filled-in fields ask for.

    Raises:
        CriteriaError: a day is none.
    """
    return AuditFilter(
        # Numbers may be typed in groups, as pages show them.
        subject="".join(given["subject"].split()),
        actor=given["actor"],
        act=given["act"],
        first_day=day_given(given["first_day"]),
        last_day=day_given(given["last_day"]),
    )


def next_address(given: Mapping[str, str], before: int | None) -> str:
    """The query of the next page; empty where there is none."""
    if before is None:
        return ""
    asked = {name: text for name, text in given.items() if text}
    return "?" + urlencode({**asked, "before": before})


def entry_number(text: str) -> int | None:
    """The entry before which a page of the log begins; None for the latest page."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def export_name(county: str, day: date) -> str:
    """What an export is called as a file."""
    return f"audit-{county}-{day:%Y%m%d}.jsonl"


def actors_offered(ids: tuple[str, ...]) -> tuple[str, ...]:
    """Who may be looked for: officers, and what acts by itself."""
    return (*ids, *ACTORS)


def _detail(entry: AuditEntry, name: str, text: str) -> tuple[Detail, ...]:
    known = event_of(replace(entry, details={name: text})).details
    return known or (Detail(_LABELS.get(name, name), text),)


def _place(subject: str) -> str:
    for pattern, address in _PLACES:
        if pattern.fullmatch(subject):
            return address + subject
    return ""
