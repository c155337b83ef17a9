"""The permit as a credential: its type, its claims, and which of them can be withheld.

Always visible are the claims every reader needs to judge the permit. All others are
selectively disclosable [SD-JWT-VC §3.2.2.2]. Those a counter rarely asks for stand
together inside ``record``, a hidden object whose members are hidden in turn: each
withheld claim costs a counter's code 32 bytes, and so the six of them cost 32 together.
Each of the fourteen can still be shown alone.

Who checks what: ``iss``, ``vct``, ``cnf`` the authenticity checks; ``nbf``, ``exp``
validity; ``status`` revocation; ``endorsement`` and ``jurisdiction`` checks of the same
names; ``iat`` nobody decides by. Contents are those of [SC663 §4].
"""

from datetime import date
from typing import Annotated, Any, Final, Protocol

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from schemas.errors import InputError
from schemas.status_list import StatusReference

PERMIT_VCT: Final = "urn:zhejiang:residence-permit:1"
"""The credential type; a change of meaning takes a new number."""
SD_JWT_VC_TYP: Final = "dc+sd-jwt"
FULL_CONFIGURATION: Final = "residence_permit"
"""All claims."""
PASS_CONFIGURATION: Final = "residence_permit_pass"  # noqa: S105 - a card, not a password
"""Only what a counter's code needs, so that the code stays small."""

ClaimPath = tuple[str, ...]

RECORD: Final = "record"
_TOP: Final = (
    "name",
    "birthdate",
    "citizen_id_number",
    "citizen_id_tail",
    "residence_address",
    "permit_number",
    "continuous_residence_since",
    "age_over_18",
)
_IN_RECORD: Final = (
    "sex",
    "ethnic_group",
    "portrait",
    "registered_address",
    "issuing_authority",
    "date_of_issuance",
)
CLAIM_PATHS: Final[dict[str, ClaimPath]] = {
    **{name: (name,) for name in _TOP},
    **{name: (RECORD, name) for name in _IN_RECORD},
}
"""Where each disclosable claim stands, by its name."""
PASS_CLAIMS: Final = ("name", "citizen_id_tail", "permit_number", "residence_address")
"""The claims of the pass."""
PROTECTED_CLAIMS: Final = frozenset(
    {
        "iss",
        "vct",
        "vct#integrity",
        "iat",
        "nbf",
        "exp",
        "cnf",
        "status",
        "jurisdiction",
        "endorsement",
    }
)
"""Must come signed in plain, never by a disclosure [SD-JWT-VC §3.2.2.2].

Ours beyond the specification: ``iat``, ``jurisdiction`` and ``endorsement``.
"""

CLAIM_LABELS: Final[dict[str, tuple[str, str]]] = {
    "name": ("姓名", "Name"),
    "sex": ("性别", "Sex"),
    "ethnic_group": ("民族", "Ethnic group"),
    "birthdate": ("出生日期", "Date of birth"),
    "citizen_id_number": ("公民身份号码", "Citizen identification number"),
    "citizen_id_tail": ("身份号码后四位", "Last four of the citizen number"),
    "portrait": ("照片", "Portrait"),
    "registered_address": ("常住户口所在地住址", "Address of household registration"),
    "residence_address": ("居住地住址", "Residence address"),
    "issuing_authority": ("签发机关", "Issuing authority"),
    "date_of_issuance": ("签发日期", "Date of issue"),
    "permit_number": ("证件编号", "Permit number"),
    "continuous_residence_since": ("连续居住起算日", "Residence counted from"),
    "age_over_18": ("年满18周岁", "Aged 18 or over"),
}
"""How each disclosable claim is called on a screen: Chinese, English."""

VISIBLE_LABELS: Final[dict[ClaimPath, tuple[str, str]]] = {
    ("jurisdiction",): ("居住地区划代码", "County of residence (code)"),
    ("endorsement",): ("签注", "Endorsement"),
    ("endorsement", "sequence"): ("签注次数", "Number of the endorsement"),
    ("endorsement", "usable_through"): ("有效使用至", "Usable through"),
}
"""The same for what is always visible and worth showing."""

CitizenNumber = Annotated[str, Meta(pattern="^[1-9][0-9]{16}[0-9X]$", max_length=18)]
SecondsSince1970 = Annotated[int, Meta(ge=0, le=253_402_300_799)]
"""An instant, UTC; up to the end of the year 9999, where calendars here end."""
# The length is there because $ also fits before a line feed at the end.
CountyCode = Annotated[str, Meta(pattern="^[0-9]{6}$", max_length=6)]
"""Six digits [GBT2260]; whether there is such a county is asked in divisions.py."""


