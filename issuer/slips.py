"""Confirmation slips: printed at the counter, for the person in front of it, on a document shown.

Recorded first, drawn afterwards. One transaction gives the slip its place in a status list
and writes the audit entry; only when it is committed is anything signed or drawn. So no
paper exists that the log does not know, and no place is used twice. A crash in between
leaves an entry without its paper, and a jammed printer does the same: ``print_again`` draws
a recorded slip anew, under its number, and writes that down too. What can be known
beforehand to fail (fonts, keys) is asked first, so that nothing is recorded for it.

The slip's place follows the permit as every copy's does: suspended, revoked or cancelled,
the slip is so from the next status list on, at counters without a network too.

All methods block, drawing included; asynchronous callers go through ``asyncio.to_thread``.
Sources: [ZJ], [SC663 §4, §10].
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final

from msgspec import Struct

from issuer.audit_log import Act, AuditEntry
from issuer.confirmation_slip import DocumentShown, Printing, SlipPage, slip_page
from issuer.desk import permit_for
from issuer.errors import PermitStateError
from issuer.issuance_errors import NotReadyError
from issuer.officer import AT_THE_COUNTER, Officer, require
from issuer.permit import Permit, Standing
from issuer.slip_code import drawn_code, signed_code, slip_payload_of
from issuer.slip_pdf import SlipPress
from issuer.status_publication import status_uri
from issuer.storage import IssuerReading, IssuerStorage, IssuerTransaction, StatusEntry
from keys.clock import Clock
from keys.county_keys import CountyKeys
from keys.jws import jwk_thumbprint
from schemas.endorsement_window import day_of
from schemas.paper_slip import SlipPayload, encode_slip
from schemas.status_list import VALID, StatusReference

PRINTED: Final = "print_slip"
PRINTED_AGAIN: Final = "print_slip_again"
"""Verbs in the audit log."""
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_WHY_NOT: Final = {
    Standing.LAPSED: ("the endorsement has run out", "Endorse the permit first."),
    Standing.SUSPENDED: ("the permit is suspended by order", "It has to be restored first."),
    Standing.REVOKED: ("the permit is revoked", "Only a new permit can be granted."),
    Standing.CANCELLED: ("the permit is cancelled", "Only a new permit can be granted."),
}


class PrintedSlip(Struct, frozen=True):
    """A slip, ready for the printer."""

    slip_id: str
    permit_number: str
    printed_at: datetime
    code: str
    """The text of its code."""
    pdf: bytes


class Slips:
    """Prints slips for the counties whose keys it has.

    Args:
        storage: the register.
        clock: gives ``now``.
        counties: keys by county code; a slip is signed with the county's credential key.
        press: draws the page.
        demo: marks every page as a demonstration.
    """

    def __init__(
        self,
        storage: IssuerStorage,
        clock: Clock,
        counties: Mapping[str, CountyKeys],
        press: SlipPress,
        *,
        demo: bool = False,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._counties = counties
        self._press = press
        self._demo = demo

    def print_slip(self, permit_number: str, officer: Officer, shown: DocumentShown) -> PrintedSlip:
        """A new slip for a usable permit of the officer's county; each print is recorded.

        Raises:
            issuer.errors.DeskError: no role at the counter, or of another county.
            issuer.errors.UnknownPermitError: no permit has this number.
            PermitStateError: the permit is not usable today; the detail says why.
            issuer.errors.SlipFontError: the page cannot be drawn; nothing was recorded.
            NotReadyError: the county has no keys here; nothing was recorded.
        """
        role = require(officer, AT_THE_COUNTER)
        slip_id = _new_slip_id()
        with self._storage.reading() as register:
            self._refuse_undrawable(permit_for(register, permit_number, officer), slip_id, officer)
        with self._storage.transaction() as tx:
            now = self._clock()
            permit = permit_for(tx, permit_number, officer)
            _refuse_unusable(permit, now)
            place = self._place_for(tx, permit)
            printing = Printing(slip_id, now, officer.id, shown)
            payload = self._payload(permit, printing, place)
            details = _details(printing, place, payload)
            tx.record(_act(PRINTED, permit, officer, role, now, details))
        return self._drawn(permit, printing, payload)

    def print_again(self, permit_number: str, slip_id: str, officer: Officer) -> PrintedSlip:
        """The slip of this number once more: the paper was spoilt, or never came out.

        It says what it said, so it is drawn only while that is still so: on the day of its
        first print, and as long as neither the permit nor its standing has changed.

        Raises:
            PermitStateError: no slip of this permit has this number, or something has
                changed since; the remedy is a new slip.
            ServiceError: as for ``print_slip``.
        """
        role = require(officer, AT_THE_COUNTER)
        with self._storage.reading() as register:
            self._refuse_undrawable(permit_for(register, permit_number, officer), slip_id, officer)
        with self._storage.transaction() as tx:
            now = self._clock()
            permit = permit_for(tx, permit_number, officer)
            _refuse_unusable(permit, now)
            entry = _entry_of(tx, permit, slip_id)
            shown = DocumentShown(entry.details["shown"])
            printing = Printing(slip_id, entry.at, entry.actor, shown)
            place = StatusEntry(
                int(entry.details["status_list"]), int(entry.details["status_index"])
            )
            payload = self._payload(permit, printing, place)
            _refuse_changed(tx, permit, entry, place, payload, now)
            tx.record(_act(PRINTED_AGAIN, permit, officer, role, now, {"slip": slip_id}))
        return self._drawn(permit, printing, payload)

    def _keys_of(self, county: str) -> CountyKeys:
        keys = self._counties.get(county)
        if keys is None:
            raise NotReadyError(
                f"county {county} has no keys here, so no slip of it could be signed",
                remedy=f"Make some with python -m keys add-county --county {county}.",
            )
        return keys

    def _refuse_undrawable(self, permit: Permit, slip_id: str, officer: Officer) -> None:
        # Of a person's own words a character may be missing; the slip's, ID card or not, are
        # the same for everyone.
        printing = Printing(slip_id, self._clock(), officer.id, DocumentShown.ID_CARD)
        self._press.refuse_undrawable(self._page(permit, printing))

    def _page(self, permit: Permit, printing: Printing) -> SlipPage:
        thumbprint = self._thumbprint(permit.county)
        return slip_page(permit, printing, key_thumbprint=thumbprint, demo=self._demo)

    def _thumbprint(self, county: str) -> str:
        return jwk_thumbprint(self._keys_of(county).credential.public_jwk())

    def _place_for(self, tx: IssuerTransaction, permit: Permit) -> StatusEntry:
        return tx.allocate_status(
            permit.county,
            permit.number,
            1,
            expires_on=permit.usable_through,
            signed_by=self._thumbprint(permit.county),
        )[0]

    def _payload(self, permit: Permit, printing: Printing, place: StatusEntry) -> SlipPayload:
        issuer = self._keys_of(permit.county).issuer
        return slip_payload_of(
            permit,
            issuer=issuer,
            slip_id=printing.slip_id,
            status=StatusReference(place.idx, status_uri(issuer, place.list_number)),
            printed_on=day_of(printing.at),
        )

    def _drawn(self, permit: Permit, printing: Printing, payload: SlipPayload) -> PrintedSlip:
        code = signed_code(payload, self._keys_of(permit.county).credential)
        pdf = self._press.pdf(
            self._page(permit, printing),
            code_svg=drawn_code(code).svg,
            portrait=permit.resident.portrait,
            at=printing.at,
        )
        return PrintedSlip(printing.slip_id, permit.number, printing.at, code, pdf)


def _new_slip_id() -> str:
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))


def _refuse_unusable(permit: Permit, now: datetime) -> None:
    standing = permit.standing_on(day_of(now))
    if standing is not Standing.USABLE:
        why, remedy = _WHY_NOT[standing]
        raise PermitStateError(f"no slip can be printed: {why}", remedy=remedy)


def _act(
    verb: str,
    permit: Permit,
    officer: Officer,
    role: str,
    now: datetime,
    details: dict[str, str],
) -> Act:
    return Act(permit.county, now, officer.id, verb, permit.number, details, role=role)


def _details(printing: Printing, place: StatusEntry, payload: SlipPayload) -> dict[str, str]:
    return {
        "slip": printing.slip_id,
        "shown": printing.shown.value,
        "status_list": str(place.list_number),
        "status_index": str(place.idx),
        # Not what it says, which is personal, but enough to tell whether it still says so.
        "contents": sha256(encode_slip(payload)).hexdigest(),
    }


def _entry_of(register: IssuerReading, permit: Permit, slip_id: str) -> AuditEntry:
    for entry in register.audit_about(permit.number):
        if entry.act == PRINTED and entry.details["slip"] == slip_id:
            return entry
    raise PermitStateError("no slip of this permit has this number", remedy="Print a new slip.")


def _refuse_changed(
    register: IssuerReading,
    permit: Permit,
    entry: AuditEntry,
    place: StatusEntry,
    payload: SlipPayload,
    now: datetime,
) -> None:
    same = sha256(encode_slip(payload)).hexdigest() == entry.details["contents"]
    # In this order: a permit that changed counties has no such place in its new one.
    if (
        not same
        or day_of(entry.at) != day_of(now)
        or register.status_values(permit.county, place.list_number).get(place.idx, VALID) != VALID
    ):
        raise PermitStateError(
            "the slip cannot be printed again: it is of another day, or the permit has changed",
            remedy="Print a new slip.",
        )
