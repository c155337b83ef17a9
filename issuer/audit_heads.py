"""Signed heads: the county's own word on how far its audit log had come, and how it ended.

A chain shows what was changed inside it, but not that its end was cut off. So the last entry
of each county's chain is signed by the county's status key, which is at hand all day. One head
a county and day is kept beside the log; who fears for that table too notes heads elsewhere.

A head is only signed over a chain that still fits the head before it: whoever cut the log
cannot have it signed anew. Instants are aware; days are Asia/Shanghai. [RFC7515], [RFC8725 §3.11].
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from msgspec import Struct

from issuer.audit_check import AuditRow, ChainCheck
from issuer.audit_log import FIRST_PREVIOUS
from issuer.audit_storage import StoredHead
from issuer.errors import AuditError
from issuer.issuance_errors import NotReadyError
from issuer.storage import IssuerReading, IssuerStorage
from keys.certificates import Role, is_of_role, valid_until
from keys.clock import Clock
from keys.county_keys import CountyKeys
from keys.errors import TrustError
from keys.jws import parse_jws, sign_jws, verify_jws, x5c_header, x5c_of
from keys.x5c import trusted_leaf
from schemas.endorsement_window import day_of
from schemas.errors import InputError
from schemas.strict_json import decode_object

AUDIT_HEAD_TYP = "zj-audit-head+jwt"
MAX_HEAD_BYTES = 16 * 1024
"""A head with two certificates stays below 4 KiB."""

_encode = msgspec.json.Encoder(order="sorted").encode


class HeadPayload(Struct, frozen=True, forbid_unknown_fields=True):
    """What a head says."""

    county: str
    sequence: Annotated[int, msgspec.Meta(ge=1)]
    digest: str
    iat: Annotated[int, msgspec.Meta(ge=0, lt=1 << 37)]
    """When it was signed, in seconds since 1970."""


_decode = msgspec.json.Decoder(HeadPayload, strict=True).decode


def sign_head(
    county: str, *, sequence: int, digest: str, keys: CountyKeys, now: datetime
) -> StoredHead:
    """The head of a chain that ends with this entry."""
    payload = HeadPayload(county, sequence, digest, int(now.timestamp()))
    token = sign_jws(
        _encode(payload), typ=AUDIT_HEAD_TYP, key=keys.status, x5c=x5c_header(keys.status)
    )
    return StoredHead(county, day_of(now), sequence, digest, token)


def read_head(token: str, *, root: bytes) -> StoredHead:
    """The head that ``token`` is, if a county of the province signed it for itself.

    Its certificate need not be on today's trust list: heads are kept for longer than keys. It
    must have been valid when the head was signed.

    Args:
        token: compact JWS.
        root: DER of the provincial root, which the reader holds by other means.

    Raises:
        AuditError: it is none, or signed by somebody else.
    """
    try:
        jws = parse_jws(token.strip(), typ=AUDIT_HEAD_TYP, max_bytes=MAX_HEAD_BYTES)
        decode_object(jws.payload, max_bytes=MAX_HEAD_BYTES)  # one meaning, see there
        head = _decode(jws.payload)
        signed_at = datetime.fromtimestamp(head.iat, UTC)
        leaf = trusted_leaf(x5c_of(jws), anchors=[root], at=signed_at)
        verify_jws(jws, leaf.public_key)
    except (InputError, TrustError, ValueError) as error:
        raise AuditError(f"a signed head cannot be believed: {error}") from error
    named = {uri.rpartition("/")[2] for uri in leaf.san_uris}
    if not is_of_role(leaf.subject, Role.STATUS) or head.county not in named:
        raise AuditError(
            "a signed head cannot be believed: its certificate is not the county's for status"
        )
    return StoredHead(head.county, day_of(signed_at), head.sequence, head.digest, token.strip())


def believed_heads(
    stored: Iterable[StoredHead], *, root: bytes
) -> tuple[list[StoredHead], list[str]]:
    """The heads kept beside the log that can be believed, and what is wrong with the others."""
    believed, faults = [], []
    for kept in stored:
        which = f"the head of county {kept.county} of {kept.day}"
        try:
            head = read_head(kept.token, root=root)
        except AuditError as error:
            faults.append(f"{which}: {error.detail}")
            continue
        if head == kept:
            believed.append(head)
        else:
            faults.append(f"{which} was altered: its signature is over something else")
    return believed, faults


class AuditHeads:
    """Signs the heads of the counties in ``counties``. All methods block."""

    def __init__(
        self, storage: IssuerStorage, counties: Mapping[str, CountyKeys], clock: Clock
    ) -> None:
        self._storage = storage
        self._counties = counties
        self._clock = clock

    def sign(self, county: str) -> StoredHead:
        """The county's head as of now, also kept as that of today.

        Raises:
            NotReadyError: the county has no keys here that heads can be believed by, or nothing
                was ever written down.
            AuditError: the chain does not fit the last head; nothing is signed.
        """
        keys = self._keys_of(county)
        with self._storage.reading() as register:
            end = _end_since_head(register, county)
        with self._storage.transaction() as tx:
            now = self._clock()
            # Only what was written meanwhile: nobody else may write for as long as this takes.
            sequence, digest = _end_since(tx, county, end)
            if sequence == 0:
                raise NotReadyError(f"the audit log of county {county} is empty")
            head = sign_head(county, sequence=sequence, digest=digest, keys=keys, now=now)
            tx.put_audit_head(head)
        return head

    def sign_due(self) -> int:
        """Sign for each county whose log grew since its last head; how many were signed.

        Today's head is renewed as the log grows, so that what is cut off is found wherever it
        was cut; those of earlier days stay.

        Raises:
            AuditError: counties whose log cannot be signed, after all others were signed.
        """
        signed, faults = 0, []
        for county in sorted(self._counties):
            try:
                if self._grew(county):
                    self.sign(county)
                    signed += 1
            except (AuditError, NotReadyError) as error:
                faults.append(error.detail)
        if faults:
            raise AuditError("; ".join(faults))
        return signed

    def _keys_of(self, county: str) -> CountyKeys:
        keys = self._counties.get(county)
        if keys is None:
            raise NotReadyError(f"there are no keys of county {county} here")
        ended = valid_until(keys.status.chain[0])
        if self._clock() > ended:
            # Kept beside the log it would look like one that somebody had forged.
            raise NotReadyError(
                f"the status certificate of county {county} ended at {ended.isoformat()}, so no"
                " head signed by it would be believed",
                remedy="The county needs a new status certificate.",
            )
        return keys

    def _grew(self, county: str) -> bool:
        with self._storage.reading() as register:
            last, held = register.last_audit(county), register.last_audit_head(county)
        return (last.sequence if last else 0) != (held.sequence if held else 0)


def _end_since_head(register: IssuerReading, county: str) -> tuple[int, str]:
    """The last entry's sequence and digest, if the chain is whole since the last head."""
    held = register.last_audit_head(county)
    if held is None:
        return _end_since(register, county, (0, FIRST_PREVIOUS))
    check = ChainCheck(county, [held], first=held.sequence, previous=None)
    return _end_of(check, register.audit_rows(county, first=held.sequence))


def _end_since(register: IssuerReading, county: str, end: tuple[int, str]) -> tuple[int, str]:
    """The same behind an ``end`` that was checked."""
    first, previous = end[0] + 1, end[1]
    check = ChainCheck(county, first=first, previous=previous)
    return _end_of(check, register.audit_rows(county, first=first))


def _end_of(check: ChainCheck, rows: Iterable[AuditRow]) -> tuple[int, str]:
    for row in rows:
        check.take(row)
    checked = check.result()
    if not checked.whole:
        raise AuditError(
            str(checked.faults[0]),
            remedy="Nothing is signed. Check the whole log with python -m issuer audit verify.",
        )
    return checked.sequence, checked.digest
