"""What the counter's long page does with its form: the steps of a draft, in their order.

Each step is kept as soon as it is right, so what comes after a mistake has to be sent again
and what came before does not. The first step tells whether the draft was changed meanwhile.
Source: [ZJ], [SC663 §9].
"""

from typing import Any

from msgspec import Struct

from issuer.application import (
    Application,
    Guardian,
    IdentityDocument,
    Relation,
    Whose,
)
from issuer.application_drafts import ApplicationDrafts
from issuer.commitment_text import is_current
from issuer.draft_changes import Answers
from issuer.eligibility_facts import Basis
from issuer.hand_in_checks import NEEDS_BASIS
from issuer.identity_check import VerifiedIdentity
from issuer.officer import Officer
from issuer.supplement_documents import FileRefusedError, GivenDocument
from issuer.web.given_documents import given_documents
from issuer.web.page_forms import Form
from schemas.errors import InputError


class Filling(Struct, frozen=True):
    """One form of one draft, sent by an officer for the person at the counter."""

    drafts: ApplicationDrafts
    number: str
    identity: VerifiedIdentity
    officer: Officer
    form: Form

    def save(self, revision: int, **answers: Any) -> Application:
        """Keep the answers in the draft of that revision."""
        return self.drafts.save(
            self.number,
            self.identity,
            Answers(**answers),
            revision=revision,
            officer=self.officer,
        )


def fill(filling: Filling) -> Application:
    """Everything the form says, put into the draft.

    Raises:
        issuer.application_errors.StaleFormError: the draft was changed since the form was made.
        FileRefusedError: a file is not taken; those before it were.
        schemas.errors.ServiceError: as ``ApplicationDrafts``, from the first step that fails.
    """
    form, drafts = filling.form, filling.drafts
    draft = drafts.held(filling.number, filling.identity, officer=filling.officer)
    bases = {"bases": bases_of(form)} if draft.kind in NEEDS_BASIS else {}
    draft = filling.save(form.number("revision"), **bases)
    if form.ticked("commitment") and not _committed(draft):
        draft = drafts.commit(filling.number, filling.identity, officer=filling.officer)
    draft = _answers(filling, draft)
    draft = _seen(filling, draft)
    for sha256 in form.several("remove"):
        draft = drafts.detach(filling.number, filling.identity, sha256, officer=filling.officer)
    for given in given_documents(form):
        draft = _attach(filling, given)
    return draft


def bases_of(form: Form) -> frozenset[Basis]:
    """The bases that were ticked."""
    ticked = set(form.several("bases"))
    return frozenset(basis for basis in Basis if basis in ticked)


def _committed(draft: Application) -> bool:
    return draft.commitment is not None and is_current(draft.commitment)


def _answers(filling: Filling, draft: Application) -> Application:
    form = filling.form
    answers: dict[str, Any] = {
        "contact_phone": form.text("contact_phone"),
        "statement": form.text("statement"),
        "guardian": _guardian(form),
    }
    # Before the commitment nothing of the form is taken: what is empty must not stand in its way.
    if not any(answers.values()) and not _committed(draft):
        return draft
    return filling.save(draft.revision, **answers)


def _guardian(form: Form) -> Guardian | None:
    name, number = form.text("guardian_name"), form.text("guardian_number")
    if not name and not number:
        return None
    chosen = form.text("guardian_relation")
    relation = Relation(chosen) if chosen in set(Relation) else Relation.GUARDIAN
    return Guardian(name, number, relation)


def _seen(filling: Filling, draft: Application) -> Application:
    chosen = filling.form.text("guardian_document")
    if draft.guardian is None or chosen not in set(IdentityDocument):
        return draft
    return filling.drafts.saw(
        filling.number,
        filling.identity,
        Whose.GUARDIAN,
        IdentityDocument(chosen),
        officer=filling.officer,
    )


def _attach(filling: Filling, given: GivenDocument) -> Application:
    try:
        return filling.drafts.attach(
            filling.number,
            filling.identity,
            given.basis,
            given.data,
            given.filename,
            given.government,
            whose=given.whose,
            officer=filling.officer,
        )
    except InputError as error:
        raise FileRefusedError(given.filename, error) from error
