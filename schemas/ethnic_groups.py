"""The ethnic groups by their numeric codes [GBT3304].

The numbers are the key everywhere: letter codes and romanised names differ between
transcriptions of the standard. The table stands beside this file.
"""

import csv
from importlib.resources import files
from typing import Final

from msgspec import Struct

from schemas.errors import InputError


class UnknownEthnicGroupError(InputError):
    """No ethnic group has this code."""

    code = "unknown_ethnic_group"


class EthnicGroup(Struct, frozen=True):
    """One of the 56."""

    code: str
    """Two digits."""
    name_zh: str
    name_en: str
    """Romanised as in the standard."""


def ethnic_group(code: str) -> EthnicGroup:
    """The group with this code.

    Raises:
        UnknownEthnicGroupError: there is none. The code is not repeated: it is personal.
    """
    found = _GROUPS.get(code)
    if found is None:
        raise UnknownEthnicGroupError(
            "no ethnic group has this code", remedy="Use two digits, 01 to 56."
        )
    return found


def ethnic_groups() -> tuple[EthnicGroup, ...]:
    """All groups, by code."""
    return tuple(_GROUPS.values())


def _read_groups() -> dict[str, EthnicGroup]:
    text = files("schemas").joinpath("ethnic_groups.csv").read_text(encoding="utf-8")
    return {row["code"]: EthnicGroup(**row) for row in csv.DictReader(text.splitlines())}


_GROUPS: Final = _read_groups()
