"""Everything the desk names has a name, and the names have their Chinese."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

import pytest

from issuer.application import Channel, IdentityDocument, Kind, Relation, State
from issuer.confirmation_slip import DocumentShown
from issuer.eligibility_facts import Basis, Outcome
from issuer.officer import Role
from issuer.outbox_storage import MessageState
from issuer.permit import Standing
from issuer.proposal import ProposalStage
from issuer.web import desk_words
from issuer.web.page_language import CHINESE, translations

STAGES = [kind.__struct_config__.tag for kind in State.__args__]


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (desk_words.KINDS, Kind),
        (desk_words.CHANNELS, Channel),
        (desk_words.STAGES, STAGES),
        (desk_words.BASES, Basis),
        (desk_words.RELATIONS, Relation),
        (desk_words.IDENTITY_DOCUMENTS, [*IdentityDocument, *DocumentShown]),
        (desk_words.STANDINGS, Standing),
        (desk_words.OUTCOMES, Outcome),
        (desk_words.MESSAGE_STATES, MessageState),
        (desk_words.PROPOSAL_STAGES, ProposalStage),
        (desk_words.ROLES, Role),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_value_has_a_name(table: Mapping[str, str], values: Iterable[StrEnum]) -> None:
    assert set(values) == set(table)


@pytest.mark.parametrize(
    "table",
    [
        desk_words.ACTS,
        desk_words.ACTORS,
        desk_words.KINDS,
        desk_words.STAGES,
        desk_words.STANDINGS,
    ],
)
def test_every_name_has_its_chinese(table: Mapping[str, str]) -> None:
    chinese = translations(CHINESE).gettext

    assert [name for name in table.values() if chinese(name) == name] == []


def test_looks_and_tones_are_of_acts_there_are() -> None:
    assert set(desk_words.ACTS) >= desk_words.LOOKS
    assert set(desk_words.ACT_TONES) <= set(desk_words.ACTS)


def test_a_value_without_a_name_is_shown_as_it_is() -> None:
    assert desk_words.word(desk_words.KINDS, "brand_new") == "brand_new"
