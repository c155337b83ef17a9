"""Showing a permit: as a counter's code, or as the answer to an OpenID4VP request.

Both are one act, ``present``: choose what to disclose, and sign over exactly that with
the key of the copy, for one audience and one nonce [SD-JWT §4.3]. Between reading a
request and answering it stands the holder's consent, which is the wallet's to ask for.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime

import msgspec

from holder_sim.copy_choice import Choice, choices_for
from holder_sim.errors import BadRequestError
from holder_sim.held_credential import HeldCopy, Holdings
from holder_sim.request_check import check_request
from holder_sim.request_purpose import RequestPurpose, purpose_of
from holder_sim.wallet_http import WalletHttp
from keys.jwe import encrypt_jwe
from keys.jws import parse_jws, sign_jws
from keys.trust_list import TrustList
from schemas.base64url import b64url_encode
from schemas.claims_path import ClaimPath
from schemas.disclosed_claims import disclosures_for
from schemas.endpoint_url import check_https_url
from schemas.errors import InputError
from schemas.openid4vp import (
    AUTHORIZATION_REQUEST_MEDIA_TYPE,
    AUTHORIZATION_REQUEST_TYP,
    DIRECT_POST_JWT,
    KEY_BINDING_TYP,
    EncryptedResponse,
    ErrorResponse,
    KeyBindingPayload,
    RequestObject,
    RequestObjectError,
    VpTokenResponse,
    choose_encryption,
    parse_authorization_url,
    parse_direct_post_answer,
    response_form,
    response_payload,
)
from schemas.permit_credential import CLAIM_PATHS
from schemas.presentation_qr import pack
from schemas.sd_jwt import join_sd_jwt, parse_sd_jwt, sd_hash

NONCE_BYTES = 16
"""Random bytes in the nonce of a code, so that no two codes are alike."""


class Asked(msgspec.Struct, frozen=True):
    """What the holder is asked to agree to."""

    verifier: str
    """Subject of the certificate that signed the request."""
    claims: tuple[str, ...]
    """Names of the claims that would be disclosed, or that were asked for in vain."""
    held: bool = True
    """False: the request cannot be satisfied, and will be declined in any case."""
    purpose: RequestPurpose = RequestPurpose()
    """What for, as far as the request says it."""


class ReadRequest(msgspec.Struct, frozen=True):
    """A request that was believed, and what would answer it; nothing is sent yet."""

    request: RequestObject
    asked: Asked
    choices: tuple[Choice, ...]
    """Empty where it cannot be satisfied."""


class Sent(msgspec.Struct, frozen=True):
    """What a counter was shown."""

    verifier: str
    claims: tuple[str, ...]
    redirect_uri: str = ""
    """Where to go on in the browser; empty where nowhere [OID4VP §8.2]."""


def present(
    copy: HeldCopy, paths: Iterable[ClaimPath], *, audience: str, nonce: str, now: datetime
) -> str:
    """The presentation: SD-JWT with the disclosures of ``paths`` and a key binding.

    Raises:
        schemas.disclosed_claims.DisclosureMissingError: the copy lacks a claim.
    """
    held = parse_sd_jwt(copy.credential)
    shown = disclosures_for(copy.payload(), held.disclosures, paths)
    signed_part = join_sd_jwt(held.issuer_jwt, shown)
    binding = KeyBindingPayload(
        iat=int(now.timestamp()), aud=audience, nonce=nonce, sd_hash=sd_hash(signed_part)
    )
    key_binding = sign_jws(msgspec.json.encode(binding), typ=KEY_BINDING_TYP, key=copy.key())
    return signed_part + key_binding


def counter_code(
    copy: HeldCopy, names: Iterable[str], *, trust_list: TrustList, now: datetime
) -> str:
    """The text of a code for any counter, made for this moment.

    The wallet cannot know which counter will scan, so the audience is the one of all
    counters that the trust list names.

    Raises:
        schemas.presentation_qr.PackError: too much for any code, as a portrait is.
    """
    return pack(
        present(
            copy,
            [CLAIM_PATHS[name] for name in names],
            audience=trust_list.counter_audience,
            nonce=b64url_encode(secrets.token_bytes(NONCE_BYTES)),
            now=now,
        )
    )


class PresentationClient:
    """The wallet's side of OpenID4VP."""

    def __init__(self, http: WalletHttp) -> None:
        self._http = http

    async def read(
        self, url: str, *, holdings: Holdings, trust_list: TrustList, now: datetime
    ) -> ReadRequest:
        """Fetch and check the request behind ``url``, and choose what would answer it.

        Raises:
            schemas.openid4vp.RequestObjectError, BadRequestError: not a request to answer.
                Nothing was sent, except an error code where a believed request names no
                key that an answer could be encrypted to.
        """
        link = parse_authorization_url(url)
        body = await self._http.get(link.request_uri, accept=AUTHORIZATION_REQUEST_MEDIA_TYPE)
        token = body.decode("ascii", errors="replace").strip()
        request, leaf = check_request(token, link=link, trust_list=trust_list, now=now)
        if request.response_mode == DIRECT_POST_JWT:
            await self._check_encryption(request)
        # Read only now: the signature was looked at above.
        purpose = purpose_of(parse_jws(token, typ=AUTHORIZATION_REQUEST_TYP).payload)
        choices = choices_for(request.dcql_query, holdings, now=now) or ()
        claims = names_in(choices) if choices else _names_asked(request)
        asked = Asked(leaf.subject, claims, bool(choices), purpose)
        return ReadRequest(request, asked, choices)

    async def send(self, read: ReadRequest, *, now: datetime) -> Sent:
        """Send what the holder agreed to, to the one address in the signed request.

        Raises:
            UnreachableError, BadRequestError: the counter did not take it.
        """
        request = read.request
        vp_token: dict[str, list[str]] = {}
        for choice in read.choices:
            presentation = present(
                choice.copy,
                choice.paths,
                audience=request.client_id,
                nonce=request.nonce,
                now=now,
            )
            vp_token[choice.query_id] = [presentation]
        response = VpTokenResponse(vp_token, state=request.state)
        answer = await self._post(request, _form_of(request, response))
        try:
            redirect_uri = parse_direct_post_answer(answer).redirect_uri
            if redirect_uri:
                check_https_url(redirect_uri.partition("#")[0])
        except InputError as error:
            raise BadRequestError(f"the counter's answer is not taken: {error.detail}") from error
        return Sent(read.asked.verifier, read.asked.claims, redirect_uri)

    async def decline(self, read: ReadRequest) -> None:
        """Tell the counter no: one answer for every reason [OID4VP §8.5, §15.4.1]."""
        await self._refuse(read.request, "access_denied")

    async def _check_encryption(self, request: RequestObject) -> None:
        try:
            choose_encryption(request.client_metadata)
        except RequestObjectError as error:
            # Never in the clear instead [OID4VP §8.3].
            await self._refuse(request, error.error)
            raise BadRequestError(error.detail) from error

    async def _refuse(self, request: RequestObject, error: str) -> None:
        await self._post(request, response_form(ErrorResponse(error, state=request.state)))

    async def _post(self, request: RequestObject, form: bytes) -> bytes:
        status, body = await self._http.post(
            request.response_uri,
            content=form,
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
        if status != 200:
            raise BadRequestError(f"the counter answered {status} to what was sent")
        return body


def _form_of(request: RequestObject, response: VpTokenResponse) -> bytes:
    """The body to post: encrypted where the request asks for it, never plain instead."""
    if request.response_mode != DIRECT_POST_JWT:
        return response_form(response)
    jwk, enc = choose_encryption(request.client_metadata)
    encrypted = encrypt_jwe(response_payload(response), jwk=jwk, enc=enc, kid=jwk["kid"])
    return response_form(EncryptedResponse(encrypted))


def names_in(choices: Iterable[Choice]) -> tuple[str, ...]:
    """Names of the claims that these choices disclose, each once."""
    paths = (path for choice in choices for path in choice.paths)
    return tuple(dict.fromkeys(name for path in paths for name in _names_at(path)))


def _names_at(path: ClaimPath) -> tuple[str, ...]:
    """What disclosing ``path`` discloses; a whole object is all that is in it."""
    inside = (name for name, at in CLAIM_PATHS.items() if at[: len(path)] == path)
    return tuple(inside) or (str(path[-1]),)


def _names_asked(request: RequestObject) -> tuple[str, ...]:
    queries = request.dcql_query.credentials
    return tuple(dict.fromkeys(str(claim.path[-1]) for query in queries for claim in query.claims))
