"""The audit log: who did what to which permit, when, and on what legal basis.

Each county has one chain. An entry holds the SHA-256 digest of the one before it, so an
entry that was altered, taken out or put in between is found by ``verify_chain``. Entries cut
off at the end are found only against a digest noted elsewhere: the command line prints the
head for that, and officers' reports should carry it.

Instants are aware and in UTC. Details are short texts without secrets: no transaction code,
token or key is ever among them. The log exists for officials' offences too [SC663 §20].
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256

import msgspec
from msgspec import Struct

from issuer.errors import AuditError

FIRST_PREVIOUS = "0" * 64
"""What the first entry of a county holds in place of an earlier digest."""

_encode = msgspec.json.Encoder(order="sorted").encode


class Act(Struct, frozen=True):
    """Something done, before it has its place in a chain."""

    county: str
    at: datetime
    actor: str
    """The officer's id, or the name of the service that acted."""
    act: str
    """A verb in snake_case: grant, endorse, suspend, restore, revoke, create_offer…"""
    permit_number: str
    details: dict[str, str] = {}
    """Reason, legal basis and the like. Nothing that opens anything."""


class AuditEntry(Struct, frozen=True):
    """An act in its place. ``sequence`` counts from 1 without gap in each county."""

    sequence: int
    county: str
    at: datetime
    actor: str
    act: str
    permit_number: str
    details: dict[str, str]
    previous: str
    digest: str


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
    )
    return msgspec.structs.replace(entry, digest=_digest(entry))


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
        if entry.digest != _digest(entry):
            raise AuditError(f"{where} was altered: its digest does not fit")
        previous, expected = entry.digest, expected + 1
    return previous


def _digest(entry: AuditEntry) -> str:
    return sha256(_encode(msgspec.structs.replace(entry, digest=""))).hexdigest()
