"""The audit log: who did what to which record, when, as what, and on what legal basis.

Each county has one chain. An entry holds the SHA-256 digest of the one before it, so an
entry that was altered, taken out or put in between is found by ``audit_check``. Entries cut
off at the end are found against signed heads, see ``audit_heads``.

Instants are aware and in UTC. Details are short texts without secrets: no transaction code,
token or key is ever among them. The log exists for officials' offences too [SC663 §20].
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

import msgspec
from msgspec import Struct

from issuer.errors import AuditError

FIRST_PREVIOUS: Final = "0" * 64
"""What the first entry of a county holds in place of an earlier digest."""

_encode: Final = msgspec.json.Encoder(order="sorted").encode
_decode_details: Final = msgspec.json.Decoder(dict[str, str]).decode


class Act(Struct, frozen=True):
    """Something done, before it has its place in a chain."""

    county: str
    at: datetime
    actor: str
    """The officer's id, or the name of the service that acted."""
    act: str
    """A verb in snake_case: grant, endorse, suspend, restore, revoke, create_offer…"""
    permit_number: str
    """The record acted on: a permit, an application, an officer's account."""
    details: dict[str, str] = {}
    """Reason, legal basis and the like. Nothing that opens anything."""
    role: str = ""
    """As what an officer acted, see ``issuer.officer.require``; empty for all others."""
    before: str = ""
    """SHA-256 of the record's bytes before the act; the storage fills it in for permits and
    applications."""
    after: str = ""
    """Of its bytes after it; the same."""


class AuditEntry(Struct, frozen=True, omit_defaults=True):
    """An act in its place. ``sequence`` counts from 1 without gap in each county.

    Fields that came later have defaults and are left out of the digest while they are empty,
    so that chains from before still verify.
    """

    sequence: int
    county: str
    at: datetime
    actor: str
    act: str
    permit_number: str
    details: dict[str, str]
    previous: str
    digest: str
    role: str = ""
    before: str = ""
    after: str = ""


class DamagedEntry(Struct, frozen=True):
    """A row of the log that no writing of ours has left so."""

    county: str
    """As far as it can be read."""
    sequence: int | None
    """None where that is what was damaged."""
    column: str
    """The first column that is not as it was written."""


def next_entry(last: AuditEntry | None, act: Act) -> AuditEntry:
    """The entry that puts ``act`` after ``last``, the county's latest entry.

    Raises:
        ValueError: ``last`` is of another county, or the act's instant is naive.
    """
    if last is not None and last.county != act.county:
        raise ValueError("an act cannot follow an entry of another county")
    if act.at.tzinfo is None:
        raise ValueError("an act needs an aware instant")
    entry = AuditEntry(
        sequence=last.sequence + 1 if last else 1,
        county=act.county,
        at=act.at.astimezone(UTC),
        actor=act.actor,
        act=act.act,
        permit_number=act.permit_number,
        details=act.details,
        previous=last.digest if last else FIRST_PREVIOUS,
        digest="",
        role=act.role,
        before=act.before,
        after=act.after,
    )
    return msgspec.structs.replace(entry, digest=digest_of_entry(entry))


def verify_chain(entries: Iterable[AuditEntry]) -> str:
    """Check one county's entries, oldest first, and return the digest of the last.

    Raises:
        AuditError: at the first entry that does not fit, naming its place in the chain.
    """
    previous, expected = FIRST_PREVIOUS, 1
    for entry in entries:
        where = f"county {entry.county}, entry {expected}"
        if entry.sequence != expected:
            raise AuditError(f"{where} is missing: {entry.sequence} stands in its place")
        if entry.previous != previous:
            raise AuditError(f"{where} does not follow the entry before it")
        if entry.digest != digest_of_entry(entry):
            raise AuditError(f"{where} was altered: its digest does not fit")
        previous, expected = entry.digest, expected + 1
    return previous


def digest_of_entry(entry: AuditEntry) -> str:
    """SHA-256 over the entry's sorted JSON with an empty digest, in hexadecimal."""
    return sha256(_encode(msgspec.structs.replace(entry, digest=""))).hexdigest()


def details_text(details: dict[str, str]) -> str:
    """The one way in which details are written, so that every byte of them counts."""
    return _encode(details).decode("utf-8")


def details_of(text: str) -> dict[str, str]:
    """The converse of ``details_text``.

    Raises:
        ValueError: ``text`` is not what ``details_text`` writes.
    """
    details = _decode_details(text)
    if details_text(details) != text:
        raise ValueError("details are not written in the one way")
    return details
