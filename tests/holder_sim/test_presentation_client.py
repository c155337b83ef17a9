"""Answering a counter: the wallet's rules VPW-n of OpenID4VP, against real requests."""

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holder_sim.errors import BadRequestError, DeclinedError, LockedError, UnreachableError
from holder_sim.presentation_client import counter_code, present
from keys.jwe import EncryptionKey
from schemas.base64url import b64url_decode
from schemas.openid4vp import RequestObjectError
from schemas.permit_credential import (
    CLAIM_PATHS,
    FULL_CONFIGURATION,
    PASS_CONFIGURATION,
    PERMIT_VCT,
)
from schemas.presentation_qr import unpack
from schemas.sd_jwt import parse_sd_jwt

ALWAYS = {"iss", "vct", "iat", "nbf", "exp", "cnf", "status", "jurisdiction", "endorsement"}


def permit_query(**changes: Any) -> dict[str, Any]:
    query = {"id": "permit", "format": "dc+sd-jwt", "meta": {"vct_values": [PERMIT_VCT]}}
    return query | changes


async def refused(phone: Any, counter: Any, url: str, *, match: str | None = None) -> None:
    """The wallet refuses, nothing was posted and nobody was asked."""
    with pytest.raises((BadRequestError, RequestObjectError), match=match):
        await phone.answer(url)
    assert counter.posted == []
    assert phone.seen == []


# -- what is believed ----------------------------------------------------------------------


async def test_a_request_is_answered_encrypted(holding: Any, counter: Any) -> None:
    sent = await holding.answer(counter.ask(counter.members("name", "citizen_id_number")))

    claims = counter.claims()
    assert claims.keys() == ALWAYS | {"name", "citizen_id_number"}
    assert claims["name"] == "买买提·示范"
    assert set(sent.claims) == {"name", "citizen_id_number"}


async def test_a_request_is_answered_plain_where_it_asks_so(holding: Any, counter: Any) -> None:
    await holding.answer(counter.ask(counter.members("sex", mode="direct_post")))

    assert counter.claims()["record"] == {"sex": "1"}


@pytest.mark.parametrize("typ", ["JWT", "jwt", "oauth-authz-req+JWT", "dc+sd-jwt", ""])
async def test_vpw_1_only_the_type_of_request_objects(holding: Any, counter: Any, typ: str) -> None:
    counter.typ = typ

    await refused(holding, counter, counter.ask(counter.members("name")), match="typ must be")


async def test_vpw_2_a_signature_that_does_not_fit(holding: Any, counter: Any, web: Any) -> None:
    url = counter.ask(counter.members("name"))
    answer = web.handlers["/object"](None)
    head, payload, signature = answer.body.decode().split(".")
    forged = counter.ask(counter.members("citizen_id_number"))
    other = web.handlers["/object"](None).body.decode().split(".")[1]
    assert (url, other) == (forged, other)
    assert other != payload
    web.put("/object", type(answer)(f"{head}.{other}.{signature}".encode(), 200, answer.media_type))

    await refused(holding, counter, url, match="bad_signature")


async def test_vpw_2_a_chain_that_leads_elsewhere(
    holding: Any, counter: Any, province: Any
) -> None:
    counter.key = type(province)(province.issuer).verifier_key

    await refused(holding, counter, counter.ask(counter.members("name")), match="untrusted_cert")


@pytest.mark.parametrize("x5c", [None, [], "text"], ids=["none", "empty", "text"])
async def test_vpw_2_no_chain_no_belief(holding: Any, counter: Any, x5c: Any) -> None:
    counter.header = {"x5c": x5c}

    await refused(holding, counter, counter.ask(counter.members("name")), match="bad_token")


async def test_vpw_2_an_issuer_is_no_verifier(holding: Any, counter: Any, province: Any) -> None:
    """Its certificate hangs under the same root."""
    counter.key = province.credential_key

    await refused(holding, counter, counter.ask(counter.members("name")), match="not a verifier's")


