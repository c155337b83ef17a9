"""Service items: what a counter may ask of a permit for each service, and for which area.

The list is data. ``service_items.toml`` beside this file is built in; the setting
``VERIFIER_SERVICE_ITEMS`` names a file that an administrator keeps, which replaces it. All
faults of a file are reported together, each with its line and what to do.
Source: [ZJ], [SC663 12, 13].
"""

import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from schemas.divisions import Area
from schemas.permit_credential import CLAIM_PATHS
from verifier.errors import ItemsFileError, PermitNotNeededError, UnknownItemError
from verifier.toml_lines import TomlLines

ITEMS_FILE = Path(__file__).with_name("service_items.toml")
MAX_FILE_BYTES = 256 * 1024
MAX_ITEMS = 200
MAX_NAME = 80
"""Characters of a name: it stands in requests, and on the screen on which somebody agrees."""
MAX_RETENTION_DAYS = 3650

Identifier = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Name = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=MAX_NAME,
        pattern=r"^[^\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e]*$",
    ),
]
Text = Annotated[str, Meta(min_length=1, max_length=200)]


class Retention(StrEnum):
    """What an office keeps of a check, from nothing to everything."""

    NOTHING = "nothing"
    """No record at all."""
    VERDICT = "verdict"
    """Time, counter, item and verdict: enough to count by."""
    MINIMAL = "minimal"
    """The verdict, the permit's number, and case number and purpose where they are asked."""
    FULL = "full"
    """The presentation itself, as evidence, until it expires."""


