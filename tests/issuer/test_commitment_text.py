"""The notice: which text somebody committed to can be told later."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from issuer import commitment_text
from issuer.commitment_text import commitment_at, is_current

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def test_a_commitment_names_version_digest_and_instant() -> None:
    given = commitment_at(AT)

    assert (given.text_version, given.given_at) == (commitment_text.VERSION, AT)
    assert len(given.text_sha256) == 64
    assert is_current(given)


@pytest.mark.parametrize("older", [{"text_version": "2021-06"}, {"text_sha256": "00" * 32}])
def test_another_text_is_not_the_present_one(older: dict[str, str]) -> None:
    assert not is_current(replace(commitment_at(AT), **older))