async def test_vpw_3_link_and_request_name_one_client(holding: Any, counter: Any) -> None:
    url = counter.ask(counter.members("name"), client_id="x509_hash:" + "A" * 43)

    await refused(holding, counter, url, match="different clients")


async def test_vpw_4_only_what_was_signed_counts(holding: Any, counter: Any) -> None:
    url = counter.ask(counter.members("name"))

    await holding.answer(
        url + "&response_uri=https%3A%2F%2Fevil.example&nonce=other&dcql_query=%7B%7D"
    )

    assert counter.claims()["name"]


async def test_vpw_5_iss_is_not_looked_at(holding: Any, counter: Any) -> None:
    await holding.answer(counter.ask(counter.members("name") | {"iss": "https://other.example"}))

    assert counter.claims()["name"]


@pytest.mark.parametrize(
    ("client_id", "match"),
    [
        ("x509_san_dns:counter.example", "by its hash"),  # VPW-6, VPW-10: not this profile's
        ("verifier_attestation:counter", "by its hash"),
        ("redirect_uri:https://counter.example", "by its hash"),  # VPW-11: never signed
        ("made_up:counter", "no prefix"),  # VPW-6
        ("counter", "no prefix"),  # VPW-6: clients without prefix are not known here
        ("origin:https://counter.example", "no prefix"),  # VPW-7
    ],
)
async def test_vpw_6_7_11_prefixes_that_are_not_taken(
    holding: Any, counter: Any, client_id: str, match: str
) -> None:
    members = counter.members("name") | {"client_id": client_id}

    url = counter.ask(members, client_id=client_id)
    await refused(holding, counter, url, match=match)


async def test_vpw_8_the_audience_is_the_whole_client_id(holding: Any, counter: Any) -> None:
    """``claims`` checks the key binding's audience against it, prefix included."""
    await holding.answer(counter.ask(counter.members("name")))

    assert counter.client_id.startswith("x509_hash:")
    assert counter.claims()["name"]


async def test_vpw_9_the_hash_is_that_of_the_signing_certificate(
    holding: Any, counter: Any, province: Any
) -> None:
    honest = counter.client_id
    counter.key = province.certified(province.verifier_role, "https://other.example")
    members = counter.members("name") | {"client_id": honest}

    url = counter.ask(members, client_id=honest)
    await refused(holding, counter, url, match="not that of the signing certificate")


@pytest.mark.parametrize(
    ("change", "match", "rule"),
    [
        ({"nonce": None}, "invalid_request", "VPW-12"),
        ({"redirect_uri": "https://counter.example"}, "invalid_request", "VPW-13"),
        ({"dcql_query": None}, "invalid_request", "VPW-14: neither"),
        ({"scope": "permit"}, "invalid_request", "VPW-14: both"),
        ({"dcql_query": None, "scope": "permit"}, "invalid_scope", "scope stands for nothing"),
        ({"transaction_data": ["e30"]}, "invalid_transaction_data", "VPW-17, VPW-18"),
        ({"response_type": "code"}, "invalid_request", "HAIP: vp_token"),
        ({"response_mode": "fragment"}, "invalid_request", "HAIP: direct_post"),
        ({"response_uri": "http://counter.example/r"}, "invalid_request", "not https"),
        ({"response_uri": None}, "invalid_request", "nowhere to answer to"),
        ({"client_metadata": None}, "invalid_request", "no formats"),
    ],
)
async def test_vpw_12_13_14_17_18_what_a_request_has_to_hold(
    holding: Any, counter: Any, change: dict[str, Any], match: str, rule: str
) -> None:
    await refused(holding, counter, counter.ask(counter.members("name") | change), match=match)


