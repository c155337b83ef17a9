"""Reasons and legal bases as they are typed, and as they are kept."""

import pytest

from issuer.desk import Grounds
from issuer.web.page_forms import AnswerMissingError, Form
from issuer.web.typed_grounds import typed_grounds, typed_reason


def form(reason: str, legal_basis: str = "") -> Form:
    return Form({"reason": [reason], "legal_basis": [legal_basis]}, [])


def test_a_reason_on_several_lines_is_kept_on_one() -> None:
    assert typed_grounds(form("材料\r\n 不足", " 第九条 ")) == Grounds("材料 不足", "第九条")


@pytest.mark.parametrize(
    ("given_form", "field"),
    [(form(" \n", "第九条"), "reason"), (form("x", "\u3000"), "legal_basis"), (form(""), "reason")],
    ids=["no reason", "no legal basis", "neither"],
)
def test_what_is_missing_is_named(given_form: Form, field: str) -> None:
    with pytest.raises(AnswerMissingError) as found:
        typed_grounds(given_form)

    assert found.value.field == field


def test_a_reason_alone() -> None:
    assert typed_reason(form("查无 实据")) == "查无 实据"
