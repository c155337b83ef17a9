"""OpenID4VP from asking to the result, with a wallet that behaves and one that does not."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from keys.certificates import Role
from keys.errors import TokenError
from keys.jwe import encrypt_jwe
from keys.jws import parse_jws, verify_jws, x5c_of
from keys.one_time import MemoryOneTimeStore
from keys.x5c import trusted_leaf
from schemas.openid4vp import (
    AUTHORIZATION_REQUEST_TYP,
    RequestObject,
    ResponseError,
    choose_encryption,
    parse_authorization_url,
    parse_request_object,
    x509_hash_client_id,
)
from verifier.errors import PermitNotNeededError, UnknownItemError
from verifier.presentation_requests import CreatedRequest, PresentationRequests, state_of
from verifier.presentation_session import (
    Answered,
    Declined,
    NotYourSessionError,
    SessionClosedError,
    UnknownSessionError,
)
from verifier.service_items import load_items
from verifier.session_store import MemorySessionStore

ITEM = "vehicle_registration"
CLAIMS = ("name", "citizen_id_number", "residence_address")


class Asking:
    """The service under test, its moving clock, and a wallet's side of the talk."""

    def __init__(self, counters: Any) -> None:
        self.world = counters.world
        self.now: datetime = counters.world.now
        key = self.world._certified(Role.VERIFIER, "Counters", "https://verifier.example")
        self.requests = PresentationRequests(
            verifier=counters.verifier,
            items=load_items(),
            sessions=MemorySessionStore(100),
            one_time=MemoryOneTimeStore(),
            key=key,
            base_url="https://verifier.example",
            ttl_s=300,
            clock=lambda: self.now,
        )
        self.certificate = key.chain[0]

    async def create(self, mode: str = "direct_post.jwt", item: str = ITEM) -> CreatedRequest:
        return await self.requests.create(item=item, county_code="330302", response_mode=mode)

    async def fetched(self, created: CreatedRequest) -> RequestObject:
        jws = parse_jws(
            await self.requests.request_object(created.id), typ=AUTHORIZATION_REQUEST_TYP
        )
        leaf = trusted_leaf(x5c_of(jws), anchors=[self.world.root], at=self.now)
        verify_jws(jws, leaf.public_key)
        return parse_request_object(jws.payload)

    def presentation(self, request: RequestObject, **changes: Any) -> str:
        bound = {"aud": request.client_id, "nonce": request.nonce} | changes
        made: str = self.world.present(show=CLAIMS, **bound)
        return made

    def form(self, request: RequestObject, presentation: str) -> bytes:
        token = {"permit": [presentation]}
        if request.response_mode == "direct_post":
            return urlencode({"vp_token": msgspec.json.encode(token).decode()}).encode()
        jwk, enc = choose_encryption(request.client_metadata)
        payload = msgspec.json.encode({"vp_token": token})
        return urlencode(
            {"response": encrypt_jwe(payload, jwk=jwk, enc=enc, kid=jwk["kid"])}
        ).encode()

    async def result(self, created: CreatedRequest) -> dict[str, Any]:
        session = await self.requests.result(created.id, created.transaction_id)
        assert isinstance(session, Answered)
        decoded: dict[str, Any] = msgspec.json.decode(session.result)
        return decoded


@pytest.fixture
def asking(counters: Any) -> Asking:
    return Asking(counters)


@pytest.mark.parametrize("mode", ["direct_post", "direct_post.jwt"])
async def test_a_round_ends_in_a_verdict_with_only_the_claims_asked_for(
    asking: Asking, mode: str
) -> None:
    created = await asking.create(mode)
    request = await asking.fetched(created)

    await asking.requests.receive(created.id, asking.form(request, asking.presentation(request)))

    result = await asking.result(created)
    assert result["verdict"] == "accepted"
    assert set(result["claims"]) == set(CLAIMS)


async def test_vp_2_3_4_the_request_is_signed_complete_and_names_its_certificate(
    asking: Asking,
) -> None:
    created = await asking.create()
    request = await asking.fetched(created)
    link = parse_authorization_url(created.authorization_url)

    assert request.client_id == link.client_id == x509_hash_client_id(asking.certificate)
    assert link.request_uri == created.request_uri
    assert request.response_uri == f"https://verifier.example/responses/{created.id}"
    assert request.aud == "https://self-issued.me/v2"
    assert [list(c.path) for c in request.dcql_query.credentials[0].claims] == [
        [name] for name in CLAIMS
    ]


async def test_the_signed_request_says_what_it_is_for(asking: Asking) -> None:
    created = await asking.requests.create(
        item="compulsory_education",
        county_code="330302",
        response_mode="direct_post",
        case_number=" 鹿教〔2026〕118 ",
        purpose="一年级入学",
    )
    token = await asking.requests.request_object(created.id)
    payload = msgspec.json.decode(parse_jws(token, typ=AUTHORIZATION_REQUEST_TYP).payload)

    item = load_items()["compulsory_education"]
    assert payload["service_item"] == {"id": item.id, "zh": item.name_zh, "en": item.name_en}
    assert payload["case_number"] == "鹿教〔2026〕118"
    assert "一年级入学" not in token


