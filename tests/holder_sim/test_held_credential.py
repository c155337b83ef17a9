"""What the vault holds, and what of it a list of cards tells."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from holder_sim.held_credential import Holdings, cards_of
from schemas.permit_credential import (
    CLAIM_PATHS,
    FULL_CONFIGURATION,
    PASS_CLAIMS,
    PASS_CONFIGURATION,
)


def test_a_copy_holds_what_it_was_issued_with(holding: Any) -> None:
    full, small = holding.copies(FULL_CONFIGURATION)[0], holding.copies(PASS_CONFIGURATION)[0]

    assert full.holds(frozenset(CLAIM_PATHS))
    assert small.holds(frozenset(PASS_CLAIMS))
    assert not small.holds(frozenset({"birthdate"}))
    assert not small.holds(frozenset({"sex"}))


def test_a_copys_key_is_the_one_it_is_bound_to(holding: Any) -> None:
    for copy in holding.holdings().copies:
        assert copy.key().public_jwk() == copy.payload()["cnf"]["jwk"]


@pytest.mark.parametrize(("second", "lapsed"), [(-1, False), (0, True)])
def test_a_card_lapses_with_the_last_day(holding: Any, second: int, lapsed: bool) -> None:
    holdings = holding.holdings()
    exp = holdings.copies[0].payload()["exp"]

    cards = cards_of(holdings, datetime.fromtimestamp(exp + second, UTC))

    assert {card.lapsed for card in cards} == {lapsed}
    assert {card.usable_through for card in cards} == {date(2027, 11, 23)}
    assert {card.county for card in cards} == {"330302"}


def test_cards_say_nothing_about_the_person(holding: Any, clock: Any) -> None:
    text = msgspec.json.encode(cards_of(holding.holdings(), clock())).decode()

    for value in ("买买提", "650000", "0007", "1990-01-01", "330302-2025"):
        assert value not in text


def test_no_permit_no_cards(clock: Any) -> None:
    assert cards_of(Holdings(), clock()) == ()


def test_holdings_survive_being_written_down(holding: Any) -> None:
    holdings = holding.holdings()

    assert msgspec.json.decode(msgspec.json.encode(holdings), type=Holdings) == holdings
