"""What an application's page shows of its record, made ready for the template. Pure.

Instants are aware. Sources: [ZJ], [SC663 §9].
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from issuer.application import (
    Application,
    Granted,
    Lapsed,
    Material,
    Refused,
    Withdrawn,
)
from issuer.application_record import ApplicationRecord
from issuer.application_storage import ApplicationNotice
from issuer.document_checks import JPEG, PDF, PNG
from issuer.document_store import DocumentContent
from issuer.eligibility_facts import Finding, Outcome
from issuer.notice_text import sentences
from issuer.officer import Officer
from issuer.web.application_act_view import OfferedStep, steps_offered
from issuer.web.desk_history import History, field_names, history
from issuer.web.desk_words import BASES, STAGE_TONES, STAGES, word
from issuer.web.error_sentences import N_

SHOWN_INLINE: Final[Mapping[str, str]] = {PDF: ".pdf", JPEG: ".jpg", PNG: ".png"}
"""Types that a browser draws, with the end of their names; all else is only downloaded."""
DOCUMENT_POLICY: Final = (
    "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
)
"""What a document may do in a browser: be drawn, by itself or in our page, and nothing else.
The style is the browser's own, with which it centres a picture."""
PICTURE_POLICY: Final = (
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
)
"""The same for the page that holds a picture, which is all in one piece."""
_PICTURES: Final = frozenset({JPEG, PNG})
_WHOSE: Final[Mapping[str, str]] = {
    "applicant": N_("Identity document of the applicant"),
    "guardian": N_("Identity document of who applies"),
}


class Decided(Struct, frozen=True):
    """How an application ended."""

    word: str
    """A msgid."""
    tone: str
    by: str
    """An officer's id; empty where no officer ended it."""
    at: datetime
    permit_number: str = ""


class DocumentLine(Struct, frozen=True):
    """A document as the list names it."""

    material: Material
    title: str
    """A msgid: what it is to prove, or whose it is."""

    @property
    def framed(self) -> str:
        """The end of its address in the frame, which is narrow: what is there is fitted to it."""
        picture = self.material.media_type in _PICTURES
        # A page of ours fits a picture; of a PDF the browser is told to leave its side panel out.
        return self.material.sha256 + ("/picture" if picture else "#navpanes=0&view=FitH")


class ToldLine(Struct, frozen=True):
    """A notice to the applicant, in Chinese and English."""

    at: datetime
    pair: tuple[str, str]


class ApplicationPage(Struct, frozen=True, kw_only=True):
    """Everything the page of one application shows."""

    record: ApplicationRecord
    acts: tuple[OfferedStep, ...]
    decided: Decided | None
    documents: tuple[DocumentLine, ...]
    failed: tuple[Finding, ...]
    others: tuple[Finding, ...]
    """Grounds that passed or were not needed."""
    notices: tuple[ToldLine, ...]
    history: History
    changes: tuple[tuple[str, str], ...]
    """What a change of data would put right, in Chinese and English."""

    @property
    def application(self) -> Application:
        """The application itself."""
        return self.record.application


def application_page(record: ApplicationRecord, officer: Officer) -> ApplicationPage:
    """The page of one application for this officer."""
    held = record.application
    failed = tuple(found for found in record.findings if found.outcome is Outcome.FAILED)
    return ApplicationPage(
        record=record,
        acts=steps_offered(
            held, record.findings, officer, second_officer=record.needs_second_officer
        ),
        decided=decided(held),
        documents=tuple(DocumentLine(given, document_title(given)) for given in held.materials),
        failed=failed,
        others=tuple(found for found in record.findings if found.outcome is not Outcome.FAILED),
        notices=_told(record.notices),
        history=history(record.history),
        changes=field_names(record.changes),
    )


def decided(held: Application) -> Decided | None:
    """How it ended and by whom, so that who comes second sees it; None while it is open."""
    state, stage = held.state, held.stage
    if isinstance(state, Granted):
        return Decided(STAGES[stage], STAGE_TONES[stage], state.by, state.at, state.permit_number)
    if isinstance(state, Refused):
        return Decided(STAGES[stage], STAGE_TONES[stage], state.by, state.at)
    if isinstance(state, Withdrawn | Lapsed):
        return Decided(STAGES[stage], "neutral", "", state.at)
    return None


def document_title(given: Material) -> str:
    """What a document is for; a msgid."""
    if given.basis is not None:
        return word(BASES, given.basis)
    return word(_WHOSE, given.whose or "applicant")


def document_headers(content: DocumentContent, sha256: str) -> dict[str, str]:
    """Headers under which a document that somebody handed in is safe to look at."""
    suffix = SHOWN_INLINE.get(content.media_type)
    how = "inline" if suffix else "attachment"
    return {
        # Its own name says who it is about, and is not needed to look at it.
        "Content-Disposition": f'{how}; filename="document-{sha256[:12]}{suffix or ".bin"}"',
        "Content-Security-Policy": DOCUMENT_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }


def unproven_bases(held: Application) -> list[str]:
    """Names of the bases that no document speaks for; msgids."""
    return [word(BASES, basis) for basis in sorted(held.bases - held.proven)]


def _told(notices: Sequence[ApplicationNotice]) -> tuple[ToldLine, ...]:
    return tuple(
        ToldLine(notice.at, sentences(notice.kind, notice.params)) for notice in reversed(notices)
    )
