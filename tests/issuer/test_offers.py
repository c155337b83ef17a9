"""Offers against a real register: in two parts, for usable permits, and for a short time."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace

from issuer.errors import DeskError, UnknownPermitError
from issuer.issuance_errors import CredentialDeniedError, NotServedError
from issuer.issuance_secrets import digest_of, tx_code_digest
from issuer.offers import Offers, refuse_unusable
from issuer.officer import ALL_ROLES, Officer
from issuer.permit import Cancellation, Order, Permit, Revocation, Suspension
from issuer.settings import Settings
from issuer.storage import IssuerStorage
from schemas.base64url import b64url_decode
from schemas.openid4vci import CredentialOffer, OfferReference, parse_offer_uri

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SETTINGS = Settings(base_url="https://permits.example")
LUCHENG, PINGYANG = "330302", "330326"
OFFICER = Officer("li-3", LUCHENG, ALL_ROLES)
REASON: dict[str, Any] = {"reason": "inquiry", "legal_basis": "SC663 18", "at": NOW}


@pytest.fixture
def offers(storage: IssuerStorage, permit: Permit) -> Offers:
    return Offers(storage, lambda: NOW, SETTINGS)


def code_in(offer: CredentialOffer | OfferReference) -> str:
    assert isinstance(offer, CredentialOffer)
    assert offer.grants is not None
    assert offer.grants.pre_authorized is not None
    return offer.grants.pre_authorized.pre_authorized_code


def reference_in(uri: str) -> str:
    offer = parse_offer_uri(uri)
    assert isinstance(offer, OfferReference)
    assert urlsplit(offer.uri).path.startswith(f"/{LUCHENG}/offers/")
    return offer.uri.rsplit("/", 1)[1]


def test_an_offer_by_value_holds_the_code_and_not_the_transaction_code(
    offers: Offers, permit: Permit
) -> None:
    created = offers.create(permit.number, officer=OFFICER, by_reference=False)
    offer = parse_offer_uri(created.uri)

    assert isinstance(offer, CredentialOffer)
    assert offer.credential_issuer == f"https://permits.example/{LUCHENG}"
    assert offer.credential_configuration_ids == ("residence_permit", "residence_permit_pass")
    assert offer.grants is not None
    assert offer.grants.pre_authorized is not None
    tx_code = offer.grants.pre_authorized.tx_code
    assert tx_code is not None
    assert (tx_code.input_mode, tx_code.length) == ("numeric", 6)
    assert created.tx_code not in created.uri.replace(code_in(offer), "")
    assert created.expires_at == NOW + timedelta(seconds=SETTINGS.offer_ttl_s)


def test_an_offer_by_reference_is_short_and_leads_to_the_same_offer_each_time(
    offers: Offers, permit: Permit
) -> None:
    created = offers.create(permit.number, officer=OFFICER, by_reference=True)
    reference = reference_in(created.uri)

    first, second = (offers.behind(LUCHENG, reference) for _ in range(2))

    assert first == second
    assert len(created.uri) < 200
    assert code_in(first) not in created.uri


def test_vci_6_address_and_code_have_128_random_bits_and_no_two_are_alike(
    offers: Offers, permit: Permit
) -> None:
    references = [
        reference_in(offers.create(permit.number, officer=OFFICER, by_reference=True).uri)
        for _ in range(5)
    ]
    codes = [code_in(offers.behind(LUCHENG, reference)) for reference in references]

    assert len({*references, *codes}) == 10
    assert all(len(b64url_decode(secret)) >= 16 for secret in (*references, *codes))


def test_vci_47_the_register_keeps_digests_only(
    offers: Offers, storage: IssuerStorage, permit: Permit
) -> None:
    created = offers.create(permit.number, officer=OFFICER, by_reference=True)
    reference = reference_in(created.uri)
    code = code_in(offers.behind(LUCHENG, reference))

    with storage.reading() as register:
        kept = register.offer_by_code(digest_of(code))
        entries = register.audit(LUCHENG)

    assert kept is not None
    assert kept.reference == digest_of(reference)
    assert kept.tx_code_digest == tx_code_digest(code, created.tx_code)
    for secret in (reference, code, created.tx_code):
        assert secret not in repr(kept)
        assert secret not in repr(entries)


def test_who_offered_which_permit_is_on_record(
    offers: Offers, storage: IssuerStorage, permit: Permit
) -> None:
    offers.create(
        permit.number, officer=Officer("officer-7", LUCHENG, ALL_ROLES), by_reference=False
    )

    with storage.reading() as register:
        entry = register.last_audit(LUCHENG)

    assert entry is not None
    assert (entry.act, entry.actor, entry.permit_number, entry.at) == (
        "create_offer",
        "officer-7",
        permit.number,
        NOW,
    )


@pytest.mark.parametrize(
    "officer", [Officer("chen-1", PINGYANG, ALL_ROLES), Officer("Li 3", LUCHENG, ALL_ROLES)]
)
def test_officers_of_other_counties_offer_nothing(
    offers: Offers, storage: IssuerStorage, permit: Permit, officer: Officer
) -> None:
    with pytest.raises(DeskError):
        offers.create(permit.number, officer=officer, by_reference=False)

    with storage.reading() as register:
        assert register.last_audit(LUCHENG) is None


def test_no_offer_for_a_permit_that_is_not_there(offers: Offers) -> None:
    with pytest.raises(UnknownPermitError):
        offers.create("33030220269999", officer=OFFICER, by_reference=False)


def test_an_offer_that_ran_out_or_is_another_countys_is_not_served(
    storage: IssuerStorage, offers: Offers, permit: Permit
) -> None:
    created = offers.create(permit.number, officer=OFFICER, by_reference=True)
    reference = reference_in(created.uri)
    later = Offers(storage, lambda: created.expires_at, SETTINGS)

    for asked, county, named in (
        (offers, PINGYANG, reference),
        (offers, LUCHENG, "x" * 43),
        (offers, LUCHENG, digest_of(reference)),  # what the register holds
        (later, LUCHENG, reference),
    ):
        with pytest.raises(NotServedError):
            asked.behind(county, named)


@pytest.mark.parametrize(
    ("order", "day", "sentence"),
    [
        (Suspension(by="a", **REASON), date(2026, 11, 23), "suspended by order"),
        (Revocation(proposed_by="a", confirmed_by="b", **REASON), date(2026, 11, 23), "revoked"),
        (Cancellation(by="a", **REASON), date(2026, 11, 23), "cancelled"),
        (None, date(2027, 11, 24), "Have it endorsed first"),
    ],
)
def test_only_a_usable_permit_is_offered(
    storage: IssuerStorage, permit: Permit, order: Order | None, day: date, sentence: str
) -> None:
    now = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    with storage.transaction() as tx:
        tx.replace_permit(replace(permit, order=order))

    with pytest.raises(CredentialDeniedError, match=sentence):
        Offers(storage, lambda: now, SETTINGS).create(
            permit.number, officer=OFFICER, by_reference=False
        )

    with storage.reading() as register:
        assert register.audit(LUCHENG) == []


def test_the_last_day_of_use_ends_at_midnight_in_shanghai(permit: Permit) -> None:
    midnight = datetime(2027, 11, 23, 16, 0, tzinfo=UTC)  # of the 24th in Shanghai

    refuse_unusable(permit, midnight - timedelta(microseconds=1))
    with pytest.raises(CredentialDeniedError):
        refuse_unusable(permit, midnight)


def test_a_holder_makes_an_offer_of_their_own_permit_and_of_no_other(
    offers: Offers, permit: Permit, storage: IssuerStorage
) -> None:
    created = offers.create_for_holder(permit.number, permit.resident.citizen_id_number)
    with storage.reading() as register:
        last = register.last_audit(LUCHENG)

    assert isinstance(parse_offer_uri(created.uri), OfferReference)
    assert last is not None
    assert (last.actor, last.act) == ("holder", "create_offer")
    with pytest.raises(UnknownPermitError, match="no permit has this number"):
        offers.create_for_holder(permit.number, "52000019920512000X")
