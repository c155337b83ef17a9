"""An application in brief: everything a list needs, and nothing it must not show."""

from datetime import UTC, date, datetime, timedelta

import msgspec
from msgspec.structs import replace

from issuer import application_steps as steps
from issuer.application import Application, Channel, Kind, Material
from issuer.application_brief import ApplicationBrief, brief_of
from issuer.commitment_text import commitment_at
from issuer.demonstration_identities import demonstration_identities
from issuer.eligibility_facts import Basis

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PERSON = demonstration_identities(today=date(2026, 11, 23))["610000199507150003"]
DRAFT = Application(
    number="CG000000000000000001",
    kind=Kind.FIRST_PERMIT,
    channel=Channel.WEB,
    county="330382",
    applicant=PERSON,
    bases=frozenset({Basis.TALENT_EXEMPT}),
    materials=(Material(Basis.TALENT_EXEMPT, "ab" * 32, "乐清市人民政府"),),
    commitment=commitment_at(AT),
)


def test_a_brief_holds_neither_portrait_nor_number() -> None:
    brief = brief_of(DRAFT)
    kept = msgspec.json.encode(brief).decode()

    assert PERSON.citizen_id_number not in kept
    assert brief.citizen_id_tail == "0003"
    assert len(kept) < 400
    assert msgspec.json.decode(kept, type=ApplicationBrief) == brief
    assert brief.deadline(date(2026, 11, 23)) is None


def test_r5_its_clocks_are_the_application_s() -> None:
    submitted = steps.submit(DRAFT, at=AT)
    asked = steps.request_supplement(submitted, ["租房合同"], by="li-3", at=AT + timedelta(days=1))

    for held in (submitted, asked):
        for day in (date(2026, 11, 24), date(2026, 12, 24)):
            assert brief_of(held).deadline(day) == held.deadline(day)


def test_it_says_who_proposed_and_what_rests_on_an_exemption() -> None:
    proposed = steps.propose_grant(steps.submit(DRAFT, at=AT), by="li-3", at=AT)

    assert brief_of(proposed).proposed_by == "li-3"
    assert brief_of(DRAFT).exempt
    assert not brief_of(replace(DRAFT, bases=frozenset({Basis.STABLE_HOUSING}))).exempt
