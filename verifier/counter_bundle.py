"""The counter bundle: all that a counter needs to go on without a network, in one signed file.

    line 1       the manifest, see ``bundle_manifest.py``
    line 2 …     one part each, in the manifest's order: the trust list and the status lists
                 as others signed them, the divisions and the service items in base64url

The parts that decide over a permit carry signatures of their own, which count as ever: who
signs bundles can leave out and date, but can make no permit good. In a bundle for somebody
who holds an older one, lines may stand for the change only, see ``bundle_delta.py``.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property

from msgspec import Struct

from keys.errors import TrustError
from keys.trust_list import TrustedIssuer, TrustList, read_trust_list
from schemas.base64url import b64url_decode, b64url_encode
from schemas.errors import EncodingError, InputError
from verifier.bundle_delta import restored
from verifier.bundle_errors import (
    BundleForeignError,
    BundleOutdatedError,
    BundleSpoiltError,
    BundleTruncatedError,
)
from verifier.bundle_manifest import (
    Signed,
    digest,
    read_manifest,
    split_lines,
    write_lines,
)
from verifier.errors import StatusListRefusedError
from verifier.status_token import read_status_token

TRUST_LIST, DIVISIONS, ITEMS = "trust-list", "divisions", "service-items"
NO_PARTS: Mapping[str, str] = {}

Progress = Callable[[int, int], None]
"""Told after each status list: how many are done, and of how many."""


class BundledList(Struct, frozen=True, kw_only=True):
    """A status list of a bundle, verified for the instant the bundle was made."""

    uri: str
    issuer: TrustedIssuer
    token: str
    iat_s: int
    ends_s: int
    """First second in which it says nothing any more."""


class Bundle(Struct, frozen=True, kw_only=True, dict=True):
    """A bundle of which every part was verified; each is verified again where it is used."""

    signed: Signed
    lines: tuple[str, ...]
    """The parts, in the manifest's order."""
    trust_list: TrustList
    lists: tuple[BundledList, ...]

    @property
    def sequence(self) -> int:
        """Its number."""
        return self.signed.manifest.sequence

    @property
    def made_at(self) -> datetime:
        """When it was made, UTC."""
        return self.signed.made_at

    @cached_property
    def etag(self) -> str:
        """Another one for every bundle; without quotes."""
        return digest(self.signed.token)

    @cached_property
    def parts(self) -> Mapping[str, str]:
        """The lines, by name."""
        return _by_name(self.signed, self.lines)

    def document(self, name: str) -> bytes | None:
        """What the part ``DIVISIONS`` or ``ITEMS`` says; ``None`` where there is none."""
        line = self.parts.get(name)
        return None if line is None else b64url_decode(line)

    def whole(self) -> bytes:
        """The file."""
        return write_lines(self.signed.token, self.lines)


def no_progress(done: int, total: int) -> None:
    """Nobody is watching."""


def lines_of(
    *, trust_list: str, lists: Mapping[str, str], divisions: bytes, items: bytes
) -> dict[str, str]:
    """The lines of a new bundle by name, still to be signed for; ``lists`` by address."""
    return {
        TRUST_LIST: trust_list,
        DIVISIONS: b64url_encode(divisions),
        ITEMS: b64url_encode(items),
        **dict(sorted(lists.items())),
    }


def read_bundle(
    data: bytes,
    *,
    root: bytes,
    at: datetime,
    base: Mapping[str, str] = NO_PARTS,
    progress: Progress = no_progress,
) -> Bundle:
    """The bundle in ``data``, every part verified.

    Args:
        data: a whole bundle, or the changes to one of which ``base`` are the parts.
        root: DER of the provincial root, which the reader holds by other means.
        at: now, timezone-aware.
        base: parts held, by name.
        progress: is told while the status lists are verified.

    Raises:
        BundleError: one of its subclasses; nothing of the bundle is to be used.
    """
    token, lines = split_lines(data)
    signed = read_manifest(token, root=root, at=at)
    return verify_parts(signed, restored(signed, lines, base), root=root, progress=progress)


