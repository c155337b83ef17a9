"""The first line of a counter bundle: which parts belong to it, signed by the province's maker.

The signature is by a key that the province certified for bundles and nothing else. It says
what a heap of signed parts cannot: that none is missing, when they were put together, and
which of two bundles is the newer. Numbers are at least the second of making, so that the
bundles of two makers can be told apart by age as well. Times are seconds since 1970 UTC.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from keys.certificates import Role, is_of_role
from keys.errors import ChainError, TrustError
from keys.jws import Jws, parse_jws, sign_jws, verify_jws, x5c_header, x5c_of
from keys.signing_key import SigningKey
from keys.x5c import trusted_leaf
from schemas.errors import InputError
from schemas.strict_json import decode_object
from verifier.bundle_errors import (
    BundleForeignError,
    BundleFromTheFutureError,
    BundleSpoiltError,
    BundleTooLargeError,
    BundleTruncatedError,
)

BUNDLE_TYP = "zj-counter-bundle+jwt"
BUNDLE_MEDIA_TYPE = "application/vnd.zj.counter-bundle"
MAX_BUNDLE_BYTES = 64 * 1024 * 1024
"""Ninety counties with one list each that cannot be compressed come to 42 MB."""
MAX_MANIFEST_BYTES = 2 * 1024 * 1024
MAX_PARTS = 90 * 64 + 3
"""What all counties may have of lists, and the three other parts."""
MAX_AHEAD_S = 60
"""How far the maker's clock may run ahead of the reader's, in seconds."""


class Part(Struct, frozen=True):
    """One line of the bundle, by name and digest."""

    name: Annotated[str, Meta(min_length=1, max_length=2048)]
    """Of a document, or the address of a status list."""
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    """Of the line, without its end."""


class Manifest(Struct, frozen=True, kw_only=True):
    """What the maker of a bundle says."""

    sequence: Annotated[int, Meta(ge=1, le=2**53)]
    """Rises with every bundle; a reader never goes back."""
    iat: Annotated[int, Meta(ge=0, le=2**33)]
    """When it was made."""
    parts: Annotated[tuple[Part, ...], Meta(max_length=MAX_PARTS)]


class Signed(Struct, frozen=True):
    """A manifest whose signature was verified, or made here, and its token."""

    manifest: Manifest
    token: str

    @property
    def made_at(self) -> datetime:
        """``iat``, UTC."""
        return datetime.fromtimestamp(self.manifest.iat, UTC)


def sign_manifest(
    parts: Mapping[str, str], *, after: int, key: SigningKey, now: datetime
) -> Signed:
    """The manifest of ``parts``, lines by name, numbered higher than ``after``."""
    now_s = int(now.timestamp())
    manifest = Manifest(
        sequence=max(after + 1, now_s),
        iat=now_s,
        parts=tuple(Part(name, digest(line)) for name, line in parts.items()),
    )
    token = sign_jws(msgspec.json.encode(manifest), typ=BUNDLE_TYP, key=key, x5c=x5c_header(key))
    return Signed(manifest, token)


def read_manifest(token: str, *, root: bytes, at: datetime) -> Signed:
    """The manifest, if the province certified its signer for bundles.

    Raises:
        BundleSpoiltError: no manifest, or changed since it was signed.
        BundleForeignError: of another province, or signed by a key that is for other things.
        BundleFromTheFutureError: made later than now, beyond what clocks may differ.
    """
    try:
        jws = parse_jws(token, typ=BUNDLE_TYP, max_bytes=MAX_MANIFEST_BYTES)
        _check_signer(jws, root, at)
        decode_object(jws.payload, max_bytes=MAX_MANIFEST_BYTES)  # one meaning, see there
        manifest = msgspec.json.decode(jws.payload, type=Manifest)
    except ChainError as error:
        raise BundleForeignError(
            f"the bundle was not made for this province: {error.detail}."
        ) from error
    except (TrustError, InputError, msgspec.DecodeError) as error:
        raise BundleSpoiltError(
            "the file is no counter bundle, or its first line has changed."
        ) from error
    if manifest.iat > at.timestamp() + MAX_AHEAD_S:
        raise BundleFromTheFutureError("the bundle was made later than this machine's time.")
    if len({part.name for part in manifest.parts}) != len(manifest.parts):
        raise BundleSpoiltError("the bundle names a part twice.")
    return Signed(manifest, token)


def _check_signer(jws: Jws, root: bytes, at: datetime) -> None:
    leaf = trusted_leaf(x5c_of(jws), anchors=[root], at=at)
    if not is_of_role(leaf.subject, Role.BUNDLE):
        # A county's or a verifier's certificate hangs under the same root and must not do.
        raise ChainError("the certificate is not for bundles")
    verify_jws(jws, leaf.public_key)


def write_lines(token: str, lines: tuple[str, ...]) -> bytes:
    """The file: the manifest's token and the lines behind it."""
    return "\n".join((token, *lines, "")).encode("ascii")


def split_lines(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The manifest's token and the lines behind it, nothing of it believed.

    Raises:
        BundleTooLargeError, BundleTruncatedError, BundleSpoiltError: no bundle, or not whole.
    """
    if len(data) > MAX_BUNDLE_BYTES:
        raise BundleTooLargeError(f"the bundle has more than {MAX_BUNDLE_BYTES} bytes.")
    if data.count(b"\n") > MAX_PARTS + 1:
        raise BundleTooLargeError(f"the bundle has more than {MAX_PARTS} parts.")
    if not data.endswith(b"\n"):
        raise BundleTruncatedError("the bundle stops in the middle of a line.")
    try:
        token, *lines = data[:-1].decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise BundleSpoiltError(
            "the file is no counter bundle, or bytes of it have changed."
        ) from error
    return token, tuple(lines)


def digest(line: str) -> str:
    """SHA-256 of a line, hex."""
    return sha256(line.encode("ascii")).hexdigest()
