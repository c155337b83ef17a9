"""Everything that has a state has a name for it, in words and in a tone."""

import pytest

from issuer.application import Channel, Kind, State, Whose
from issuer.eligibility import Basis
from issuer.permit import Standing
from issuer.web.labels import document_purpose, label, stage, standing
from schemas.civil_id import Sex

TONES = {"good", "warn", "bad", "neutral"}


@pytest.mark.parametrize("name", [*Kind, *Channel, *Basis, *Sex])
def test_every_kind_channel_ground_and_sex_has_a_name(name: str) -> None:
    assert label(name) != name


def test_every_stage_and_standing_has_a_name_and_a_tone() -> None:
    stages = [str(state.__struct_config__.tag) for state in State.__args__]
    for name, (words, tone) in [
        *((name, stage(name)) for name in stages),
        *((name, standing(name)) for name in Standing),
    ]:
        assert words != name
        assert tone in TONES


def test_every_purpose_of_a_document_has_a_name() -> None:
    assert all(document_purpose(name) != name for name in (*Basis, *Whose))


def test_what_nobody_knows_keeps_its_own_name() -> None:
    assert (label("x"), document_purpose("x")) == ("x", "x")
    assert (stage("x"), standing("x")) == (("x", "neutral"), ("x", "neutral"))


def test_a_lapsed_application_is_no_lapsed_permit() -> None:
    assert stage("lapsed")[0] != standing("lapsed")[0]