async def test_vpw_15_a_link_that_allows_post_is_fetched_by_get(
    holding: Any, counter: Any, web: Any
) -> None:
    await holding.answer(counter.ask(counter.members("name"), method="post"))

    assert [a.method for a in web.asked if a.path == "/object"] == ["GET"]


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 500])
async def test_vpw_16_anything_but_200_ends_it(
    holding: Any, counter: Any, web: Any, status: int
) -> None:
    url = counter.ask(counter.members("name"))
    answer = web.handlers["/object"](None)
    web.put("/moved", answer)
    web.put(
        "/object",
        type(answer)(answer.body, status, answer.media_type, {"location": web.base_url + "/moved"}),
    )

    with pytest.raises(UnreachableError):
        await holding.answer(url)

    assert "/moved" not in web.paths()
    assert counter.posted == []


@pytest.mark.parametrize(("seconds", "member"), [(-1, "exp"), (0, "exp"), (120, "iat")])
async def test_a_request_out_of_its_time_is_refused(
    holding: Any, counter: Any, clock: Any, seconds: int, member: str
) -> None:
    members = counter.members("name") | {member: int(clock.now.timestamp()) + seconds}

    await refused(holding, counter, counter.ask(members), match=r"time is over|from the future")


# -- what is chosen --------------------------------------------------------------------------


async def test_vpw_20_unknown_members_of_a_query_are_ignored(holding: Any, counter: Any) -> None:
    query = permit_query(claims=[{"path": ["name"], "purpose": "x"}], something_new=1)
    members = counter.members() | {"dcql_query": {"credentials": [query], "more": {}}}

    await holding.answer(counter.ask(members))

    assert counter.claims()["name"]


@pytest.mark.parametrize(
    "query",
    [
        {"credentials": []},
        {"credentials": [permit_query(claims=[])]},
        {"credentials": [permit_query(claims=[{"path": []}])]},
        {"credentials": [permit_query(claims=[{"path": [-1]}])]},
        {"credentials": [permit_query(), permit_query()]},
        {"credentials": [permit_query(id="a b")]},
        {"credentials": [permit_query(multiple="no")]},
        {"credentials": [permit_query()], "credential_sets": [{"options": [["other"]]}]},
    ],
)
async def test_vpw_20_malformed_queries_are_refused(
    holding: Any, counter: Any, query: dict[str, Any]
) -> None:
    members = counter.members() | {"dcql_query": query}

    await refused(holding, counter, counter.ask(members), match="invalid_request")


@pytest.mark.parametrize(
    "path", [["name", "family"], ["record", None], ["record", 0], ["names"], ["record", "height"]]
)
async def test_vpw_21_a_path_that_selects_nothing_is_declined(
    holding: Any, counter: Any, path: list[Any]
) -> None:
    query = {"credentials": [permit_query(claims=[{"path": path}])]}

    with pytest.raises(DeclinedError):
        await holding.answer(counter.ask(counter.members() | {"dcql_query": query}))

    assert counter.response()["error"] == "access_denied"


async def test_vpw_22_no_claims_asked_none_disclosed(holding: Any, counter: Any) -> None:
    await holding.answer(counter.ask(counter.members()))

    assert counter.claims().keys() == ALWAYS
    assert holding.seen[0].claims == ()


@pytest.mark.parametrize(
    ("sets", "shown"),
    [
        ([["a"], ["b"]], {"name"}),
        ([["b"], ["a"]], {"birthdate"}),
        ([["a", "c"], ["b"]], {"birthdate"}),
        ([["a", "b"]], {"name", "birthdate"}),
    ],
    ids=["first", "other-first", "first-that-can-be", "all-of-it"],
)
async def test_vpw_23_the_first_claim_set_that_can_be_satisfied(
    holding: Any, counter: Any, sets: list[list[str]], shown: set[str]
) -> None:
    claims = [
        {"id": "a", "path": ["name"]},
        {"id": "b", "path": ["birthdate"]},
        {"id": "c", "path": ["height"]},
    ]
    query = {"credentials": [permit_query(claims=claims, claim_sets=sets)]}

    await holding.answer(counter.ask(counter.members() | {"dcql_query": query}))

    assert counter.claims().keys() - ALWAYS == shown


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.sets(st.sampled_from(sorted(CLAIM_PATHS)), min_size=1))
def test_vpw_24_30_only_and_all_of_what_is_selected(
    held_full_copy: Any, clock: Any, names: set[str]
) -> None:
    """Each disclosure once, parents included, nothing else (VPW-24, VPW-30)."""
    shown = present(
        held_full_copy, [CLAIM_PATHS[n] for n in names], audience="a", nonce="n", now=clock()
    )

    sd_jwt = parse_sd_jwt(shown)
    in_record = {name for name in names if len(CLAIM_PATHS[name]) == 2}
    assert len(set(sd_jwt.disclosures)) == len(sd_jwt.disclosures)
    assert len(sd_jwt.disclosures) == len(names) + bool(in_record)
    held = parse_sd_jwt(held_full_copy.credential).disclosures
    assert set(sd_jwt.disclosures) <= set(held)


