"""The counter's long page: what was typed first, what is kept otherwise."""

from datetime import UTC, date, datetime

from msgspec.structs import replace

from issuer.application import (
    Application,
    Channel,
    Guardian,
    IdentityDocument,
    Kind,
    Relation,
    SeenDocument,
    Whose,
)
from issuer.commitment_text import commitment_at
from issuer.demonstration_identities import demonstration_identities
from issuer.eligibility_facts import Basis
from issuer.web.counter_draft_view import draft_context, shown
from issuer.web.page_forms import Form

AT = datetime(2026, 11, 23, tzinfo=UTC)
TODAY = date(2026, 11, 23)
PEOPLE = demonstration_identities(today=TODAY)
DRAFT = Application(
    number="CG1",
    kind=Kind.FIRST_PERMIT,
    channel=Channel.COUNTER,
    county="330302",
    applicant=PEOPLE["410000199908090008"],
    bases=frozenset({Basis.STABLE_HOUSING}),
    contact_phone="13900000000",
    guardian=Guardian("满示范", "33010019900101001X", Relation.NEAR_RELATIVE),
    seen=(SeenDocument(Whose.GUARDIAN, IdentityDocument.ID_CARD, "wang-2", AT),),
    commitment=commitment_at(AT),
)


def test_what_the_draft_has() -> None:
    assert shown(DRAFT, None) == {
        "contact_phone": "13900000000",
        "statement": "",
        "guardian_name": "满示范",
        "guardian_number": "33010019900101001X",
        "guardian_relation": "near_relative",
        "guardian_document": "id_card",
        "bases": {Basis.STABLE_HOUSING},
        "commitment": True,
        "governments": {},
    }


def test_what_was_typed_comes_first() -> None:
    fields = {"contact_phone": ["1"], "bases": ["x"], "government_talent_exempt": ["示范市"]}

    typed = shown(replace(DRAFT, commitment=None), Form(fields, []))

    assert typed["contact_phone"] == "1"
    assert typed["guardian_name"] == ""
    assert typed["bases"] == {"x"}
    assert typed["commitment"] is False
    assert typed["governments"][Basis.TALENT_EXEMPT] == "示范市"


def test_a_commitment_that_was_given_stays_given() -> None:
    assert shown(DRAFT, Form({}, []))["commitment"] is True


def test_what_is_asked_follows_from_kind_and_age() -> None:
    grown = draft_context(DRAFT, None, TODAY)
    child = draft_context(
        replace(DRAFT, applicant=PEOPLE["340000201506010003"], kind=Kind.REPLACEMENT), None, TODAY
    )

    assert (grown["needs_basis"], grown["needs_guardian"]) == (True, False)
    assert (child["needs_basis"], child["needs_guardian"]) == (False, True)
