"""The steps of an application, in the order in which they are done. Pure.

Identity check, county, ground, notice and commitment, form, documents, check and submit [ZJ].
Kinds that rest on no condition leave out what they do not need; whoever comes back to a draft
comes back to the first step that is still to be done.
"""

from datetime import date
from enum import StrEnum
from typing import Final

from issuer.application import Application, Kind, Whose
from issuer.commitment_text import is_current
from issuer.eligibility import GUARDIAN_BELOW, Basis
from issuer.hand_in_checks import Step as ToDo
from issuer.hand_in_checks import next_step
from issuer.web.error_sentences import N_
from schemas.endorsement_window import anniversary


class Step(StrEnum):
    """A step after the identity check; its name is the last part of its address."""

    COUNTY = "county"
    GROUND = "ground"
    NOTICE = "notice"
    FORM = "form"
    DOCUMENTS = "documents"
    CHECK = "check"


IDENTITY: Final = N_("Identity")
NAMES: Final = {
    Step.COUNTY: N_("County"),
    Step.GROUND: N_("Ground"),
    Step.NOTICE: N_("Notice"),
    Step.FORM: N_("Form"),
    Step.DOCUMENTS: N_("Documents"),
    Step.CHECK: N_("Submit"),
}
PROOFS: Final = {
    Basis.STABLE_EMPLOYMENT: N_(
        "Shown by a labour contract, a business licence or social insurance."
    ),
    Basis.STABLE_HOUSING: N_(
        "Shown by a property certificate, a registered lease, or proof of lodging."
    ),
    Basis.CONTINUOUS_SCHOOLING: N_("Shown by a school's or college's proof of enrolment."),
    Basis.INVESTOR_EXEMPT: N_("Exempt from the conditions, by the determination of a government."),
    Basis.TALENT_EXEMPT: N_("Exempt from the conditions, by the determination of a government."),
}
"""Basis to what proves it."""
_ALL: Final = tuple(Step)
_BY_KIND: Final = {
    Kind.FIRST_PERMIT: _ALL,
    Kind.MOVE: _ALL,
    Kind.ENDORSEMENT: _ALL[1:],
    Kind.CHANGE_OF_DATA: (Step.COUNTY, Step.NOTICE, Step.FORM, Step.CHECK),
    Kind.REPLACEMENT: (Step.NOTICE, Step.FORM, Step.CHECK),
}


def steps_of(draft: Application) -> tuple[Step, ...]:
    """The steps of this draft; a guardian has documents to hand in whatever the kind."""
    steps = _BY_KIND[draft.kind]
    if draft.guardian is None or Step.DOCUMENTS in steps:
        return steps
    return (*steps[:-1], Step.DOCUMENTS, Step.CHECK)


def step_to_do(draft: Application, *, today: date) -> Step:
    """The first step that is still to be done; the last one, where none is."""
    done = {
        Step.COUNTY: bool(draft.county),
        Step.GROUND: bool(draft.bases),
        Step.NOTICE: draft.commitment is not None and is_current(draft.commitment),
        Step.FORM: not needs_guardian(draft, today=today) or draft.guardian is not None,
        Step.DOCUMENTS: _documents_suffice(draft),
        Step.CHECK: False,
    }
    return next(step for step in steps_of(draft) if not done[step])


def _documents_suffice(draft: Application) -> bool:
    if next_step(draft) is ToDo.DOCUMENTS:
        return False
    # What proves a ground may be handed in later, but whoever has none yet comes by here.
    return bool(draft.materials) or draft.kind is Kind.ENDORSEMENT


def step_after(draft: Application, step: Step) -> Step:
    """The next step, or the last one again."""
    steps = steps_of(draft)
    later = steps[steps.index(step) + 1 :] if step in steps else steps[-1:]
    return later[0] if later else step


def needs_guardian(draft: Application, *, today: date) -> bool:
    """Whether the applicant is too young to apply alone ``today`` [SC663 §9]."""
    return today < anniversary(draft.applicant.birthdate, GUARDIAN_BELOW)


def step_names(draft: Application) -> list[tuple[str, str]]:
    """Msgid and address of every step, the identity check first, for the head of a page."""
    own = [(NAMES[step], f"/apply/{draft.number}/{step}") for step in steps_of(draft)]
    return [(IDENTITY, ""), *own]


def unproven(draft: Application) -> list[Basis]:
    """The bases for which no document has been added yet."""
    return sorted(draft.bases - draft.proven)


def purposes(draft: Application) -> list[str]:
    """What documents can be added for: each ground, and both persons where one is a guardian."""
    persons = [] if draft.guardian is None else list(Whose)
    return [*sorted(draft.bases), *persons]