@pytest.mark.parametrize(
    ("credentials", "sets"),
    [
        ([permit_query(), permit_query(id="other", meta={"vct_values": ["urn:other:1"]})], None),
        (
            [permit_query(), permit_query(id="other", meta={"vct_values": ["urn:other:1"]})],
            [{"options": [["permit", "other"]]}],
        ),
        ([permit_query(meta={"vct_values": ["urn:other:1"]})], None),
        ([permit_query(format="mso_mdoc")], None),
        ([permit_query(claims=[{"path": ["name"]}, {"path": ["height"]}])], None),
        (
            [permit_query(meta={"vct_values": ["urn:other:1"]})],
            [{"options": [["permit"]], "required": False}],
        ),
    ],
    ids=["one-of-two", "required-set", "type", "format", "one-claim-of-two", "all-optional"],
)
async def test_vpw_25_never_a_part_of_what_is_required_nor_an_empty_answer(
    holding: Any, counter: Any, credentials: list[Any], sets: list[Any] | None
) -> None:
    query = {"credentials": credentials} | ({"credential_sets": sets} if sets else {})

    with pytest.raises(DeclinedError):
        await holding.answer(counter.ask(counter.members() | {"dcql_query": query}))

    assert counter.response() == {"error": "access_denied", "state": "state-1"}


async def test_vpw_26_an_optional_set_that_cannot_be_satisfied_does_no_harm(
    holding: Any, counter: Any
) -> None:
    query = {
        "credentials": [
            permit_query(claims=[{"path": ["name"]}]),
            permit_query(id="other", meta={"vct_values": ["urn:other:1"]}),
        ],
        "credential_sets": [
            {"options": [["permit"]]},
            {"options": [["other"]], "required": False},
        ],
    }

    await holding.answer(counter.ask(counter.members() | {"dcql_query": query}))

    assert counter.claims()["name"]


async def test_vpw_27_one_presentation_though_many_copies_would_do(
    holding: Any, counter: Any
) -> None:
    query = {"credentials": [permit_query(multiple=True)]}

    await holding.answer(counter.ask(counter.members() | {"dcql_query": query}))

    assert len(counter.response()["vp_token"]["permit"]) == 1


async def test_vpw_28_an_authority_that_cannot_be_matched_is_not_answered(
    holding: Any, counter: Any
) -> None:
    query = permit_query(trusted_authorities=[{"type": "aki", "values": ["AAAA"]}])

    with pytest.raises(DeclinedError):
        await holding.answer(
            counter.ask(counter.members() | {"dcql_query": {"credentials": [query]}})
        )


@pytest.mark.parametrize(
    ("value", "answered"), [("1", True), ("2", False), (1, False)], ids=["same", "other", "type"]
)
async def test_vpw_29_another_value_looks_like_a_no(
    holding: Any, counter: Any, value: Any, answered: bool
) -> None:
    query = permit_query(claims=[{"path": ["record", "sex"], "values": [value]}])
    url = counter.ask(counter.members() | {"dcql_query": {"credentials": [query]}})

    if answered:
        await holding.answer(url)
        return
    with pytest.raises(DeclinedError):
        await holding.answer(url)
    not_held = counter.response()
    with pytest.raises(DeclinedError):
        await holding.answer(counter.ask(counter.members("name")), agree=False)

    assert not_held == counter.response()


