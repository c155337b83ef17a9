"""The signed code of a confirmation slip: what it says of a permit, and how it is drawn.

Everything here is pure. The code names the residence address only where it stays large
enough to be read from a photographed page; all else fits always. It is drawn with as much
error correction as its size allows, because paper is folded and gets wet. Sources:
[SC663 §4, §10], [QR §9.1].
"""

from datetime import date
from typing import Final, Literal

import qrcode
from msgspec import Struct
from msgspec.structs import replace
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.exceptions import DataOverflowError
from qrcode.image.pil import PilImage
from qrcode.util import QRData

from issuer.permit import Permit
from keys.jws import sign_jws, x5c_header
from keys.signing_key import SigningKey
from schemas.endorsement_window import expires_at, start_of_day
from schemas.paper_slip import SLIP_TYP, SlipPayload, encode_slip, pack_slip
from schemas.permit_credential import EndorsementClaim, StatusClaim
from schemas.qr_markers import PackError
from schemas.status_list import StatusReference

LARGE_VERSION: Final = 14
"""Up to this version, 73 modules on an edge, more error correction is worth finer modules."""
QUIET_ZONE: Final = 4
"""Modules of white around the code [QR §9.1]."""
_LEVELS: Final = {ERROR_CORRECT_H: "H", ERROR_CORRECT_Q: "Q", ERROR_CORRECT_M: "M"}
_ALPHANUMERIC: Final[Literal[2]] = 2
"""The mode indicator; left to choose, an encoder may take byte mode for a part."""
_OVERLAP: Final = "1.04"
"""Height of a row in modules: a hairline between rows would be seen on some printers."""


class DrawnCode(Struct, frozen=True):
    """A QR code as a drawing."""

    svg: str
    version: int
    """1 to 20; a code of version v has 17 + 4 v modules on an edge."""
    level: str
    """H, Q or M: how much of it may be lost."""


def slip_payload_of(
    permit: Permit, *, issuer: str, slip_id: str, status: StatusReference, printed_on: date
) -> SlipPayload:
    """What the slip of a permit says; ``issuer`` is the county's identifier."""
    endorsement = permit.endorsement
    return SlipPayload(
        iss=issuer,
        iat=int(start_of_day(printed_on).timestamp()),
        exp=int(expires_at(endorsement.usable_through).timestamp()),
        jti=slip_id,
        status=StatusClaim(status_list=status),
        jurisdiction=permit.county,
        permit_number=permit.number,
        citizen_id_tail=permit.resident.citizen_id_number[-4:],
        endorsement=EndorsementClaim(endorsement.sequence, endorsement.usable_through),
        name=permit.resident.name,
        residence_address=permit.residence_address,
    )


def signed_code(payload: SlipPayload, key: SigningKey) -> str:
    """The text of the code, signed by the county's credential key.

    Raises:
        schemas.qr_markers.PackError: too much for a code even without the address, which
            no permit of ours is.
    """
    try:
        return _packed(payload, key)
    except PackError:
        if payload.residence_address is None:
            raise
        return _packed(replace(payload, residence_address=None), key)


def _packed(payload: SlipPayload, key: SigningKey) -> str:
    token = sign_jws(encode_slip(payload), typ=SLIP_TYP, key=key, x5c=x5c_header(key))
    return pack_slip(token)


def drawn_code(text: str) -> DrawnCode:
    """The code of ``text``, which ``signed_code`` gave, as an SVG of plain rectangles.

    Raises:
        schemas.qr_markers.PackError: no code holds it, so it is none of ours.
    """
    chosen = None
    for level in _LEVELS:  # the strongest first; the last is what the code was measured for
        chosen = _encoded(text, level) or chosen
        if chosen is not None and chosen.version <= LARGE_VERSION:
            break
    if chosen is None:
        raise PackError(f"{len(text)} characters fit no code")
    return DrawnCode(_svg(chosen.get_matrix()), chosen.version, _LEVELS[chosen.error_correction])


def _encoded(text: str, level: int) -> "qrcode.QRCode[PilImage] | None":
    code = qrcode.QRCode(error_correction=level, border=QUIET_ZONE, image_factory=PilImage)
    code.add_data(QRData(text.encode("ascii"), mode=_ALPHANUMERIC), optimize=0)
    try:
        code.make(fit=True)
    except (DataOverflowError, ValueError):
        return None
    return code


def _svg(rows: list[list[bool]]) -> str:
    size, path = len(rows), []
    for y, row in enumerate(rows):
        x = 0
        while x < size:
            end = x
            while end < size and row[end]:
                end += 1
            if end > x:
                path.append(f"M{x} {y}h{end - x}v{_OVERLAP}h-{end - x}z")
            x = end + 1
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" '
        f'shape-rendering="crispEdges"><path d="{"".join(path)}"/></svg>'
    )
