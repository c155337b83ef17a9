"""Key binding: it is the holder who shows this, and shows exactly this.

Always required. Whether it is required never depends on what arrived: a permit whose
binding was cut off is one anybody could have copied [SD-JWT §9.5]. The key comes from the
permit's ``cnf`` and from nowhere else; a key in the binding's own header is ignored.
Source: [SD-JWT §7.3], [SD-JWT-VC §2.4].
"""

from hashlib import sha256

from msgspec import Struct

from keys.errors import SignatureError, TokenError
from keys.jws import PublicKey, parse_jws, verify_jws
from schemas.errors import InputError
from schemas.openid4vp import KEY_BINDING_TYP, KeyBindingPayload, parse_key_binding
from schemas.sd_jwt import SdJwt, sd_hash
from verifier.errors import (
    BadKeyBindingError,
    DisclosuresChangedError,
    KeyBindingMissingError,
    NotTheHolderError,
)

MAX_KEY_BINDING_BYTES = 8192
"""One has about 400; more would be somebody else's data on our time."""


class ShownBy(Struct, frozen=True):
    """A key binding whose signature is the holder's."""

    payload: KeyBindingPayload
    signing_input: bytes
    """What the holder signed. An ECDSA signature can be changed into a second valid one,
    this cannot, so it is what tells whether a code was seen before."""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the signing input, hex."""
        return sha256(self.signing_input).hexdigest()


def check_key_binding(sd_jwt: SdJwt, holder_key: PublicKey) -> ShownBy:
    """The holder's own words about what is shown.

    Args:
        sd_jwt: as it came.
        holder_key: the ``cnf`` key of the permit whose signature was verified.

    Raises:
        KeyBindingMissingError, BadKeyBindingError, NotTheHolderError,
        DisclosuresChangedError.
    """
    if sd_jwt.kb_jwt is None:
        raise KeyBindingMissingError("there is no key binding")
    try:
        jws = parse_jws(sd_jwt.kb_jwt, typ=KEY_BINDING_TYP, max_bytes=MAX_KEY_BINDING_BYTES)
        verify_jws(jws, holder_key)
        payload = parse_key_binding(jws.payload)
    except SignatureError as error:
        raise NotTheHolderError("the binding is signed with another key") from error
    except (TokenError, InputError) as error:
        raise BadKeyBindingError("the key binding breaks its own rules") from error
    # No secret is compared: whoever sent this can compute the right value.
    if payload.sd_hash != sd_hash(sd_jwt.signed_part):
        raise DisclosuresChangedError("the binding covers other claims than the ones sent")
    return ShownBy(payload, jws.signing_input)
