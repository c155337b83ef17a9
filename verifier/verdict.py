"""What a check may answer, and what the counter is told in the end.

Three verdicts. ``accepted`` needs every check to have passed; ``refused`` needs one that
failed; otherwise it is ``cannot_say``, because "could not check" is never "good".
Nothing here has a truth value: ``if verdict`` would accept a refusal.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal, NoReturn

from msgspec import Struct

from schemas.divisions import Area, County
from schemas.foreign_code import ForeignKind

Param = str | int | date | datetime | County | Area | ForeignKind | tuple[str, ...]
"""A value inside a sentence. ``sentences.py`` writes it down in the reader's language."""

Kind = Literal["accepted", "refused", "cannot_say"]


class _Answer(Struct, frozen=True, tag_field="outcome"):
    def __bool__(self) -> NoReturn:
        raise TypeError("an answer has no truth value; ask for its type")


class Passed(_Answer, frozen=True, tag="passed"):
    """The check holds."""


class Failed(_Answer, frozen=True, tag="failed"):
    """The check does not hold."""

    code: str
    """Stable reason; ``sentences.py`` has its words."""
    params: dict[str, Param] = {}


class Unknown(_Answer, frozen=True, tag="unknown"):
    """The check could not be made."""

    code: str
    params: dict[str, Param] = {}


CheckResult = Passed | Failed | Unknown

PASSED = Passed()


def failed(code: str, **params: Param) -> Failed:
    """A check that does not hold, with the values its sentence needs."""
    return Failed(code, params)


def unknown(code: str, **params: Param) -> Unknown:
    """A check that could not be made, with the values its sentence needs."""
    return Unknown(code, params)


class Finding(Struct, frozen=True):
    """One line of the verdict: which check, and what it answered."""

    check: str
    result: CheckResult


class Verdict(Struct, frozen=True, kw_only=True):
    """What a counter is told about one presentation.

    ``verdict_report.py`` writes it down as JSON.
    """

    kind: Kind
    reason: str | None
    """Code of the first check that failed, else of the first that could not be made."""
    findings: tuple[Finding, ...]
    """Every check that ran, in order; only one when the presentation is not authentic."""
    item: str
    """Identifier of the service item."""
    counter_county: County
    on_paper: bool = False
    """A confirmation slip was shown: the clerk compares the ID card with ``claims``."""
    permit_county: County | None = None
    """``None`` when the presentation is not authentic, or names a county that is none."""
    permit_place: str | None = None
    """Its place in a status list, for the counter log; ``None`` when not authentic."""
    claims: dict[str, Any] = {}
    """Those the service item needs, by claim name, and of paper those that the ID card is
    compared with; empty unless authentic and not replayed."""
    status_as_of: datetime | None = None
    """When the issuer said what is known of the permit's status (UTC); ``None``: never."""
    status_age_s: int | None = None
    """Seconds from then to the moment of the check."""
    log_failed: str | None = None
    """Why the check is not in the counter log although it belongs there; the verdict stands."""

    def __bool__(self) -> NoReturn:
        raise TypeError("a verdict has no truth value; compare its kind")


def conclude(findings: Sequence[Finding]) -> tuple[Kind, str | None]:
    """The kind of verdict these findings add up to, and its reason.

    No findings at all is ``cannot_say``: nothing was checked.
    """
    could_not: str | None = None if findings else "nothing_checked"
    for finding in findings:
        result = finding.result
        if isinstance(result, Passed):
            continue
        if isinstance(result, Failed):
            return "refused", result.code
        could_not = could_not or result.code
    return ("cannot_say", could_not) if could_not else ("accepted", None)
