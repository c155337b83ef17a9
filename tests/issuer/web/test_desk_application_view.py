"""What an application's page shows, and how a document is served."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from issuer.application import (
    Abandoned,
    Application,
    Channel,
    Draft,
    Granted,
    Kind,
    Lapsed,
    Material,
    NeedsSupplement,
    Refused,
    State,
    Submitted,
    Whose,
    Withdrawn,
)
from issuer.document_store import DocumentContent
from issuer.eligibility_facts import Basis
from issuer.identity_check import VerifiedIdentity
from issuer.web.desk_application_view import (
    Decided,
    DocumentLine,
    decided,
    document_headers,
    document_title,
    unproven_bases,
)
from schemas.civil_id import Sex

AT = datetime(2026, 11, 23, tzinfo=UTC)
HELD = Application(
    number="SQ1",
    kind=Kind.FIRST_PERMIT,
    channel=Channel.WEB,
    county="330302",
    applicant=VerifiedIdentity(
        name="林样例",
        citizen_id_number="52000019920512000X",
        sex=Sex.FEMALE,
        birthdate=date(1992, 5, 12),
        ethnic_group="01",
        household_code="520100",
        registered_address="示范路1号",
        portrait=b"",
    ),
    bases=frozenset({Basis.STABLE_HOUSING, Basis.TALENT_EXEMPT}),
)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (Draft(), None),
        (Submitted(), None),
        (NeedsSupplement(), None),
        (Granted(AT, "li-3", "ZJ1"), Decided("Granted", "good", "li-3", AT, "ZJ1")),
        (Refused(AT, "li-3", ()), Decided("Refused", "bad", "li-3", AT)),
        (Withdrawn(AT), Decided("Withdrawn", "neutral", "", AT)),
        (Lapsed(AT), Decided("Ended without an answer", "neutral", "", AT)),
        (Abandoned(AT), None),
    ],
    ids=lambda value: type(value).__name__,
)
def test_how_it_ended(state: State, expected: Decided | None) -> None:
    assert decided(replace(HELD, state=state)) == expected


@pytest.mark.parametrize(
    ("media_type", "disposition"),
    [
        ("application/pdf", 'inline; filename="document-abcdef012345.pdf"'),
        ("image/jpeg", 'inline; filename="document-abcdef012345.jpg"'),
        ("image/png", 'inline; filename="document-abcdef012345.png"'),
        ("text/html", 'attachment; filename="document-abcdef012345.bin"'),
        ("image/svg+xml", 'attachment; filename="document-abcdef012345.bin"'),
    ],
)
def test_only_what_was_sniffed_safe_is_shown_inline(media_type: str, disposition: str) -> None:
    headers = document_headers(DocumentContent(b"", media_type), "abcdef0123456789")

    assert headers["Content-Disposition"] == disposition
    assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'; ")
    assert "script" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_what_a_document_is_for() -> None:
    assert document_title(Material(Basis.STABLE_HOUSING, "a")) == "Lawful stable housing"
    guardian = Material(None, "a", whose=Whose.GUARDIAN)
    assert document_title(guardian) == "Identity document of who applies"


@pytest.mark.parametrize(
    ("media_type", "framed"),
    [
        ("image/jpeg", "ab/picture"),
        ("image/png", "ab/picture"),
        ("application/pdf", "ab#navpanes=0&view=FitH"),
        ("", "ab#navpanes=0&view=FitH"),
    ],
    ids=["jpeg", "png", "pdf", "unknown"],
)
def test_what_is_in_the_frame_is_fitted_to_it(media_type: str, framed: str) -> None:
    assert DocumentLine(Material(None, "ab", media_type=media_type), "").framed == framed


def test_what_no_document_speaks_for_is_what_could_be_asked_for() -> None:
    # A determination counts by the government that made it.
    given = (Material(Basis.STABLE_HOUSING, "a"), Material(Basis.TALENT_EXEMPT, "b"))

    assert unproven_bases(replace(HELD, materials=given)) == ["Talent brought in"]
