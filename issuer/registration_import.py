"""Reads a CSV file of residence registrations: every row right, or the faults by their place.

UTF-8 with a header; ``ended_on`` may be missing. Each fault names line, column, cause and what
to do about it, and repeats nothing of what the row says: faults end up on screens and in logs.
Caps stand before parsing. Days are YYYY-MM-DD in Asia/Shanghai. Source: [ZJ-REG §16].
"""

import csv
import re
from collections.abc import Callable, Iterator
from datetime import date
from io import StringIO
from typing import Final

from msgspec import Struct

from issuer.errors import RegistrationFileError
from issuer.particulars import address
from issuer.residence_register import ResidenceRegistration
from schemas.civil_id import CivilId, parse_civil_id
from schemas.divisions import county
from schemas.errors import EncodingError, InputError, TooLargeError

MAX_BYTES: Final = 64 * 1024 * 1024
MAX_ROWS: Final = 500_000
MAX_FAULTS: Final = 20
"""Faults after which reading stops: more would be the same mistake again."""
PROGRESS_EVERY: Final = 1_000
_NEEDED: Final = ["citizen_id_number", "county", "address", "registered_on"]
_OPTIONAL: Final = "ended_on"
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Progress = Callable[[int], object]


class Fault(Struct, frozen=True):
    """One thing wrong in the file."""

    line: int
    """From 1, the header included."""
    column: str
    cause: str
    remedy: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.cause}. {self.remedy}".rstrip()


class _FaultError(Exception):
    """Carries a fault out of a row."""

    def __init__(self, column: str, cause: str, remedy: str) -> None:
        super().__init__(cause)
        self.column, self.cause, self.remedy = column, cause, remedy


def parse_registrations(
    data: bytes, *, today: date, progress: Progress = lambda rows: None
) -> list[ResidenceRegistration]:
    """The registrations of a whole file. ``progress`` is told how many more rows are done.

    Raises:
        TooLargeError: more bytes or rows than the caps.
        EncodingError: not UTF-8.
        RegistrationFileError: naming up to ``MAX_FAULTS`` faults, in the order of the file.
    """
    found: list[ResidenceRegistration] = []
    faults: list[Fault] = []
    lines: dict[tuple[str, str], int] = {}
    rows = _rows(_text(data))
    header = _header(rows)
    for line, row in rows:
        try:
            registration = _registration(_record(header, row), today)
            key = (registration.citizen_id_number, registration.county)
            if key in lines:
                raise _FaultError(
                    "citizen_id_number",
                    f"the same person and county stand in line {lines[key]}",
                    "Keep the one that holds.",
                )
        except _FaultError as fault:
            faults.append(Fault(line, fault.column, fault.cause, fault.remedy))
            if len(faults) == MAX_FAULTS:
                break
        else:
            lines[key] = line
            found.append(registration)
            if len(found) % PROGRESS_EVERY == 0:
                progress(PROGRESS_EVERY)
    if faults:
        raise _refusal(faults)
    progress(len(found) % PROGRESS_EVERY)
    return found


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise TooLargeError(f"the file has more than {MAX_BYTES} bytes", remedy="Split it.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise EncodingError(
            f"line {line} is not UTF-8", remedy="Save the file as CSV with UTF-8."
        ) from error


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it ends on, from 1, the header first."""
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        for count, row in enumerate(reader):
            if count > MAX_ROWS:
                raise TooLargeError(f"the file has more than {MAX_ROWS} rows", remedy="Split it.")
            yield reader.line_num, row
    except csv.Error as error:
        fault = Fault(reader.line_num, "row", str(error), "Save the file as CSV anew.")
        raise _refusal([fault]) from error


def _header(rows: Iterator[tuple[int, list[str]]]) -> list[str]:
    _, names = next(rows, (1, []))
    header = [name.strip() for name in names]
    if header not in (_NEEDED, [*_NEEDED, _OPTIONAL]):
        begin = f"Begin with {','.join(_NEEDED)}."
        raise _refusal([Fault(1, "header", "the columns are not those expected", begin)])
    return header


def _record(header: list[str], row: list[str]) -> dict[str, str]:
    if len(row) != len(header):
        raise _FaultError(
            "row", f"{len(row)} fields instead of {len(header)}", "Put texts with commas in quotes."
        )
    return dict(zip(header, row, strict=True))


def _registration(row: dict[str, str], today: date) -> ResidenceRegistration:
    civil_id = _civil_id(row["citizen_id_number"], today)
    registered_on = _day("registered_on", row["registered_on"])
    if not civil_id.birthdate <= registered_on <= today:
        raise _FaultError(
            "registered_on", "the day lies before birth or in the future", "Correct the day."
        )
    ended = row.get(_OPTIONAL, "").strip()
    ended_on = _day(_OPTIONAL, ended) if ended else None
    if ended_on is not None and ended_on <= registered_on:
        raise _FaultError(_OPTIONAL, "it ended before it began", "Correct one of the days.")
    return ResidenceRegistration(
        citizen_id_number=civil_id.number,
        county=_checked("county", lambda: county(row["county"].strip()).code),
        address=_checked("address", lambda: address(row["address"])),
        registered_on=registered_on,
        ended_on=ended_on,
    )


def _civil_id(text: str, today: date) -> CivilId:
    try:
        return parse_civil_id(text, today=today)
    except InputError as error:
        raise _FaultError("citizen_id_number", error.detail, error.remedy) from error


def _checked(column: str, value: Callable[[], str]) -> str:
    try:
        return value()
    except InputError as error:
        raise _FaultError(column, error.detail, error.remedy) from error


def _day(column: str, text: str) -> date:
    try:
        if not _DAY.fullmatch(text.strip()):
            raise ValueError("another spelling")
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise _FaultError(column, "this is no day", "Write it as YYYY-MM-DD.") from error


def _refusal(faults: list[Fault]) -> RegistrationFileError:
    more = " (and perhaps more)" if len(faults) == MAX_FAULTS else ""
    listed = "\n".join(str(fault) for fault in faults)
    return RegistrationFileError(
        f"{len(faults)} faults{more}:\n{listed}" if len(faults) > 1 else listed,
        remedy="Nothing was imported; correct the file and import it again.",
    )
