"""What each step of the form does with what was filled in.

A step that lacks its answer is refused with the field to look at; everything else is refused
by the services, whose errors are led back to their fields here.
"""

from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct

from issuer.application import Application, Guardian, Kind, Relation
from issuer.application_drafts import Answers, ApplicationDrafts
from issuer.eligibility import Basis
from issuer.errors import ApplicationStateError
from issuer.identity_check import VerifiedIdentity
from issuer.supplement_documents import FileRefusedError
from issuer.web.draft_steps import Step
from issuer.web.error_sentences import N_
from issuer.web.given_documents import given_documents
from issuer.web.page_forms import AnswerMissingError, Form
from schemas.errors import InputError


class SentForm(Struct, frozen=True):
    """A form of one step, with what it is about."""

    drafts: ApplicationDrafts
    number: str
    identity: VerifiedIdentity
    form: Form

    def save(self, **answers: Any) -> Application:
        """Keep the answers, if the form was made from the draft as it is."""
        revision = self.form.number("revision")
        return self.drafts.save(self.number, self.identity, Answers(**answers), revision=revision)


def _county(sent: SentForm) -> Application:
    code = sent.form.text("county")
    if not code:
        raise AnswerMissingError("county", N_("Choose the county you live in."))
    try:
        return sent.save(county=code)
    except ApplicationStateError as error:
        kind = sent.drafts.held(sent.number, sent.identity).kind
        if error.code != ApplicationStateError.code or kind not in WRONG_PLACE:
            raise
        raise AnswerMissingError("county", WRONG_PLACE[kind]) from error


def _ground(sent: SentForm) -> Application:
    given = set(sent.form.several("bases"))
    bases = frozenset(basis for basis in Basis if basis in given)
    if not bases:
        raise AnswerMissingError("bases", N_("Choose at least one ground."))
    return sent.save(bases=bases)


def _notice(sent: SentForm) -> Application:
    if not sent.form.ticked("commitment"):
        raise AnswerMissingError(
            "commitment", N_("Read the notice and commit to it; without that nothing is taken.")
        )
    return sent.drafts.commit(sent.number, sent.identity)


def _form(sent: SentForm) -> Application:
    return sent.save(
        contact_phone=sent.form.text("contact_phone"),
        statement=sent.form.text("statement"),
        guardian=_guardian(sent.form),
    )


def _guardian(form: Form) -> Guardian | None:
    name, number = form.text("guardian_name"), form.text("guardian_number")
    if not name and not number:
        return None
    if not name:
        raise AnswerMissingError("guardian_name", N_("Give the name of who applies for you."))
    if not number:
        raise AnswerMissingError(
            "guardian_number", N_("Give the citizen number of who applies for you.")
        )
    relations = [relation for relation in Relation if relation == form.text("guardian_relation")]
    return Guardian(name, number, relations[0] if relations else Relation.GUARDIAN)


def _documents(sent: SentForm) -> Application:
    held = sent.drafts.held(sent.number, sent.identity)
    if sent.form.text("remove"):
        held = sent.drafts.detach(sent.number, sent.identity, sent.form.text("remove"))
    for given in given_documents(sent.form):
        try:
            held = sent.drafts.attach(
                sent.number,
                sent.identity,
                given.basis,
                given.data,
                given.filename,
                given.government,
                whose=given.whose,
            )
        except InputError as error:
            raise FileRefusedError(given.filename, error) from error
    return held


def _hand_in(sent: SentForm) -> Application:
    return sent.drafts.submit(sent.number, sent.identity)


ACTS: Final[dict[Step, Callable[[SentForm], Application]]] = {
    Step.COUNTY: _county,
    Step.GROUND: _ground,
    Step.NOTICE: _notice,
    Step.FORM: _form,
    Step.DOCUMENTS: _documents,
    Step.CHECK: _hand_in,
}
"""Step to what its form does; each gives the draft as it is then."""
FIELDS: Final[dict[tuple[Step, str], str]] = {
    (Step.COUNTY, "unknown_county"): "county",
    (Step.FORM, "bad_phone_number"): "contact_phone",
    (Step.FORM, "bad_citizen_id_number"): "guardian_number",
    (Step.FORM, "bad_particulars"): "guardian_name",
    (Step.FORM, "bad_statement"): "statement",
}
"""Step and code of an error to the field that it is about."""
WRONG_PLACE: Final[dict[Kind, str]] = {
    Kind.MOVE: N_(
        "That place lies in the same city area or county as your permit's. "
        "Apply for a change of data instead."
    ),
    Kind.CHANGE_OF_DATA: N_(
        "That place lies in another city area or county than your permit's. "
        "Apply for a move instead."
    ),
}
"""What a county that does not fit the kind of application is answered with; a msgid."""
