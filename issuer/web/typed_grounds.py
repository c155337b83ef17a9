"""Reason and legal basis as an officer types them: on one line each, and neither left out.

The services ask for both too; here what is missing is said at the field, in the page's language.
"""

from issuer.desk import Grounds
from issuer.web.error_sentences import N_
from issuer.web.one_line import one_line
from issuer.web.page_forms import AnswerMissingError, Form


def typed_grounds(form: Form) -> Grounds:
    """What the form says.

    Raises:
        AnswerMissingError: no reason, or no legal basis.
    """
    reason = typed_reason(form)
    legal_basis = one_line(form.text("legal_basis"))
    if not legal_basis:
        raise AnswerMissingError("legal_basis", N_("Name the provision it rests on."))
    return Grounds(reason, legal_basis)


def typed_reason(form: Form) -> str:
    """The reason alone. Raises ``AnswerMissingError`` where there is none."""
    reason = one_line(form.text("reason"))
    if not reason:
        raise AnswerMissingError("reason", N_("Give a reason; it goes into the audit log."))
    return reason
