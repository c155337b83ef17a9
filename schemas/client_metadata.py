"""Who asks: a verifier's identifier, and what it says of itself in a request.

The identifier carries its kind as a prefix and is used with it everywhere, in the request,
its URL and the holder's signature. Names and logos in the metadata do not count: whom one
deals with is read from the certificate. Source: [OID4VP §5.1, §5.9, §8.3].
"""

from hashlib import sha256
from typing import Annotated, Any

from msgspec import Meta, Struct

from schemas.base64url import b64url_encode
from schemas.errors import InputError

CLIENT_ID_PREFIXES = frozenset(
    {
        "redirect_uri",
        "x509_san_dns",
        "x509_hash",
        "verifier_attestation",
        "decentralized_identifier",
        "openid_federation",
    }
)
"""Prefixes that can stand in a request. ``origin`` never can [OID4VP §5.9.3]."""

X509_HASH = "x509_hash"
"""The prefix that signed requests have to use [HAIP §5]."""

KEY_AGREEMENT = "ECDH-ES"
CONTENT_ENCRYPTIONS = ("A256GCM", "A128GCM")
"""The stronger first: a wallet picks the first one the verifier names [HAIP §5]."""
DEFAULT_CONTENT_ENCRYPTION = "A128GCM"

_Algorithms = Annotated[tuple[str, ...], Meta(min_length=1, max_length=32)]


class RequestObjectError(InputError):
    """A request that the wallet does not answer as asked.

    Attributes:
        error: what the protocol calls it [OID4VP §8.5]. It is sent to the verifier only
            where the request itself was authentic.
    """

    code = "invalid_request_object"

    def __init__(self, detail: str, *, error: str = "invalid_request", remedy: str = "") -> None:
        super().__init__(detail, remedy=remedy)
        self.error = error


class SdJwtAlgorithms(
    Struct,
    frozen=True,
    omit_defaults=True,
    rename={"sd_jwt_alg_values": "sd-jwt_alg_values", "kb_jwt_alg_values": "kb-jwt_alg_values"},
):
    """Signature algorithms taken; empty where the verifier names none [OID4VP §B.3.4]."""

    sd_jwt_alg_values: _Algorithms = ()
    kb_jwt_alg_values: _Algorithms = ()


class VpFormats(Struct, frozen=True, omit_defaults=True, rename={"dc_sd_jwt": "dc+sd-jwt"}):
    """Credential formats taken; of those we do not know, nothing is kept."""

    dc_sd_jwt: SdJwtAlgorithms = SdJwtAlgorithms()


class Jwks(Struct, frozen=True):
    """Keys a response may be encrypted to; never keys that sign the request."""

    keys: Annotated[tuple[dict[str, Any], ...], Meta(max_length=16)] = ()


class ClientMetadata(Struct, frozen=True, omit_defaults=True):
    """The three members that count [OID4VP §5.1]."""

    vp_formats_supported: VpFormats = VpFormats()
    jwks: Jwks = Jwks()
    encrypted_response_enc_values_supported: _Algorithms = ()
    """Empty stands for ``A128GCM`` alone."""


def choose_encryption(metadata: ClientMetadata) -> tuple[dict[str, Any], str]:
    """Wallet: the key to encrypt to, and the content encryption.

    Keys of other kinds, and keys meant for signatures, are passed over rather than a
    reason to fail; ``use`` may be absent [OID4VP §8.3].

    Raises:
        RequestObjectError: none of the keys, or none of the encryptions, can be used.
    """
    offered = metadata.encrypted_response_enc_values_supported or (DEFAULT_CONTENT_ENCRYPTION,)
    keys = [jwk for jwk in metadata.jwks.keys if _can_encrypt(jwk)]
    encryptions = [enc for enc in CONTENT_ENCRYPTIONS if enc in offered]
    if not keys or not encryptions:
        raise RequestObjectError("the request names no key or encryption that can be used")
    return keys[0], encryptions[0]


def _can_encrypt(jwk: dict[str, Any]) -> bool:
    return (
        (jwk.get("kty"), jwk.get("crv"), jwk.get("alg")) == ("EC", "P-256", KEY_AGREEMENT)
        and jwk.get("use", "enc") == "enc"
        and all(isinstance(jwk.get(name), str) for name in ("kid", "x", "y"))
    )


def x509_hash_client_id(certificate: bytes) -> str:
    """The identifier of the verifier that signs with this certificate (DER)."""
    return f"{X509_HASH}:{b64url_encode(sha256(certificate).digest())}"


def split_client_id(client_id: str) -> tuple[str, str]:
    """Prefix and rest of a client identifier, parted at the first colon.

    Raises:
        RequestObjectError: no prefix, one that is not known, or ``origin``. Clients
            registered beforehand, which need none, do not exist here.
    """
    prefix, colon, rest = client_id.partition(":")
    if not (colon and rest and prefix in CLIENT_ID_PREFIXES):
        raise RequestObjectError("client_id has no prefix that can stand in a request")
    return prefix, rest