# -- what is sent -----------------------------------------------------------------------------


async def test_vpw_31_the_key_binding_is_over_exactly_what_is_sent(
    holding: Any, counter: Any, clock: Any
) -> None:
    """``claims`` checks type, time, audience, nonce and hash of the key binding."""
    await holding.answer(counter.ask(counter.members("name", "portrait")))

    assert counter.claims()["record"].keys() == {"portrait"}


@pytest.mark.parametrize(
    "extra",
    [
        {"kty": "RSA", "kid": "1", "alg": "RSA-OAEP", "n": "AQ", "e": "AQAB"},
        {"kty": "OKP", "crv": "X25519", "kid": "2", "alg": "ECDH-ES", "x": "AA"},
        {"kty": "something_new"},
        EncryptionKey.new("3").public_jwk() | {"use": "sig"},
        EncryptionKey.new("4").public_jwk() | {"alg": "ECDH-ES+A256KW"},
    ],
    ids=["rsa", "curve", "unknown", "for-signatures", "algorithm"],
)
async def test_vpw_33_keys_that_cannot_be_used_are_passed_over(
    holding: Any, counter: Any, extra: dict[str, str]
) -> None:
    members = counter.members("name")
    members["client_metadata"]["jwks"]["keys"].insert(0, extra)

    await holding.answer(counter.ask(members))

    assert counter.claims()["name"]


async def test_vpw_34_35_header_and_form_of_an_encrypted_answer(holding: Any, counter: Any) -> None:
    """``response`` sees to it that the form holds one field and the JWE is A256GCM."""
    await holding.answer(counter.ask(counter.members("name")))

    token = counter.posted[-1].decode().removeprefix("response=")
    header = msgspec.json.decode(b64url_decode(token.split(".")[0]))
    assert (header["kid"], header["alg"], header["enc"]) == ("kid-1", "ECDH-ES", "A256GCM")
    assert counter.response().keys() == {"vp_token", "state"}


@pytest.mark.parametrize(
    "metadata",
    [
        {"jwks": {"keys": []}},
        {"jwks": {"keys": [{"kty": "RSA", "kid": "1", "alg": "RSA-OAEP"}]}},
        {"encrypted_response_enc_values_supported": ["A128CBC-HS256"]},
    ],
    ids=["no-key", "no-usable-key", "no-encryption"],
)
async def test_vpw_36_never_in_the_clear_instead(
    holding: Any, counter: Any, metadata: dict[str, Any]
) -> None:
    members = counter.members("name")
    members["client_metadata"] |= metadata

    with pytest.raises(BadRequestError):
        await holding.answer(counter.ask(members))

    assert counter.response() == {"error": "invalid_request", "state": "state-1"}
    assert holding.seen == []


@pytest.mark.parametrize("mode", ["direct_post", "direct_post.jwt"])
async def test_vpw_37_state_comes_back(holding: Any, counter: Any, mode: str) -> None:
    await holding.answer(counter.ask(counter.members("name", mode=mode)))

    assert counter.response()["state"] == "state-1"


async def test_vpw_38_the_place_to_go_on_is_told(holding: Any, counter: Any) -> None:
    sent = await holding.answer(counter.ask(counter.members("name")))

    assert sent.redirect_uri == "https://counter.example/done#code"


@pytest.mark.parametrize(
    "uri", ["javascript:alert(1)", "file:///etc/passwd", "http://evil.example/"]
)
async def test_vpw_38_not_every_place_is_gone_to(holding: Any, counter: Any, uri: str) -> None:
    counter.answer.body = msgspec.json.encode({"redirect_uri": uri})

    with pytest.raises(BadRequestError, match="not taken"):
        await holding.answer(counter.ask(counter.members("name")))


@pytest.mark.parametrize("status", [307, 308, 400, 503])
async def test_vpw_39_nothing_is_sent_a_second_time(
    holding: Any, counter: Any, web: Any, status: int
) -> None:
    counter.answer.status = status
    counter.answer.headers = {"location": web.base_url + "/elsewhere"}

    with pytest.raises(BadRequestError):
        await holding.answer(counter.ask(counter.members("name")))

    assert len(counter.posted) == 1
    assert "/elsewhere" not in web.paths()


