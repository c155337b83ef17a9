"""Files of a form: what each is to prove is the field it came in."""

import pytest

from issuer.application import Whose
from issuer.eligibility import Basis
from issuer.web.given_documents import given_documents
from issuer.web.page_forms import AnswerMissingError, Form, GivenFile


def file(field: str) -> GivenFile:
    return GivenFile(field, f"{field}.png", b"1")


def test_each_file_has_its_purpose() -> None:
    fields = ("stable_housing", "guardian", "talent_exempt", "made_up")
    form = Form({"government_talent_exempt": [" 示范市人民政府 "]}, [file(name) for name in fields])
    given = given_documents(form)

    assert [(document.basis, document.whose) for document in given] == [
        (Basis.STABLE_HOUSING, None),
        (None, Whose.GUARDIAN),
        (Basis.TALENT_EXEMPT, None),
        (None, None),  # the services refuse what is to prove nothing
    ]
    assert given[2].government == "示范市人民政府"


@pytest.mark.parametrize("basis", [Basis.TALENT_EXEMPT, Basis.INVESTOR_EXEMPT])
def test_a_determination_names_its_government(basis: Basis) -> None:
    with pytest.raises(AnswerMissingError) as refused:
        given_documents(Form({}, [file(basis)]))

    assert refused.value.field == f"government_{basis}"
