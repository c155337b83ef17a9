"""Which copy is shown: the smallest that will do, and the one shown least."""

from typing import Any

import pytest

from holder_sim.copy_choice import choices_for, copy_for_code, with_shown
from holder_sim.errors import NothingToShowError
from holder_sim.held_credential import Holdings
from schemas.dcql import parse_query
from schemas.permit_credential import (
    CLAIM_PATHS,
    FULL_CONFIGURATION,
    PASS_CLAIMS,
    PASS_CONFIGURATION,
    PERMIT_VCT,
)


def query(*claims: str) -> Any:
    asked: dict[str, Any] = {
        "id": "permit",
        "format": "dc+sd-jwt",
        "meta": {"vct_values": [PERMIT_VCT]},
    }
    if claims:
        asked["claims"] = [{"path": list(CLAIM_PATHS[name])} for name in claims]
    return parse_query({"credentials": [asked]})


@pytest.mark.parametrize(
    ("names", "configuration"),
    [
        ([], PASS_CONFIGURATION),
        (["name", "citizen_id_tail"], PASS_CONFIGURATION),
        (list(PASS_CLAIMS), PASS_CONFIGURATION),
        (["name", "birthdate"], FULL_CONFIGURATION),
        (["sex"], FULL_CONFIGURATION),
    ],
)
def test_the_pass_does_where_it_can(
    holding: Any, clock: Any, names: list[str], configuration: str
) -> None:
    holdings = holding.holdings()
    choices = choices_for(query(*names), holdings, now=clock())

    assert copy_for_code(holdings, names).configuration == configuration
    assert choices is not None
    assert choices[0].copy.configuration == configuration


def test_a_code_stays_small_even_when_all_passes_were_shown(holding: Any) -> None:
    holdings = holding.holdings()
    shown = []
    for _ in range(4):
        copy = copy_for_code(holdings, ["name"])
        holdings = with_shown(holdings, [copy])
        shown.append((copy.configuration, copy.times_shown))

    assert shown == [(PASS_CONFIGURATION, n) for n in (0, 0, 1, 1)]


def test_over_openid4vp_no_copy_is_shown_twice_before_each_was_once(
    holding: Any, clock: Any
) -> None:
    holdings, shown = holding.holdings(), []
    for _ in range(4):
        choices = choices_for(query("name"), holdings, now=clock())
        assert choices is not None
        shown.append(choices[0].copy.credential)
        holdings = with_shown(holdings, [choices[0].copy])

    assert len(set(shown)) == 4


def test_only_what_was_shown_is_counted(holding: Any) -> None:
    holdings = holding.holdings()

    after = with_shown(holdings, holdings.copies[1:2])

    assert [copy.times_shown for copy in after.copies] == [0, 1, 0, 0]
    assert after.refresh == holdings.refresh


@pytest.mark.parametrize("names", [["height"], ["name", "record"], ["iss"]])
def test_claims_that_do_not_exist_are_named(holding: Any, names: list[str]) -> None:
    with pytest.raises(NothingToShowError, match="no such claim"):
        copy_for_code(holding.holdings(), names)


def test_without_a_permit_there_is_nothing(clock: Any) -> None:
    with pytest.raises(NothingToShowError, match="no permit"):
        copy_for_code(Holdings(), ["name"])
    assert choices_for(query(), Holdings(), now=clock()) is None
