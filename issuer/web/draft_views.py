"""What the page of each step shows: the draft, what was just typed, and what is to choose from.

What somebody typed is shown again when it was not taken, so that nothing is lost.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from msgspec import Struct

from issuer import commitment_text
from issuer.applicant_preview import ApplicantPreview
from issuer.application import Application
from issuer.eligibility import EXEMPTIONS, Basis
from issuer.web.county_choice import city_choices
from issuer.web.draft_steps import (
    PROOFS,
    Step,
    needs_guardian,
    purposes,
    step_names,
    steps_of,
    unproven,
)
from issuer.web.page_forms import Form

MAX_FILE_BYTES: Final = 10 * 2**20
"""Of one document; the store has the last word."""


class DraftPage(Struct, frozen=True):
    """One step of one draft, about to be shown."""

    draft: Application
    step: Step
    form: Form | None
    """What was sent and not taken; None when the page is opened."""
    preview: ApplicantPreview
    open_counties: frozenset[str]
    today: date

    def typed(self, name: str, otherwise: str) -> str:
        """What was typed into a field, or what the draft has."""
        return otherwise if self.form is None else self.form.text(name)


def context_of(page: DraftPage) -> dict[str, Any]:
    """Everything the template of the step needs, errors apart."""
    steps = steps_of(page.draft)
    here = steps.index(page.step)
    return {
        "draft": page.draft,
        "step": page.step,
        "steps": step_names(page.draft),
        "current": here + 2,  # counted from 1, after the identity check
        "before": f"/apply/{page.draft.number}/{steps[here - 1]}" if here else "/apply",
        **_VIEWS[page.step](page),
    }


def _county(page: DraftPage) -> dict[str, Any]:
    registered = page.preview.registrations(page.draft.applicant)
    suggested = page.draft.county or next((held.county for held in registered), "")
    return {
        "cities": city_choices(page.open_counties, today=page.today),
        "registrations": registered,
        "county": page.typed("county", suggested),
    }


def _ground(page: DraftPage) -> dict[str, Any]:
    chosen = set(page.draft.bases) if page.form is None else set(page.form.several("bases"))
    return {"bases": [(basis, PROOFS[basis]) for basis in Basis], "chosen": chosen}


def _notice(page: DraftPage) -> dict[str, Any]:
    return {
        "text": (commitment_text.ZH, commitment_text.EN),
        "version": commitment_text.VERSION,
        "given": page.draft.commitment,
    }


def _form(page: DraftPage) -> dict[str, Any]:
    guardian = page.draft.guardian
    return {
        "contact_phone": page.typed("contact_phone", page.draft.contact_phone),
        "statement": page.typed("statement", page.draft.statement),
        "guardian_needed": needs_guardian(page.draft, today=page.today),
        "guardian_name": page.typed("guardian_name", guardian.name if guardian else ""),
        "guardian_number": page.typed(
            "guardian_number", guardian.citizen_id_number if guardian else ""
        ),
        "guardian_relation": page.typed(
            "guardian_relation", guardian.relation if guardian else "guardian"
        ),
    }


def _documents(page: DraftPage) -> dict[str, Any]:
    return {
        "purposes": purposes(page.draft),
        "governments": {
            basis: page.typed(f"government_{basis}", "") for basis in page.draft.bases & EXEMPTIONS
        },
        "proofs": PROOFS,
        "max_file_bytes": MAX_FILE_BYTES,
    }


def _check(page: DraftPage) -> dict[str, Any]:
    return {
        "findings": page.preview.findings(page.draft),
        "unproven": unproven(page.draft),
        "has_documents": Step.DOCUMENTS in steps_of(page.draft),
        "has_county": Step.COUNTY in steps_of(page.draft),
        "has_ground": Step.GROUND in steps_of(page.draft),
    }


_VIEWS: Final[dict[Step, Callable[[DraftPage], dict[str, Any]]]] = {
    Step.COUNTY: _county,
    Step.GROUND: _ground,
    Step.NOTICE: _notice,
    Step.FORM: _form,
    Step.DOCUMENTS: _documents,
    Step.CHECK: _check,
}
