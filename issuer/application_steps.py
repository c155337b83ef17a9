"""The steps of an application: each gives the next application, or says why not. Pure.

    draft ── submit ──> submitted ── request_supplement, once ──> needs_supplement
    draft ── abandon ──> abandoned          submitted <── supply ── needs_supplement
    submitted ── grant ──> granted          submitted ── refuse ──> refused
    submitted, needs_supplement ── withdraw ──> withdrawn
    needs_supplement ── lapse, after thirty days ──> lapsed
    submitted ── propose_grant, of an exemption ──> submitted, until another officer grants it

Nothing is submitted before the commitment is given [ZJ]. What is lacking is told once and
completely, and a refusal names each ground that failed [SC663 §9]. A change to a draft counts
its revision up. Instants are aware.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from msgspec.structs import replace

from issuer.application import (
    Abandoned,
    Application,
    Commitment,
    Draft,
    Granted,
    Lapsed,
    Material,
    NeedsSupplement,
    ProposedGrant,
    Refused,
    State,
    Submitted,
    Supplement,
    Withdrawn,
)
from issuer.application_errors import SecondOpinionError
from issuer.eligibility_facts import Finding
from issuer.errors import ApplicationStateError
from schemas.endorsement_window import day_of

MAX_MATERIALS: Final = 20
MAX_WANTED: Final = 20
"""Things a supplement may ask for."""
MAX_WANTED_CHARACTERS: Final = 200
SUPPLEMENT_DAYS: Final = 30
"""Natural days in which what is lacking has to come, the day of asking not counted *(ours)*."""


def revise(draft: Application, **answers: Any) -> Application:
    """The draft with these fields, and its revision counted up.

    Raises:
        ApplicationStateError: no draft any more.
    """
    _expect(draft, "change", Draft)
    return replace(draft, revision=draft.revision + 1, **answers)


def commit(draft: Application, commitment: Commitment) -> Application:
    """The commitment given, or given anew.

    Raises:
        ApplicationStateError: no draft any more.
    """
    _expect(draft, "give the commitment for", Draft)
    return revise(draft, commitment=commitment)


def attach(draft: Application, material: Material) -> Application:
    """A document added; the same file for the same purpose takes the place of the one before.

    Raises:
        ApplicationStateError: no draft any more, or too many documents.
    """
    _expect(draft, "add documents to", Draft)
    purpose = (material.sha256, material.basis, material.whose)
    others = [held for held in draft.materials if (held.sha256, held.basis, held.whose) != purpose]
    together = (*others, material)
    _expect_few(together)
    return revise(draft, materials=together)


def submit(draft: Application, *, at: datetime) -> Application:
    """Handed in: from this day on the clocks run.

    Raises:
        ApplicationStateError: no draft, no commitment, or too many documents.
    """
    _expect(draft, "submit", Draft)
    if draft.commitment is None or draft.commitment.given_at > at:
        raise ApplicationStateError(
            "the commitment has not been given",
            remedy="Read the notice and commit to the truth of what is stated; then submit.",
        )
    _expect_few(draft.materials)
    return replace(draft, state=Submitted(), submitted_at=at)


def request_supplement(
    submitted: Application, wanted: Iterable[str], *, by: str, at: datetime
) -> Application:
    """What is lacking, told once and completely.

    Raises:
        ApplicationStateError: not submitted, asked once already, or nothing is named.
    """
    _expect(submitted, "ask for a supplement to", Submitted)
    listed = tuple(wanted)
    if submitted.supplements:
        raise ApplicationStateError(
            "a supplement was asked for once; the law allows no second time",
            remedy="Decide on what was handed in.",
        )
    if not 1 <= len(listed) <= MAX_WANTED or not all(map(_is_a_line, listed)):
        raise ApplicationStateError(
            f"name 1 to {MAX_WANTED} things that are lacking, "
            f"each on a line of at most {MAX_WANTED_CHARACTERS} characters"
        )
    asked = Supplement(asked_at=at, asked_by=by, wanted=listed)
    return replace(submitted, state=NeedsSupplement(), supplements=(asked,), proposal=None)


def supply(waiting: Application, materials: Sequence[Material], *, at: datetime) -> Application:
    """Documents added to those handed in; the clocks run again.

    Raises:
        ApplicationStateError: no supplement is awaited, none is given, or too many are.
    """
    _expect(waiting, "add documents to", NeedsSupplement)
    if not materials:
        raise ApplicationStateError("a supplement holds at least one document")
    together = (*waiting.materials, *materials)
    _expect_few(together)
    answered = replace(waiting.supplements[-1], supplied_at=at)
    return replace(
        waiting,
        state=Submitted(),
        materials=together,
        supplements=(*waiting.supplements[:-1], answered),
    )


def last_supplement_day(waiting: Application) -> date:
    """Through which day what was asked for last may come, Asia/Shanghai.

    Raises:
        IndexError: nothing was ever asked for; a fault of the caller.
    """
    return day_of(waiting.supplements[-1].asked_at) + timedelta(days=SUPPLEMENT_DAYS)


def lapse(waiting: Application, *, at: datetime) -> Application:
    """Closed because what was lacking did not come in time; nothing was decided.

    Raises:
        ApplicationStateError: no supplement is awaited, or there is time left.
    """
    _expect(waiting, "close", NeedsSupplement)
    last_day = last_supplement_day(waiting)
    if day_of(at) <= last_day:
        raise ApplicationStateError(f"documents may still be added through {last_day}")
    return replace(waiting, state=Lapsed(at=at))


def propose_grant(submitted: Application, *, by: str, at: datetime) -> Application:
    """One officer would grant it; another one has to confirm.

    Raises:
        ApplicationStateError: not submitted.
        SecondOpinionError: it was proposed already.
    """
    _expect(submitted, "propose to grant", Submitted)
    if submitted.proposal is not None:
        raise SecondOpinionError(
            "it was proposed to grant this already", remedy="Another officer confirms it."
        )
    return replace(submitted, proposal=ProposedGrant(by=by, at=at))


def drop_proposal(submitted: Application) -> Application:
    """The second officer does not agree; it is looked at anew.

    Raises:
        ApplicationStateError: not submitted.
        SecondOpinionError: nothing was proposed.
    """
    _expect(submitted, "send back", Submitted)
    if submitted.proposal is None:
        raise SecondOpinionError("nobody proposed to grant this", remedy="Look at its state again.")
    return replace(submitted, proposal=None)


def confirm_grant(proposed: Application, *, by: str) -> None:
    """Let a second officer grant what a first one proposed.

    Raises:
        ApplicationStateError: not submitted.
        SecondOpinionError: nothing was proposed, or the same officer did.
    """
    _expect(proposed, "grant", Submitted)
    if proposed.proposal is None:
        raise SecondOpinionError(
            "an exemption takes two officers, and nobody has proposed to grant it",
            remedy="Propose it; another officer confirms.",
        )
    if proposed.proposal.by == by:
        raise SecondOpinionError(
            "whoever proposed to grant an exemption does not confirm it",
            remedy="Another officer who decides looks at it.",
        )


def grant(submitted: Application, *, permit_number: str, by: str, at: datetime) -> Application:
    """Decided for the applicant. Raises ``ApplicationStateError`` unless submitted."""
    _expect(submitted, "grant", Submitted)
    return replace(submitted, state=Granted(at=at, by=by, permit_number=permit_number))


def refuse(
    submitted: Application, grounds: tuple[Finding, ...], *, by: str, at: datetime
) -> Application:
    """Decided against the applicant, naming each ground that failed.

    Raises:
        ApplicationStateError: not submitted, or no ground failed: who is eligible is not refused.
    """
    _expect(submitted, "refuse", Submitted)
    if not grounds:
        raise ApplicationStateError(
            "no ground failed, so there is nothing to refuse it by",
            remedy="Grant it; refusing an eligible applicant is an offence.",
        )
    return replace(submitted, state=Refused(at=at, by=by, grounds=grounds))


def withdraw(pending: Application, *, at: datetime) -> Application:
    """Taken back before the decision. Raises ``ApplicationStateError`` otherwise."""
    _expect(pending, "withdraw", Submitted, NeedsSupplement)
    return replace(pending, state=Withdrawn(at=at))


def abandon(draft: Application, *, at: datetime) -> Application:
    """A draft given up, and its documents with it.

    Raises:
        ApplicationStateError: no draft any more.
    """
    _expect(draft, "abandon", Draft)
    return replace(revise(draft, materials=(), seen=()), state=Abandoned(at=at))


def _expect(application: Application, act: str, *states: type[State]) -> None:
    if not isinstance(application.state, states):
        raise ApplicationStateError(f"nobody can {act} an application that is {application.stage}")


def _expect_few(materials: Sequence[Material]) -> None:
    if len(materials) > MAX_MATERIALS:
        raise ApplicationStateError(f"an application holds at most {MAX_MATERIALS} documents")


def _is_a_line(text: str) -> bool:
    return text.isprintable() and 1 <= len(text.strip()) <= MAX_WANTED_CHARACTERS