def verify_parts(
    signed: Signed, lines: tuple[str, ...], *, root: bytes, progress: Progress = no_progress
) -> Bundle:
    """The bundle, if every line is the one that was signed for, and holds by itself too.

    Parts are verified for the instant of making: that one has run out since makes no bad
    bundle, only one that says less. Where it is used, it is verified for then.

    Raises:
        BundleTruncatedError, BundleSpoiltError: a line is missing, too many, or another.
        BundleForeignError: a part that nobody of this province answers for.
    """
    _check_digests(signed, lines)
    by_name = _by_name(signed, lines)
    try:
        for name in (DIVISIONS, ITEMS):
            b64url_decode(by_name.get(name, ""))
        trust_list = read_trust_list(by_name.get(TRUST_LIST, ""), root=root, at=signed.made_at)
    except EncodingError as error:
        raise BundleSpoiltError("a document in the bundle is not base64url.") from error
    except (TrustError, InputError) as error:
        raise BundleForeignError(f"the trust list does not hold: {error.detail}.") from error
    addresses = [name for name in by_name if name not in (TRUST_LIST, DIVISIONS, ITEMS)]
    lists = []
    for done, uri in enumerate(addresses, start=1):
        lists.append(_read_list(uri, by_name[uri], trust_list, signed.made_at))
        progress(done, len(addresses))
    return Bundle(signed=signed, lines=lines, trust_list=trust_list, lists=tuple(lists))


def _by_name(signed: Signed, lines: tuple[str, ...]) -> dict[str, str]:
    return {part.name: line for part, line in zip(signed.manifest.parts, lines, strict=True)}


def _check_digests(signed: Signed, lines: tuple[str, ...]) -> None:
    parts = signed.manifest.parts
    if len(lines) != len(parts):
        raise BundleTruncatedError(
            f"the bundle has {len(lines)} parts where {len(parts)} were signed for."
        )
    for part, line in zip(parts, lines, strict=True):
        if digest(line) != part.sha256:
            raise BundleSpoiltError(f"the part {part.name} is not the one that was signed for.")


def _read_list(uri: str, token: str, trust_list: TrustList, made_at: datetime) -> BundledList:
    issuer = issuer_of(uri, trust_list)
    if issuer is None:
        raise BundleForeignError(f"the trust list names no issuer for the status list {uri}.")
    try:
        verified = read_status_token(token, uri=uri, issuer=issuer, now=made_at)
    except StatusListRefusedError as error:
        raise BundleForeignError(f"{uri}: {error.detail}.") from error
    return BundledList(
        uri=uri, issuer=issuer, token=token, iat_s=verified.iat_s, ends_s=verified.ends_s
    )


def issuer_of(uri: str, trust_list: TrustList) -> TrustedIssuer | None:
    """The issuer below whose identifier the address lies; the longest, were there two."""
    above = [each for each in trust_list.issuers if uri.startswith(each.issuer + "/")]
    return max(above, key=lambda each: len(each.issuer), default=None)


def check_succession(taken: Bundle, held: Bundle) -> None:
    """See to it that ``taken`` takes nothing back of what ``held`` said.

    Raises:
        BundleOutdatedError: it is the older one, or one of its parts is.
    """
    if taken.etag == held.etag:
        return
    if taken.sequence <= held.sequence:
        raise BundleOutdatedError(
            f"bundle {taken.sequence} is not newer than {held.sequence}, which is held."
        )
    if taken.trust_list.sequence < held.trust_list.sequence:
        raise BundleOutdatedError("its trust list is older than the one held.")
    iats = {each.uri: each.iat_s for each in held.lists}
    for each in taken.lists:
        if each.iat_s < iats.get(each.uri, 0):
            raise BundleOutdatedError(f"its status list {each.uri} is older than the one held.")