class ServiceItem(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One service of a counter."""

    id: Identifier
    name_zh: Name
    name_en: Name
    claims: tuple[str, ...]
    """Names of ``CLAIM_PATHS``: what the service needs, and no more."""
    area: Area
    """How far around the permit's county the service reaches."""
    maximum_status_age_s: Annotated[int, Meta(ge=1, le=7 * 86400)] = 86400
    """How old status information may be, in seconds."""
    may_ask: bool = True
    """``False`` where the law does not need the permit: the counter may not ask for it."""
    basis: Text
    """The rule that gives the right, or takes the question away."""
    retention: Retention = Retention.NOTHING
    """What is kept of a check; nothing, unless the office says that it must."""
    retention_days: Annotated[int, Meta(ge=0, le=MAX_RETENTION_DAYS)] = 0
    """How long it is kept, in days; 0 where nothing is."""
    asks_case: bool = False
    """Whether the clerk enters case number and purpose before the check."""


_FIELDS = {field.name: field for field in msgspec.structs.fields(ServiceItem)}
_HINTS = {
    "id": "Use small letters, digits and _, beginning with a letter.",
    "area": f"Use one of {', '.join(Area)}.",
    "retention": f"Use one of {', '.join(Retention)}.",
    "maximum_status_age_s": "Give seconds, from 1 to 604800.",
    "retention_days": f"Give days, from 0 to {MAX_RETENTION_DAYS}.",
    "may_ask": "Write true or false.",
    "asks_case": "Write true or false.",
    "claims": "Write a list of names in double quotes, [] for none.",
    "basis": "Give a text of 1 to 200 characters.",
}
_NAME_HINT = f"Give a text of 1 to {MAX_NAME} characters."


def load_items(path: Path = ITEMS_FILE) -> Mapping[str, ServiceItem]:
    """The service items of ``path``, by identifier, in the file's order.

    Raises:
        ItemsFileError: the file is not there, not TOML, or entries have faults; the detail
            names each, one a line.
    """
    try:
        data = path.read_bytes()
        if len(data) > MAX_FILE_BYTES:
            raise ItemsFileError(
                f"{path.name} has {len(data)} bytes; {MAX_FILE_BYTES} are taken.",
                remedy="Keep the list short, and comments with it.",
            )
        text = data.decode("utf-8")
        entries = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ItemsFileError(
            f"{path.name} cannot be read: {reason}",
            remedy="Look at the end of the line before as well: a quotation mark may be missing.",
        ) from error
    lines = TomlLines(text)
    faults = [*_faults_of_list(entries)]
    for identifier, entry in entries.items():
        faults += (
            f"{path.name} line {lines.of(identifier, key)}: [{identifier}] {fault}"
            for key, fault in _faults(identifier, entry)
        )
    if faults:
        raise ItemsFileError("\n".join(faults))
    items = {
        name: msgspec.convert({"id": name, **entry}, ServiceItem) for name, entry in entries.items()
    }
    return MappingProxyType(items)


def _faults_of_list(entries: Mapping[str, Any]) -> Iterator[str]:
    if not entries:
        yield "no service item at all. Add one."
    if len(entries) > MAX_ITEMS:
        yield f"{len(entries)} service items; {MAX_ITEMS} are taken. Remove some."


def _faults(identifier: str, entry: Any) -> Iterator[tuple[str, str]]:
    """Key and what is wrong with it, of one entry; the empty key is its head."""
    if not isinstance(entry, dict):
        yield "", f"is not a table. Write [{identifier}] above its fields."
        return
    fields = {**entry, "id": identifier}
    if "id" in entry:
        yield "id", "names itself twice. Leave id out; the name in [ ] is it."
    for name in fields.keys() - _FIELDS.keys():
        yield name, f"{name} is no field of a service item. Use {', '.join(_FIELDS)}."
    sound = True
    for name, field in _FIELDS.items():
        for fault in _faults_of_field(name, field, fields):
            sound = False
            yield name if name in entry else "", fault
    if sound:
        yield from _contradictions(
            msgspec.convert(
                {name: value for name, value in fields.items() if name in _FIELDS}, ServiceItem
            )
        )


def _faults_of_field(
    name: str, field: msgspec.structs.FieldInfo, fields: Mapping[str, Any]
) -> Iterator[str]:
    hint = _HINTS.get(name, _NAME_HINT)
    if name not in fields:
        if field.required:
            yield f"{name} is missing. {hint}"
        return
    try:
        msgspec.convert(fields[name], field.type)
    except msgspec.ValidationError as error:
        yield f"{name}: {error}. {hint}"


def _contradictions(item: ServiceItem) -> Iterator[tuple[str, str]]:
    unknown = [name for name in item.claims if name not in CLAIM_PATHS]
    if unknown:
        names = ", ".join(CLAIM_PATHS)
        yield "claims", f"asks for {', '.join(unknown)}, which no permit has. Use {names}."
    if len(set(item.claims)) != len(item.claims):
        yield "claims", "names a claim twice. Remove one."
    if not item.may_ask:
        if item.claims:
            yield "claims", "may not ask, yet lists claims. Set claims = []."
        if item.retention is not Retention.NOTHING or item.asks_case:
            yield "may_ask", "may not ask, so there is no check to keep. Remove these fields."
    yield from _contradictions_of_retention(item)


def _contradictions_of_retention(item: ServiceItem) -> Iterator[tuple[str, str]]:
    if item.retention is Retention.NOTHING and item.retention_days:
        yield "retention_days", "keeps nothing, for a time. Set retention as well, or leave both."
    if item.retention is not Retention.NOTHING and not item.retention_days:
        yield "retention", "does not say how long. Set retention_days."
    if item.asks_case and item.retention in (Retention.NOTHING, Retention.VERDICT):
        yield "asks_case", "asks for a case that is kept nowhere. Set retention to minimal or full."


def find_item(items: Mapping[str, ServiceItem], identifier: str) -> ServiceItem:
    """The item with this identifier.

    Raises:
        UnknownItemError: there is none.
    """
    item = items.get(identifier)
    if item is None:
        raise UnknownItemError(
            "no service item has this identifier", remedy=f"Choose among {', '.join(items)}."
        )
    return item


def refuse_unneeded(item: ServiceItem) -> None:
    """Stop a counter from asking for a permit that the law does not need there.

    Raises:
        PermitNotNeededError: with the rule; to be told before anything is asked or read.
    """
    if not item.may_ask:
        raise PermitNotNeededError(
            f"{item.name_en} ({item.name_zh}) does not need the residence permit"
            f" ({item.basis}): do not ask for it.",
            remedy="不得要求出示居住证。Serve the person on the identity card.",
        )
