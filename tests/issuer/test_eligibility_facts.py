"""The words of the rules: kinds, grounds and outcomes are those that are stored."""

import msgspec
import pytest

from issuer.eligibility_facts import EXEMPTIONS, Basis, Finding, Ground, Kind, Outcome
from issuer.ground_sentences import NOT_NEEDED, PASSED


def test_the_kinds_are_the_five_of_the_rules() -> None:
    assert [kind.value for kind in Kind] == [
        "first_permit",
        "endorsement",
        "replacement",
        "change_of_data",
        "move",
    ]


def test_three_conditions_and_two_exemptions() -> None:
    assert len(Basis) == 5
    assert {basis.value for basis in EXEMPTIONS} == {"investor_exempt", "talent_exempt"}


@pytest.mark.parametrize("ground", Ground)
def test_each_ground_that_holds_has_its_sentence(ground: Ground) -> None:
    assert ground in PASSED
    assert set(NOT_NEEDED) <= set(Ground)


def test_a_finding_comes_back_from_json() -> None:
    found = Finding(Ground.WINDOW, Outcome.FAILED, "window_not_open", "示范。", "Demonstration.")

    assert msgspec.json.decode(msgspec.json.encode(found), type=Finding) == found
