"""What each counter is: its county, its office, the services it offers.

A counter is a browser. It holds a secret in a cookie; what the secret stands for is kept
here, one small file a counter, named by the secret's digest, so that neither the folder nor a
copy of it opens anything. The county of a check is therefore never said by a page: it is
what an administrator has entered once. Processes that share the folder share the counters.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from schemas.divisions import county as county_of
from schemas.errors import InputError, ServiceError
from verifier.case_details import CaseDetailsError, one_line
from verifier.judgement import Counter
from verifier.kept_files import read_kept, write_kept
from verifier.service_items import ServiceItem, find_item

FOLDER: Final = "counters"
MAX_DESKS: Final = 10_000
"""Files in the folder; far more than a province has counters."""
_MAX_FILE_BYTES: Final = 64 * 1024
_SECRET_BYTES: Final = 32
_MAX_SECRET: Final = 128


class NoDeskError(ServiceError):
    """This browser is not set up as a counter."""

    code = "counter_not_set_up"
    http_status = 403


class DeskError(InputError):
    """A counter that cannot be: no office, no service, a county that is none."""

    code = "bad_counter"


class Desk(Struct, frozen=True, kw_only=True):
    """One counter."""

    id: Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
    """For records; opens nothing."""
    county: str
    """Code of the county it stands in."""
    office: str
    """As the people there call it."""
    items: tuple[str, ...]
    """Identifiers of the services it offers, in the order of their keys."""
    set_up_at: datetime

    def counter(self) -> Counter:
        """Where the clerk sits, for the checks."""
        return Counter(county_of(self.county), desk=self.id)

    def offers(self, items: Mapping[str, ServiceItem]) -> tuple[ServiceItem, ...]:
        """Its services, as far as the list of services still has them."""
        return tuple(items[name] for name in self.items if name in items)

    def item(self, items: Mapping[str, ServiceItem], identifier: str) -> ServiceItem:
        """One of its services.

        Raises:
            verifier.errors.UnknownItemError: this counter does not offer it.
        """
        return find_item({item.id: item for item in self.offers(items)}, identifier)


class CounterDesks:
    """The counters of one verifier; methods read and write small files."""

    def __init__(self, directory: Path, items: Mapping[str, ServiceItem]) -> None:
        self._folder = directory / FOLDER
        self._items = items

    def set_up(
        self, *, county: str, office: str, items: Sequence[str], now: datetime
    ) -> tuple[Desk, str]:
        """A new counter, and the secret that its browser keeps.

        Raises:
            DeskError: something is missing.
            schemas.divisions.UnknownCountyError: no such county.
            OSError: the folder cannot be written.
        """
        chosen = tuple(name for name in self._items if name in set(items))
        if not chosen:
            raise DeskError("a counter offers at least one service", remedy="Choose one.")
        desk = Desk(
            id=secrets.token_hex(8),
            county=county_of(county).code,
            office=_office(office),
            items=chosen,
            set_up_at=now,
        )
        if len(list(self._folder.glob("*.json"))) >= MAX_DESKS:
            raise DeskError(
                f"{MAX_DESKS} counters are set up", remedy=f"Remove old files in {FOLDER}."
            )
        secret = secrets.token_urlsafe(_SECRET_BYTES)
        write_kept(self._file(secret), msgspec.json.encode(desk))
        return desk, secret

    def find(self, secret: str | None) -> Desk | None:
        """The counter with this secret; ``None``: there is none, or its file is damaged."""
        if not secret or len(secret) > _MAX_SECRET:
            return None
        kept = read_kept(self._file(secret), max_bytes=_MAX_FILE_BYTES)
        if kept is None:
            return None
        try:
            return msgspec.json.decode(kept, type=Desk)
        except msgspec.DecodeError:
            return None

    def forget(self, secret: str | None) -> None:
        """What the secret stood for is gone, and a copy of the cookie opens nothing."""
        if secret and len(secret) <= _MAX_SECRET:
            self._file(secret).unlink(missing_ok=True)

    def _file(self, secret: str) -> Path:
        digest = hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
        return self._folder / f"{digest}.json"


def _office(text: str) -> str:
    try:
        office = one_line(text)
    except CaseDetailsError as error:
        raise DeskError(f"the office's name: {error.detail}", remedy=error.remedy) from error
    if not office:
        raise DeskError("a counter belongs to an office", remedy="Write its name.")
    return office