async def test_whether_a_wallet_has_opened_it_is_known(asking: Asking) -> None:
    created = await asking.create()
    assert not await asking.requests.opened(created.id)
    await asking.fetched(created)
    assert await asking.requests.opened(created.id)


async def test_a_store_without_room_does_not_keep_a_wallet_out(asking: Asking) -> None:
    asking.requests._sessions = MemorySessionStore(1)
    created = await asking.create()
    await asking.fetched(created)
    assert not await asking.requests.opened(created.id)


async def test_vp_1_8_nonce_and_key_are_new_for_each_request(asking: Asking) -> None:
    requests = [await asking.fetched(await asking.create()) for _ in range(3)]

    assert len({request.nonce for request in requests}) == 3
    assert len({request.client_metadata.jwks.keys[0]["x"] for request in requests}) == 3


async def test_vp_9_both_content_encryptions_are_listed(asking: Asking) -> None:
    request = await asking.fetched(await asking.create())

    listed = request.client_metadata.encrypted_response_enc_values_supported
    assert set(listed) == {"A128GCM", "A256GCM"}


async def test_vp_5_a_request_can_be_fetched_again_while_it_is_open(asking: Asking) -> None:
    created = await asking.create()

    assert await asking.fetched(created) == await asking.fetched(created)
    asking.now += timedelta(seconds=300)
    with pytest.raises(SessionClosedError):
        await asking.requests.request_object(created.id)


async def test_vp_13_plain_data_is_refused_where_encryption_was_asked(asking: Asking) -> None:
    created = await asking.create("direct_post.jwt")
    request = await asking.fetched(created)
    plain = msgspec.structs.replace(request, response_mode="direct_post")

    with pytest.raises(ResponseError):
        await asking.requests.receive(created.id, asking.form(plain, asking.presentation(request)))
    # The session is still open for the real answer.
    await asking.requests.receive(created.id, asking.form(request, asking.presentation(request)))


async def test_vp_13_a_plain_error_is_taken_in_encrypted_mode(asking: Asking) -> None:
    created = await asking.create("direct_post.jwt")

    await asking.requests.receive(created.id, b"error=access_denied")

    session = await asking.requests.result(created.id, created.transaction_id)
    assert isinstance(session, Declined)
    assert (session.error, state_of(session, asking.now)) == ("access_denied", "declined")


async def test_vp_14_an_answer_encrypted_for_another_request_is_refused(asking: Asking) -> None:
    first, second = await asking.create(), await asking.create()
    request = await asking.fetched(first)

    with pytest.raises(TokenError):
        await asking.requests.receive(second.id, asking.form(request, asking.presentation(request)))


async def test_vp_15_of_twin_posts_one_is_accepted(asking: Asking) -> None:
    created = await asking.create()
    request = await asking.fetched(created)
    forms = [asking.form(request, asking.presentation(request)) for _ in range(20)]

    outcomes = await asyncio.gather(
        *(asking.requests.receive(created.id, form) for form in forms), return_exceptions=True
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == (
        ["Receipt"] + ["SessionClosedError"] * 19
    )


@pytest.mark.parametrize(
    "token",
    [
        {"other": ["x"]},
        {"permit": "x"},
        {"permit": []},
        {"permit": ["x", "y"]},
        {"permit": [1]},
        {"permit": ["x"], "other": ["y"]},
        ["x"],
        {},
    ],
)
async def test_vp_17_another_shape_of_vp_token_is_refused(asking: Asking, token: object) -> None:
    created = await asking.create("direct_post")
    form = urlencode({"vp_token": msgspec.json.encode(token).decode()}).encode()

    with pytest.raises(ResponseError):
        await asking.requests.receive(created.id, form)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"nonce": "x" * 32}, "wrong_nonce"),
        ({"aud": "x509_hash:other"}, "wrong_audience"),
    ],
)
async def test_vp_46_47_51_a_binding_for_another_request_is_refused_visibly(
    asking: Asking, changes: dict[str, str], reason: str
) -> None:
    created = await asking.create()
    request = await asking.fetched(created)
    presentation = asking.presentation(request, **changes)

    await asking.requests.receive(created.id, asking.form(request, presentation))

    result = await asking.result(created)
    assert (result["verdict"], result["reason"], result["claims"]) == ("refused", reason, {})


async def test_vp_68_the_result_is_for_the_one_who_asked(asking: Asking) -> None:
    created = await asking.create()

    with pytest.raises(NotYourSessionError):
        await asking.requests.result(created.id, created.id)
    with pytest.raises(UnknownSessionError):
        await asking.requests.result("unknown", created.transaction_id)


async def test_an_answer_after_the_end_is_refused(asking: Asking) -> None:
    created = await asking.create()
    request = await asking.fetched(created)
    form = asking.form(request, asking.presentation(request))
    asking.now += timedelta(seconds=300)

    with pytest.raises(SessionClosedError):
        await asking.requests.receive(created.id, form)


async def test_an_item_that_may_not_ask_begins_no_session(asking: Asking) -> None:
    with pytest.raises(PermitNotNeededError):
        await asking.create(item="driving_licence")
    with pytest.raises(UnknownItemError):
        await asking.create(item="no_such_item")


async def test_an_item_without_claims_asks_for_none(asking: Asking) -> None:
    request = await asking.fetched(await asking.create(item="status_only"))

    assert not request.dcql_query.credentials[0].claims