async def test_vpw_41_the_holder_sees_who_asks_for_what(holding: Any, counter: Any) -> None:
    query = permit_query(claims=[{"path": ["record"]}, {"path": ["name"]}])
    await holding.answer(counter.ask(counter.members() | {"dcql_query": {"credentials": [query]}}))

    (asked,) = holding.seen
    assert asked.verifier == "CN=verifier,O=Test Office,C=CN"
    inside = {name for name, path in CLAIM_PATHS.items() if path[0] == "record"}
    assert set(asked.claims) == inside | {"name"}
    assert asked.held


async def test_vpw_41_no_is_no(holding: Any, counter: Any) -> None:
    with pytest.raises(DeclinedError, match="you said no"):
        await holding.answer(counter.ask(counter.members("name")), agree=False)

    assert counter.response() == {"error": "access_denied", "state": "state-1"}


async def test_the_holder_is_asked_even_where_nothing_can_be_shown(
    phone: Any, counter: Any
) -> None:
    """Or the time of the answer would tell what is not held."""
    with pytest.raises(DeclinedError, match="no usable permit"):
        await phone.answer(counter.ask(counter.members("name")))

    assert [(asked.held, asked.claims) for asked in phone.seen] == [(False, ("name",))]
    assert counter.response()["error"] == "access_denied"


async def test_a_lapsed_permit_is_not_sent(holding: Any, counter: Any, province: Any) -> None:
    copies = [c.payload()["exp"] for c in holding.holdings().copies]
    from datetime import UTC, datetime

    from holder_sim.copy_choice import choices_for
    from schemas.dcql import parse_query

    query = parse_query({"credentials": [permit_query()]})
    at, before = (datetime.fromtimestamp(copies[0] - s, UTC) for s in (0, 1))

    assert choices_for(query, holding.holdings(), now=at) is None
    assert choices_for(query, holding.holdings(), now=before) is not None


async def test_consent_that_takes_longer_than_a_face_check_holds_sends_nothing(
    holding: Any, counter: Any, clock: Any
) -> None:
    from holder_sim.face_check import Purpose

    def slow(_: Any) -> bool:
        clock.forward(90)
        return True

    with pytest.raises(LockedError):
        await holding.wallet.answer(
            holding.unlock(Purpose.PRESENT), counter.ask(counter.members("name")), slow
        )

    assert counter.posted == []


async def test_a_copy_counts_as_shown_even_where_the_counter_did_not_take_it(
    holding: Any, counter: Any
) -> None:
    counter.answer.status = 500

    with pytest.raises(BadRequestError):
        await holding.answer(counter.ask(counter.members("name")))

    assert sorted(copy.times_shown for copy in holding.holdings().copies) == [0, 0, 0, 1]


# -- codes --------------------------------------------------------------------------------------


async def test_a_code_is_for_all_counters_and_has_a_nonce_of_its_own(
    holding: Any, province: Any, clock: Any, checked_presentation: Any
) -> None:
    copy = holding.copies(PASS_CONFIGURATION)[0]
    trust_list = province.trust_list()
    nonces = set()

    for _ in range(3):
        code = counter_code(copy, ["name"], trust_list=trust_list, now=clock())
        shown = unpack(code, certificates=trust_list.certificates())
        claims = checked_presentation(shown, audience="urn:zhejiang:counter", nonce=None)
        assert claims.keys() == ALWAYS | {"name"}
        key_binding = shown.rpartition("~")[2]
        nonces.add(msgspec.json.decode(b64url_decode(key_binding.split(".")[1]))["nonce"])

    assert len(nonces) == 3
    assert {len(b64url_decode(nonce)) for nonce in nonces} == {16}


@pytest.fixture
async def held_full_copy(holding: Any) -> Any:
    return holding.copies(FULL_CONFIGURATION)[0]