class PermitClaimsError(InputError):
    """Signed, but not the visible claims of a permit."""

    code = "invalid_permit"


class EndorsementClaim(Struct, frozen=True):
    """The endorsement this copy was made under [SC663 §10]."""

    sequence: Annotated[int, Meta(ge=0)]
    """Counts up; 1 is the one that comes with the grant."""
    usable_through: date
    """Last day of use, Asia/Shanghai."""


class Confirmation(Struct, frozen=True):
    """The holder's key [RFC7800 §3.2]; no reference to a key elsewhere is followed."""

    jwk: dict[str, str]


class StatusClaim(Struct, frozen=True):
    """Where the permit's status stands [TSL §6.2]."""

    status_list: StatusReference


class PermitPayload(Struct, frozen=True):
    """What every reader of a permit sees."""

    iss: str
    """Credential issuer identifier of the county."""
    vct: str
    iat: SecondsSince1970
    """Start of the day of signing, seconds since 1970: rounded, so copies look alike."""
    nbf: SecondsSince1970
    exp: SecondsSince1970
    """First second after the endorsement's last day."""
    cnf: Confirmation
    status: StatusClaim
    jurisdiction: CountyCode
    """The county of residence."""
    endorsement: EndorsementClaim


class StandingClaims(Protocol):
    """What every form of a permit says of its standing: the credential, and the slip on paper."""

    @property
    def nbf(self) -> int: ...
    @property
    def exp(self) -> int: ...
    @property
    def status(self) -> StatusClaim: ...
    @property
    def jurisdiction(self) -> str: ...
    @property
    def endorsement(self) -> EndorsementClaim: ...


class RecordClaims(Struct, frozen=True, kw_only=True):
    """Claims inside ``record``; any of them may be withheld."""

    sex: Annotated[str, Meta(pattern="^[12]$", max_length=1)] | UnsetType = UNSET
    """1 male, 2 female [GBT2261]."""
    ethnic_group: Annotated[str, Meta(pattern="^[0-9]{2}$", max_length=2)] | UnsetType = UNSET
    """Two digits [GBT3304]."""
    portrait: Annotated[str, Meta(pattern="^data:image/")] | UnsetType = UNSET
    """Picture as a data URI."""
    registered_address: str | UnsetType = UNSET
    """Where the household registration lies."""
    issuing_authority: str | UnsetType = UNSET
    date_of_issuance: date | UnsetType = UNSET
    """Day 0 of the permit's years."""


class PermitRecord(Struct, frozen=True, kw_only=True):
    """The disclosable claims; any of them may be withheld. Days are Asia/Shanghai."""

    name: str | UnsetType = UNSET
    birthdate: date | UnsetType = UNSET
    citizen_id_number: CitizenNumber | UnsetType = UNSET
    """Eighteen characters [GB11643]."""
    citizen_id_tail: Annotated[str, Meta(min_length=4, max_length=4)] | UnsetType = UNSET
    """Its last four characters."""
    residence_address: str | UnsetType = UNSET
    permit_number: str | UnsetType = UNSET
    continuous_residence_since: date | UnsetType = UNSET
    """Anew from the day of a late endorsement [SC663 §10]."""
    age_over_18: bool | UnsetType = UNSET
    record: RecordClaims | UnsetType = UNSET


def permit_payload(claims: dict[str, Any]) -> PermitPayload:
    """The visible claims, of exactly the right shape.

    Raises:
        PermitClaimsError: one is missing or of another type.
    """
    try:
        return msgspec.convert(claims, PermitPayload, strict=True)
    except msgspec.ValidationError as error:
        raise PermitClaimsError(f"not the claims of a permit: {error}") from error


def permit_record(claims: dict[str, Any]) -> PermitRecord:
    """The disclosed claims among ``claims``, each of its type; others are left aside.

    Raises:
        PermitClaimsError: one is of another type.
    """
    try:
        return msgspec.convert(claims, PermitRecord, strict=True)
    except msgspec.ValidationError as error:
        raise PermitClaimsError(f"not the contents of a permit: {error}") from error


def claim_at(claims: dict[str, Any], path: ClaimPath) -> Any:
    """The value at ``path``; ``None`` if it was not disclosed."""
    value: Any = claims
    for name in path:
        if not isinstance(value, dict) or name not in value:
            return None
        value = value[name]
    return value
