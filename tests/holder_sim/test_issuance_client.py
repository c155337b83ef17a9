"""Taking a permit: the wallet's rules VCIW-n of OpenID4VCI, against an issuer that errs."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
import pytest

from holder_sim.errors import (
    BadCredentialError,
    BadIssuerError,
    IssuerRefusedError,
    NothingToShowError,
    UnreachableError,
)
from holder_sim.face_check import Purpose
from keys.errors import UnknownIssuerError
from keys.jws import jwk_thumbprint
from schemas.endpoint_url import UrlError
from schemas.errors import ServiceError
from schemas.openid4vci import (
    Grants,
    OfferError,
    PreAuthorizedGrant,
    offer_reference_uri,
)
from schemas.permit_credential import FULL_CONFIGURATION, PASS_CONFIGURATION

OFFER = "openid-credential-offer://?"


async def refused(phone: Any, uri: str, error: type[ServiceError], tx_code: str = "493536") -> Any:
    """Taking ``uri`` fails so, and nothing is held afterwards."""
    with pytest.raises(error) as caught:
        await phone.accept(uri, tx_code)
    assert phone.holdings().copies == ()
    return caught.value


async def test_an_offer_by_value_is_redeemed(phone: Any, issuer: Any) -> None:
    cards = await phone.accept(issuer.offer_uri())

    assert [(card.configuration, card.copies, card.unused) for card in cards] == [
        (FULL_CONFIGURATION, 2, 2),
        (PASS_CONFIGURATION, 2, 2),
    ]
    assert [card.lapsed for card in cards] == [False, False]


async def test_an_offer_by_reference_is_redeemed(phone: Any, issuer: Any, web: Any) -> None:
    offer = msgspec.json.encode(issuer.offer())
    web.handlers["/offer"] = lambda _: answer_like(web, offer)

    cards = await phone.accept(offer_reference_uri(f"{web.base_url}/offer"))

    assert len(cards) == 2


def answer_like(web: Any, body: bytes, media_type: str = "application/json") -> Any:
    answer = web.handlers["/trust-list"](None)
    return type(answer)(body, media_type=media_type)


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        (OFFER, "neither parameter"),
        (OFFER + "credential_offer=%7B%7D&credential_offer_uri=https%3A%2F%2Fi", "both"),
        (OFFER + "credential_offer_uri=http%3A%2F%2Fissuer.example%2Fo", "not https"),
        (OFFER + "credential_offer_uri=file%3A%2F%2F%2Fetc%2Fpasswd", "not https"),
        (OFFER + "credential_offer=nonsense", "not JSON"),
        ("https://issuer.example/?credential_offer=%7B%7D", "another scheme"),
    ],
)
async def test_vciw_2_refuses_what_is_no_offer(phone: Any, web: Any, uri: str, why: str) -> None:
    await refused(phone, uri, OfferError)

    assert web.asked == []


async def test_vciw_2_refuses_an_offer_of_another_media_type(
    phone: Any, issuer: Any, web: Any
) -> None:
    offer = msgspec.json.encode(issuer.offer())
    web.handlers["/offer"] = lambda _: answer_like(web, offer, "text/html")

    await refused(phone, offer_reference_uri(f"{web.base_url}/offer"), UnreachableError)


async def test_vciw_2_refuses_an_unknown_configuration(phone: Any, issuer: Any, web: Any) -> None:
    uri = issuer.offer_uri(credential_configuration_ids=("driving_licence",))

    await refused(phone, uri, OfferError)

    assert f"{issuer.url_path}/t" not in web.paths()


@pytest.mark.parametrize("tx_code", ["", None])
async def test_an_offer_that_needs_a_code_is_not_redeemed_without(
    phone: Any, issuer: Any, web: Any, tx_code: str | None
) -> None:
    with pytest.raises(OfferError, match="transaction code"):
        await phone.accept(issuer.offer_uri(), tx_code)

    assert web.asked == []


async def test_vciw_3_an_issuer_nobody_named_is_not_even_asked(
    phone: Any, issuer: Any, web: Any
) -> None:
    """Whoever makes an offer up must not be handed the transaction code."""
    uri = issuer.offer_uri(credential_issuer=f"{web.base_url}/330999")

    await refused(phone, uri, UnknownIssuerError)

    assert web.paths() == ["/trust-list"]


async def test_vciw_4_endpoints_that_are_not_https_are_not_used(phone: Any, issuer: Any) -> None:
    issuer.alter_server = {"token_endpoint": "http://issuer.example/t"}

    await refused(phone, issuer.offer_uri(), UrlError)


@pytest.mark.parametrize(
    ("document", "member", "names"),
    [
        ("alter_metadata", "credential_issuer", "another credential issuer"),
        ("alter_server", "issuer", "another authorization server"),
    ],
)
@pytest.mark.parametrize("written", ["{}/", "{}?", "{}x"])
async def test_vciw_5_metadata_names_exactly_the_issuer_asked(
    phone: Any, issuer: Any, web: Any, document: str, member: str, names: str, written: str
) -> None:
    setattr(issuer, document, {member: written.format(issuer.identifier)})

    error = await refused(phone, issuer.offer_uri(), BadIssuerError)

    assert names in error.detail
    assert f"{issuer.url_path}/t" not in web.paths()


async def test_the_authorization_server_named_in_metadata_is_asked(
    phone: Any, issuer: Any, web: Any
) -> None:
    server = f"{web.base_url}/as"
    issuer.alter_metadata = {"authorization_servers": [server]}
    issuer.alter_server = {"issuer": server}
    web.handlers["/.well-known/oauth-authorization-server/as"] = web.handlers.pop(
        f"/.well-known/oauth-authorization-server{issuer.url_path}"
    )

    assert len(await phone.accept(issuer.offer_uri())) == 2


@pytest.mark.parametrize("named", [None, ["https://as.example"]])
async def test_vciw_6_a_hint_that_is_not_in_metadata_stops_the_wallet(
    phone: Any, issuer: Any, web: Any, named: list[str] | None
) -> None:
    if named:
        issuer.alter_metadata = {"authorization_servers": named}
    grant = PreAuthorizedGrant("code-1", authorization_server=f"{web.base_url}/mine")

    uri = issuer.offer_uri(grants=Grants(grant))
    await refused(phone, uri, BadIssuerError)

    assert f"{issuer.url_path}/t" not in web.paths()


async def test_vciw_9_every_endpoint_comes_from_metadata(phone: Any, issuer: Any, web: Any) -> None:
    await phone.accept(issuer.offer_uri())

    path = issuer.url_path
    assert web.paths() == [
        "/trust-list",
        f"/.well-known/openid-credential-issuer{path}",
        f"/.well-known/oauth-authorization-server{path}",
        f"{path}/t",
        *([f"{path}/n", f"{path}/c", "/trust-list"] * 2),
    ]


async def test_vciw_12_the_transaction_code_goes_to_the_token_endpoint_and_nowhere_else(
    phone: Any, issuer: Any, web: Any
) -> None:
    await phone.accept(issuer.offer_uri())

    told = [a.path for a in web.asked if b"493536" in a.body or "493536" in str(a.headers)]
    assert told == [f"{issuer.url_path}/t"]


async def test_a_code_that_was_not_asked_for_is_not_sent(phone: Any, issuer: Any, web: Any) -> None:
    issuer.codes = {"code-2": None}
    uri = issuer.offer_uri(grants=Grants(PreAuthorizedGrant("code-2")))

    await phone.accept(uri, "493536")

    (token_request,) = [a for a in web.asked if a.path.endswith("/t")]
    assert "tx_code" not in token_request.form()


async def test_a_wrong_transaction_code_is_the_issuers_to_refuse(phone: Any, issuer: Any) -> None:
    error = await refused(phone, issuer.offer_uri(), IssuerRefusedError, "000000")

    assert error.error == "invalid_grant"


async def test_vciw_13_a_token_of_another_type_is_not_used(phone: Any, issuer: Any) -> None:
    issuer.alter_token = {"token_type": "DPoP"}

    await refused(phone, issuer.offer_uri(), BadIssuerError)


async def test_the_case_of_the_token_type_does_not_matter(phone: Any, issuer: Any) -> None:
    issuer.alter_token = {"token_type": "bEARER"}

    assert len(await phone.accept(issuer.offer_uri())) == 2


async def test_vciw_18_proofs_hold_and_name_no_client(phone: Any, issuer: Any) -> None:
    """The issuer of these tests checks type, audience, nonce and that iss is absent."""
    await phone.accept(issuer.offer_uri())

    assert len(issuer.proven) == 4


async def test_vciw_19_every_copy_has_a_key_of_its_own(phone: Any, issuer: Any) -> None:
    await phone.accept(issuer.offer_uri())

    assert len({jwk_thumbprint(jwk) for jwk in issuer.proven}) == 4
    held = {jwk_thumbprint(copy.key().public_jwk()) for copy in phone.holdings().copies}
    assert held == {jwk_thumbprint(jwk) for jwk in issuer.proven}


@pytest.mark.parametrize(
    ("batch", "sent"), [({"batch_size": 10}, 2), ({"batch_size": 2}, 2), (None, 1)]
)
async def test_vciw_19_no_more_proofs_than_the_issuer_takes(
    phone: Any, issuer: Any, batch: dict[str, int] | None, sent: int
) -> None:
    issuer.alter_metadata = {"batch_credential_issuance": batch}

    await phone.accept(issuer.offer_uri())

    assert len(issuer.proven) == 2 * sent


async def test_vciw_20_a_stale_nonce_is_replaced_once(phone: Any, issuer: Any) -> None:
    issuer.refusals = ["invalid_nonce"]

    await phone.accept(issuer.offer_uri())

    assert len(issuer.nonces) == 3


async def test_vciw_20_nonces_are_not_asked_for_without_end(phone: Any, issuer: Any) -> None:
    issuer.refusals = ["invalid_nonce"] * 9

    error = await refused(phone, issuer.offer_uri(), IssuerRefusedError)

    assert (error.error, len(issuer.nonces)) == ("invalid_nonce", 2)


async def test_vciw_20_a_denied_request_is_final(phone: Any, issuer: Any) -> None:
    issuer.refusals = ["credential_request_denied"]

    error = await refused(phone, issuer.offer_uri(), IssuerRefusedError)

    assert (error.error, len(issuer.nonces)) == ("credential_request_denied", 1)


async def test_vciw_24_copies_are_matched_by_key_not_by_position(phone: Any, issuer: Any) -> None:
    """This issuer answers in reverse order; see that each copy got its own key."""
    await phone.accept(issuer.offer_uri())

    for copy in phone.holdings().copies:
        assert copy.payload()["cnf"]["jwk"] == copy.key().public_jwk()


async def test_vciw_24_a_key_that_comes_twice_is_refused(phone: Any, issuer: Any) -> None:
    issuer.alter_keys = lambda keys: [keys[0], keys[0]]

    await refused(phone, issuer.offer_uri(), BadCredentialError)


async def test_fewer_copies_than_asked_for_are_taken(phone: Any, issuer: Any) -> None:
    issuer.alter_keys = lambda keys: keys[:1]

    assert [card.copies for card in await phone.accept(issuer.offer_uri())] == [1, 1]


async def test_no_copy_at_all_is_refused(phone: Any, issuer: Any) -> None:
    issuer.alter_keys = lambda _: []

    await refused(phone, issuer.offer_uri(), BadIssuerError)


async def test_one_bad_copy_among_good_ones_and_nothing_is_kept(phone: Any, issuer: Any) -> None:
    issuer.alter_credential = lambda text: text if issuer.issue_count < 4 else text + "a.b.c"

    error = await refused(phone, issuer.offer_uri(), BadCredentialError)

    assert issuer.issue_count == 4
    assert "key binding" in error.detail


async def test_vciw_30_unknown_members_are_ignored(phone: Any, issuer: Any) -> None:
    offer = msgspec.to_builtins(issuer.offer()) | {"something_new": [1]}
    uri = OFFER + urlencode(
        {"credential_offer": msgspec.json.encode(offer).decode()}, quote_via=quote
    )

    assert len(await phone.accept(uri)) == 2


@pytest.mark.parametrize("path", ["t", "n", "c"])
async def test_an_answer_that_is_no_message_is_refused(
    phone: Any, issuer: Any, web: Any, path: str
) -> None:
    web.handlers[f"{issuer.url_path}/{path}"] = lambda _: answer_like(web, b"<html>")

    await refused(phone, issuer.offer_uri(), BadIssuerError)


async def test_the_issuers_own_words_are_cut_to_a_readable_length(
    phone: Any, issuer: Any, web: Any
) -> None:
    body = msgspec.json.encode({"error": "e" * 9999, "error_description": "d" * 99999})

    def refuse(_: Any) -> Any:
        answer = answer_like(web, body)
        answer.status = 400
        return answer

    web.handlers[f"{issuer.url_path}/t"] = refuse
    error = await refused(phone, issuer.offer_uri(), IssuerRefusedError)

    assert len(error.detail) < 500


# -- renewing -----------------------------------------------------------------------------


async def renew(phone: Any) -> Any:
    return await phone.wallet.refresh(phone.unlock(Purpose.COLLECT))


async def test_new_copies_take_the_place_of_the_old(holding: Any) -> None:
    before = {copy.credential for copy in holding.holdings().copies}

    cards = await renew(holding)

    after = {copy.credential for copy in holding.holdings().copies}
    assert before.isdisjoint(after)
    assert [card.copies for card in cards] == [2, 2]


async def test_renewing_again_uses_the_token_that_came_last(holding: Any) -> None:
    await renew(holding)

    assert len(await renew(holding)) == 2


@pytest.mark.parametrize(
    "spoil",
    [
        lambda issuer: setattr(issuer, "refresh_tokens", set()),
        lambda issuer: setattr(issuer, "refusals", ["credential_request_denied"]),
        lambda issuer: setattr(issuer, "alter_credential", lambda text: text + "a.b.c"),
        lambda issuer: issuer.web.handlers.pop(f"{issuer.url_path}/c"),
    ],
    ids=["refused", "denied", "bad-copies", "gone"],
)
async def test_the_old_copies_stay_until_the_new_are_kept(
    holding: Any, issuer: Any, spoil: Callable[[Any], Any]
) -> None:
    before = holding.holdings().copies
    spoil(issuer)

    with pytest.raises(ServiceError):
        await renew(holding)

    assert holding.holdings().copies == before


async def test_a_renewal_that_broke_off_can_be_tried_again(holding: Any, issuer: Any) -> None:
    """The first refresh token is spent by then; the second must have been kept."""
    issuer.refusals = ["credential_request_denied"]
    with pytest.raises(IssuerRefusedError):
        await renew(holding)

    assert len(await renew(holding)) == 2


async def test_without_a_permit_there_is_nothing_to_renew(phone: Any) -> None:
    with pytest.raises(NothingToShowError):
        await renew(phone)
