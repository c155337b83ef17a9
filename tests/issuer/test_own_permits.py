"""One's own permits and nobody else's, as they stand today."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from issuer.demonstration_identities import demonstration_identities
from issuer.errors import UnknownPermitError
from issuer.identity_check import VerifiedIdentity
from issuer.issuance_errors import CredentialDeniedError
from issuer.offers import HOLDER, Offers
from issuer.own_permits import OwnPermits
from issuer.permit import Cancellation, Permit, Standing
from issuer.settings import Settings
from issuer.storage import IssuerStorage, Notice
from schemas.endorsement_window import EndorsementWindow, start_of_day

STRANGER = demonstration_identities(today=date(2026, 11, 23))["52000019920512000X"]


@pytest.fixture
def holder(permit: Permit) -> VerifiedIdentity:
    """Whoever the permit was granted to."""
    return replace(STRANGER, citizen_id_number=permit.resident.citizen_id_number)


@pytest.fixture
def on(storage: IssuerStorage) -> Callable[[date], OwnPermits]:
    """The service as it is on a day."""

    def service(day: date) -> OwnPermits:
        def clock() -> datetime:
            return start_of_day(day)

        return OwnPermits(storage, Offers(storage, clock, Settings()), clock)

    return service


@pytest.mark.parametrize(
    ("day", "standing", "window_open"),
    [
        pytest.param(date(2026, 11, 23), Standing.USABLE, False, id="granted"),
        pytest.param(date(2027, 10, 22), Standing.USABLE, False, id="before the window"),
        pytest.param(date(2027, 10, 23), Standing.USABLE, True, id="it opens"),
        pytest.param(date(2027, 11, 24), Standing.LAPSED, True, id="missed"),
    ],
)
def test_a_permit_stands_as_the_day_has_it(
    on: Callable[[date], OwnPermits],
    holder: VerifiedIdentity,
    permit: Permit,
    day: date,
    standing: Standing,
    window_open: bool,
) -> None:
    own = on(day).permit(permit.number, holder)

    assert (own.standing, own.window_open) == (standing, window_open)
    assert own.window == EndorsementWindow(date(2027, 10, 23), date(2027, 11, 23))


def test_the_one_that_has_not_ended_comes_first_and_an_ended_one_has_no_window(
    storage: IssuerStorage,
    on: Callable[[date], OwnPermits],
    holder: VerifiedIdentity,
    permit: Permit,
) -> None:
    ended = replace(
        permit,
        number="ZJ0",
        issued_on=date(2026, 11, 24),
        order=Cancellation("li-3", "x", "x", datetime(2026, 11, 25, tzinfo=UTC)),
    )
    notice = Notice(permit.number, "330302", "granted", datetime(2026, 11, 23, tzinfo=UTC))
    with storage.transaction() as tx:
        tx.add_permit(ended)
        tx.add_notice(notice)
    first, second = on(date(2026, 11, 26)).permits(holder)

    assert (first.permit.number, first.notices) == (permit.number, (notice,))
    assert (second.permit.number, second.window, second.window_open) == ("ZJ0", None, False)


def test_for_anybody_else_there_is_none(on: Callable[[date], OwnPermits], permit: Permit) -> None:
    service = on(date(2026, 11, 23))

    assert service.permits(STRANGER) == []
    for act in (service.permit, service.offer):
        with pytest.raises(UnknownPermitError, match="no permit has this number"):
            act(permit.number, STRANGER)


def test_an_offer_is_written_down_as_the_holders(
    storage: IssuerStorage,
    on: Callable[[date], OwnPermits],
    holder: VerifiedIdentity,
    permit: Permit,
) -> None:
    offer = on(date(2026, 11, 23)).offer(permit.number, holder)
    with storage.reading() as register:
        last = register.last_audit("330302")

    assert "credential_offer_uri=" in offer.uri
    assert last is not None
    assert (last.actor, last.act) == (HOLDER, "create_offer")


def test_a_lapsed_permit_is_not_offered(
    on: Callable[[date], OwnPermits], holder: VerifiedIdentity, permit: Permit
) -> None:
    with pytest.raises(CredentialDeniedError, match="lapsed"):
        on(date(2027, 11, 24)).offer(permit.number, holder)
