"""The files of a form as documents: what each is to prove is the name of the field it came in.

So one form takes files for several grounds and persons at once, and whoever sends it loses
none. An exemption counts by the government that determined it [ZJ], so that is asked for too.
"""

from issuer.application import Whose
from issuer.eligibility import EXEMPTIONS, Basis
from issuer.supplement_documents import GivenDocument
from issuer.web.error_sentences import N_
from issuer.web.page_forms import AnswerMissingError, Form, GivenFile


def given_documents(form: Form) -> list[GivenDocument]:
    """Every file with its purpose.

    Raises:
        AnswerMissingError: a determination without the government that made it.
    """
    return [_document(file, form) for file in form.files]


def _document(file: GivenFile, form: Form) -> GivenDocument:
    basis = next((basis for basis in Basis if basis == file.field), None)
    whose = next((whose for whose in Whose if whose == file.field), None)
    government = form.text(f"government_{file.field}")
    if basis in EXEMPTIONS and not government:
        raise AnswerMissingError(
            f"government_{file.field}", N_("Name the government that determined it.")
        )
    return GivenDocument(file.data, file.filename, basis, whose, government)
