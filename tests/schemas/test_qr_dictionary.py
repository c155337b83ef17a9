"""The dictionary of version 1 is frozen: codes made with another could not be read."""

from hashlib import sha256

from schemas.qr_dictionary import DICTIONARY_1

FROZEN = "a1e47ac51273b48febf2a95f455c841bf474919b595fa54ebea1d803ade26021"


def test_the_dictionary_of_version_1_is_frozen() -> None:
    assert sha256(DICTIONARY_1).hexdigest() == FROZEN


def test_deflate_can_reach_all_of_it() -> None:
    """It looks back 32 KiB; what lies further away would be dead weight."""
    assert len(DICTIONARY_1) <= 32 * 1024
