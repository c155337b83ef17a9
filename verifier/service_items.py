"""Service items: what a counter may ask of a permit for each service, and for which area.

The list is data (``service_items.toml``); an office edits it without touching code. All
faults of the file are reported together, each with its entry and what to do.
Source: [ZJ], [SC663 12, 13].
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from schemas.divisions import Area
from schemas.permit_credential import CLAIM_PATHS
from verifier.errors import ItemsFileError, PermitNotNeededError, UnknownItemError

ITEMS_FILE = Path(__file__).with_name("service_items.toml")

Identifier = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Text = Annotated[str, Meta(min_length=1, max_length=200)]


class ServiceItem(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One service of a counter."""

    id: Identifier
    name_zh: Text
    name_en: Text
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


def load_items(path: Path = ITEMS_FILE) -> Mapping[str, ServiceItem]:
    """The service items of ``path``, by identifier, in the file's order.

    Raises:
        ItemsFileError: the file is not there, not TOML, or entries have faults; the detail
            names each.
    """
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ItemsFileError(f"{path.name} cannot be read: {error}") from error
    items: dict[str, ServiceItem] = {}
    faults: list[str] = []
    for identifier, entry in entries.items():
        try:
            items[identifier] = _read(identifier, entry)
        except ItemsFileError as error:
            faults.append(f"[{identifier}] {error}")
    if not entries:
        faults.append("no service item at all. Add one.")
    if faults:
        raise ItemsFileError(f"{path.name}: " + " ".join(faults))
    return MappingProxyType(items)


def _read(identifier: str, entry: Any) -> ServiceItem:
    if not isinstance(entry, dict):
        raise ItemsFileError("is not a table.", remedy=f"Write [{identifier}] above its fields.")
    try:
        item = msgspec.convert({"id": identifier, **entry}, ServiceItem)
    except msgspec.ValidationError as error:
        raise ItemsFileError(f"{error}.", remedy="See the head of the file.") from error
    unknown = [name for name in item.claims if name not in CLAIM_PATHS]
    if unknown:
        raise ItemsFileError(
            f"asks for {', '.join(unknown)}, which no permit has.",
            remedy=f"Use names among {', '.join(CLAIM_PATHS)}.",
        )
    if len(set(item.claims)) != len(item.claims):
        raise ItemsFileError("names a claim twice.", remedy="Remove one.")
    if item.claims and not item.may_ask:
        raise ItemsFileError("may not ask, yet lists claims.", remedy="Set claims = [].")
    return item


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
