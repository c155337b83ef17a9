"""What the counter's long page shows: the draft, what was just typed, what is to choose from. Pure.

What was typed and not taken stands there again, so that nothing is lost. Days are Asia/Shanghai.
"""

from datetime import date
from typing import Any, Final

from issuer import commitment_text
from issuer.application import Application, IdentityDocument, Relation, Whose
from issuer.eligibility_facts import EXEMPTIONS, Basis
from issuer.hand_in_checks import NEEDS_BASIS
from issuer.web import desk_words
from issuer.web.draft_steps import PROOFS, needs_guardian
from issuer.web.page_forms import Form

_TEXT_FIELDS: Final = (
    "contact_phone",
    "statement",
    "guardian_name",
    "guardian_number",
    "guardian_relation",
    "guardian_document",
)


def draft_context(held: Application, given: Form | None, today: date) -> dict[str, Any]:
    """Everything the template needs of the draft, errors and findings apart."""
    return {
        "draft": held,
        "person": held.applicant,
        "given": shown(held, given),
        "needs_basis": held.kind in NEEDS_BASIS,
        "needs_guardian": needs_guardian(held, today=today),
        "bases": [(basis, PROOFS[basis]) for basis in Basis],
        "exemptions": EXEMPTIONS,
        "relations": [(one, desk_words.RELATIONS[one]) for one in Relation],
        "documents": [(one, desk_words.IDENTITY_DOCUMENTS[one]) for one in IdentityDocument],
        "persons": tuple(Whose),
        "text": (commitment_text.ZH, commitment_text.EN),
        "version": commitment_text.VERSION,
        "kinds": desk_words.KINDS,
        "sexes": desk_words.SEXES,
        "outcomes": desk_words.OUTCOMES,
        "outcome_tones": desk_words.OUTCOME_TONES,
    }


def shown(held: Application, given: Form | None) -> dict[str, Any]:
    """The fields' values: what was just typed, or else what the draft has."""
    if given is None:
        return _kept(held)
    return {
        **{name: given.text(name) for name in _TEXT_FIELDS},
        "bases": set(given.several("bases")),
        "commitment": given.ticked("commitment") or held.commitment is not None,
        "governments": {basis: given.text(f"government_{basis}") for basis in EXEMPTIONS},
    }


def _kept(held: Application) -> dict[str, Any]:
    guardian = held.guardian
    seen = {one.whose: one.document for one in held.seen}
    return {
        "contact_phone": held.contact_phone,
        "statement": held.statement,
        "guardian_name": guardian.name if guardian else "",
        "guardian_number": guardian.citizen_id_number if guardian else "",
        "guardian_relation": guardian.relation if guardian else "",
        "guardian_document": seen.get(Whose.GUARDIAN, ""),
        "bases": set(held.bases),
        "commitment": held.commitment is not None,
        "governments": {},
    }
