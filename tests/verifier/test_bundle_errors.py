"""Each error of a bundle has a code of its own and says what to do."""

import pytest

from verifier import bundle_errors
from verifier.bundle_errors import BundleError

ERRORS = [
    error
    for error in vars(bundle_errors).values()
    if isinstance(error, type) and issubclass(error, BundleError)
]


def test_no_two_share_a_code() -> None:
    assert len({error.code for error in ERRORS}) == len(ERRORS) == 10


@pytest.mark.parametrize("error", ERRORS)
def test_each_has_a_remedy_unless_one_is_given(error: type[BundleError]) -> None:
    assert error("found").remedy == error.usual_remedy
    assert str(error("found", remedy="Do this.")) == "found Do this."
