"""Whether an application may be handed in: what it lacks, and whether its kind fits. Pure.

The order of the steps is the one in which people are asked [ZJ]: county and ground, notice and
commitment, form, documents, submit. Whether a ground holds is not looked at here: a person may
hand in what will be refused, and is told why then. What the calendar or the permit rules out
at once is said at once, because waiting for an officer would only cost time.
"""

from datetime import date
from enum import StrEnum
from typing import Final

from issuer.application import Application, Channel, Kind, SeenDocument, Whose
from issuer.application_errors import DraftIncompleteError, NoPermitError, WindowNotOpenError
from issuer.commitment_text import is_current
from issuer.eligibility_facts import NEEDS_BASIS as NEEDS_BASIS
from issuer.eligibility_facts import STAYS_IN_COUNTY as STAYS_IN_COUNTY
from issuer.errors import ApplicationStateError
from issuer.permit import Permit
from schemas.divisions import county
from schemas.endorsement_window import next_window


class Step(StrEnum):
    """What a draft waits for next."""

    COUNTY = "county"
    """County and, where one is needed, the ground it rests on."""
    COMMITMENT = "commitment"
    FORM = "form"
    """The person's own document, seen at the counter."""
    DOCUMENTS = "documents"
    """Those of a guardian; what proves a ground may be missing, and is then asked for."""
    SUBMIT = "submit"


_LACKS: Final = {
    Step.COUNTY: (
        "the county or the ground it rests on has not been chosen",
        "Choose the county you live in and what you rely on.",
    ),
    Step.COMMITMENT: (
        "the commitment has not been given to the present notice",
        "Read the notice and commit to the truth of what is stated; then submit.",
    ),
    Step.FORM: (
        "it is not noted which document the officer saw of each person",
        "Note the document of the applicant and, if one applies, of the guardian.",
    ),
    Step.DOCUMENTS: (
        "where somebody applies for another, documents of both persons are needed",
        "Add a photograph of both documents, or come to the counter together.",
    ),
}


def next_step(draft: Application) -> Step:
    """The first step that is still to be done."""
    for step, lacks in (
        (Step.COUNTY, not draft.county or (draft.kind in NEEDS_BASIS and not draft.bases)),
        (Step.COMMITMENT, draft.commitment is None or not is_current(draft.commitment)),
        (Step.FORM, draft.channel is Channel.COUNTER and not _whose(draft.seen) >= _needed(draft)),
        (Step.DOCUMENTS, draft.channel is not Channel.COUNTER and not _files_suffice(draft)),
    ):
        if lacks:
            return step
    return Step.SUBMIT


def check_whole(draft: Application) -> None:
    """Raises ``DraftIncompleteError`` where a step is still to be done, saying which."""
    step = next_step(draft)
    if step is not Step.SUBMIT:
        detail, remedy = _LACKS[step]
        raise DraftIncompleteError(detail, remedy=remedy)


def check_started(draft: Application, before: str) -> None:
    """Nothing of the form and no document before the commitment [ZJ].

    Raises:
        DraftIncompleteError: county, ground or commitment is missing.
    """
    step = next_step(draft)
    if step in (Step.COUNTY, Step.COMMITMENT):
        detail, remedy = _LACKS[step]
        raise DraftIncompleteError(f"{detail}, which comes before {before}", remedy=remedy)


def permit_it_is_about(kind: Kind, held: Permit | None, *, today: date) -> Permit | None:
    """The permit an application of this kind is about; None for a first one.

    Raises:
        NoPermitError: the person holds none.
        WindowNotOpenError: it cannot be endorsed yet; the detail says from which day.
    """
    if kind is Kind.FIRST_PERMIT:
        return None
    if held is None or held.ended:
        raise NoPermitError(
            "there is no permit that has not ended", remedy="Apply for a first permit."
        )
    if kind is Kind.ENDORSEMENT:
        window = next_window(held.issued_on, held.usable_through)
        if today < window.opens_on:
            raise WindowNotOpenError(
                f"the endorsement window opens on {window.opens_on}",
                remedy=f"Ask from {window.opens_on} through {window.closes_on}.",
            )
    return held


def check_place(kind: Kind, county_code: str, held: Permit | None) -> None:
    """A move leaves the permit's unit, a change of data stays inside it [ZJ-REG §19].

    Raises:
        ApplicationStateError: it is the other way round, or the permit is of another county.
    """
    if held is None:
        return
    place, there = county(county_code), county(held.county)
    if kind in STAYS_IN_COUNTY and place != there:
        raise ApplicationStateError(
            f"the permit is of county {held.county}", remedy="Apply in that county."
        )
    if kind is Kind.MOVE and place.unit == there.unit:
        raise ApplicationStateError(
            "the new place lies in the same unit as the permit's",
            remedy="Apply for a change of data; the permit stays as it is.",
        )
    if kind is Kind.CHANGE_OF_DATA and place.unit != there.unit:
        raise ApplicationStateError(
            "the new place lies in another unit than the permit's",
            remedy="Apply for a move; there will be a new permit.",
        )


def _needed(draft: Application) -> frozenset[Whose]:
    both = frozenset(Whose)
    return both if draft.guardian is not None else frozenset({Whose.APPLICANT})


def _whose(seen: tuple[SeenDocument, ...]) -> frozenset[Whose]:
    return frozenset(held.whose for held in seen)


def _files_suffice(draft: Application) -> bool:
    # Whoever applies for themselves has passed the identity check and shows nothing.
    if draft.guardian is None:
        return True
    return {given.whose for given in draft.materials} >= _needed(draft)
