"""What follows from an application by itself: its stage, its proofs, its clocks."""

from datetime import UTC, date, datetime

import msgspec
import pytest
from msgspec.structs import replace

from issuer.application import (
    Abandoned,
    Application,
    Channel,
    Commitment,
    Draft,
    Granted,
    Guardian,
    IdentityDocument,
    Kind,
    Lapsed,
    Material,
    NeedsSupplement,
    ProposedGrant,
    Refused,
    Relation,
    SeenDocument,
    State,
    Submitted,
    Supplement,
    Whose,
    Withdrawn,
)
from issuer.decision_deadline import Awaited
from issuer.eligibility import Basis, Finding, Ground, Outcome
from issuer.identity_check import VerifiedIdentity
from schemas.civil_id import Sex

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
FAILED = Finding(Ground.PILOT, Outcome.FAILED, "pilot_not_open", "示范。", "Demonstration.")
APPLICATION = Application(
    number="SQ330302202600000018",
    kind=Kind.FIRST_PERMIT,
    channel=Channel.APP,
    county="330302",
    applicant=VerifiedIdentity(
        name="𠮷示范·示",
        citizen_id_number="430000198506160017",
        sex=Sex.MALE,
        birthdate=date(1985, 6, 16),
        ethnic_group="01",
        household_code="430100",
        registered_address="湖南省长沙市示范路9号",
        portrait=b"\x89PNG\r\n\x1a\n\x00\xff",
    ),
    bases=frozenset({Basis.STABLE_HOUSING}),
    guardian=Guardian("示范", "52000019920512000X", Relation.NEAR_RELATIVE),
    materials=(
        Material(Basis.STABLE_HOUSING, "ab" * 32, media_type="application/pdf", filename="租.pdf"),
        Material(None, "cd" * 32, whose=Whose.GUARDIAN),
    ),
    seen=(SeenDocument(Whose.GUARDIAN, IdentityDocument.ID_CARD, "wang-2", AT),),
    proposal=ProposedGrant("li-3", AT),
    commitment=Commitment("2026-11", "cd" * 32, AT),
)


@pytest.mark.parametrize(
    ("state", "stage", "is_open"),
    [
        (Draft(), "draft", True),
        (Submitted(), "submitted", True),
        (NeedsSupplement(), "needs_supplement", True),
        (Granted(AT, "li-3", "ZJ"), "granted", False),
        (Refused(AT, "li-3", (FAILED,)), "refused", False),
        (Withdrawn(AT), "withdrawn", False),
        (Lapsed(AT), "lapsed", False),
        (Abandoned(AT), "abandoned", False),
    ],
)
def test_each_state_has_its_name_and_comes_back_from_json(
    state: State, stage: str, is_open: bool
) -> None:
    held = replace(APPLICATION, state=state)

    assert (held.stage, held.open) == (stage, is_open)
    assert msgspec.json.decode(msgspec.json.encode(held), type=Application) == held


@pytest.mark.parametrize(
    ("material", "proves"),
    [
        (Material(Basis.STABLE_HOUSING, "ab"), True),
        (Material(None, "ab", whose=Whose.APPLICANT), False),
        (Material(Basis.TALENT_EXEMPT, "ab"), False),
        (Material(Basis.TALENT_EXEMPT, "ab", "  "), False),
        (Material(Basis.TALENT_EXEMPT, "ab", "乐清市人民政府"), True),
    ],
)
def test_r2_an_exemption_needs_the_government_that_determined_it(
    material: Material, proves: bool
) -> None:
    held = replace(APPLICATION, materials=(material,))

    assert held.proven == (frozenset({material.basis}) if proves else frozenset())


def test_r5_a_draft_has_no_deadline() -> None:
    assert APPLICATION.deadline(date(2026, 11, 23)) is None


def test_r5_the_day_of_submission_is_the_one_in_shanghai() -> None:
    late = replace(APPLICATION, submitted_at=datetime(2026, 11, 23, 16, 0, tzinfo=UTC))
    found = late.deadline(date(2026, 11, 24))

    assert found is not None
    assert found.promised_on == date(2026, 11, 26)


@pytest.mark.parametrize(
    ("supplied_at", "promised_on", "stopped"),
    [
        (None, date(2026, 11, 27), True),
        (datetime(2026, 11, 24, 4, 0, tzinfo=UTC), date(2026, 11, 26), False),
    ],
)
def test_r5_a_supplement_stops_the_clocks(
    supplied_at: datetime | None, promised_on: date, stopped: bool
) -> None:
    asked = Supplement(datetime(2026, 11, 24, 1, 0, tzinfo=UTC), "li-3", ("租房合同",), supplied_at)
    found = replace(APPLICATION, submitted_at=AT, supplements=(asked,)).deadline(date(2026, 11, 25))

    assert found is not None
    assert (found.promised_on, found.stopped) == (promised_on, stopped)


def test_times_in_which_something_was_lacking_are_days_in_shanghai() -> None:
    asked = Supplement(datetime(2026, 11, 24, 16, 0, tzinfo=UTC), "li-3", ("租房合同",), None)
    held = replace(APPLICATION, supplements=(asked, replace(asked, supplied_at=asked.asked_at)))

    assert held.awaited == (
        Awaited(date(2026, 11, 25), None),
        Awaited(date(2026, 11, 25), date(2026, 11, 25)),
    )


def test_what_was_kept_before_there_were_drafts_can_still_be_read() -> None:
    new = {"draft_number", "revision", "permit_number", "contact_phone", "statement", "seen"}
    kept = msgspec.to_builtins(replace(APPLICATION, seen=(), proposal=None))
    old = {name: value for name, value in kept.items() if name not in new | {"proposal"}}
    old["guardian"] = {"name": "示范", "citizen_id_number": "52000019920512000X"}
    old["materials"] = [{"basis": "stable_housing", "sha256": "ab" * 32, "government": ""}]

    read = msgspec.convert(old, Application)
    assert read.guardian == Guardian("示范", "52000019920512000X")
    assert read.materials == (Material(Basis.STABLE_HOUSING, "ab" * 32),)
    assert read.revision == 0
