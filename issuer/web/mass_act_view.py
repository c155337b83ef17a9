"""What the pages of mass acts show and offer, made ready for their templates. Pure.

A cohort is read strictly: a criterion that cannot be read is refused and never left out, as the
cohort without it would be larger than the one that was meant. Days are Asia/Shanghai.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from msgspec import Struct

from issuer.batch import Stage
from issuer.eligibility_facts import Basis
from issuer.errors import CriteriaError
from issuer.mass_act import Criteria, MassAct
from issuer.officer import DECIDERS, Officer
from issuer.web.desk_words import BASES
from issuer.web.error_sentences import N_

FIELDS: Final = ("officer", "basis", "first_day", "last_day", "signing_key")
"""Of the form that chooses a cohort, and of the address that its preview has."""
_MAX_TYPED: Final = 64
_CITIZEN_NUMBER: Final = re.compile(r"\d{17}[\dXx]")
_ENDINGS: Final = {
    Stage.FINISHED: (N_("Every permit has had its turn"), "good"),
    Stage.STOPPED: (N_("Stopped by its undo"), "warn"),
    Stage.REJECTED: (N_("Proposal rejected or taken back"), "neutral"),
}
_SHORT: Final = 12
"""Characters by which a key's thumbprint is told from another."""


class CohortLine(Struct, frozen=True):
    """One criterion in words."""

    label: str
    """A msgid."""
    text: str = ""
    word: bool = False
    """The text is a msgid."""
    day: date | None = None
    """In place of the text."""


class ActChoices(Struct, frozen=True, kw_only=True):
    """What the page of a mass act offers to an officer; the services ask again."""

    confirm: bool
    not_yours: str
    """Why this officer cannot be the second one, a msgid; empty where that is not it."""
    reject: bool
    take_back: bool
    """In place of rejecting, for whoever proposed."""
    go_on: bool
    propose_undo: bool


class ActEvent(Struct, frozen=True):
    """One step of a mass act's life."""

    title: str
    """A msgid."""
    at: datetime
    by: str
    tone: str


def typed(given: Mapping[str, str]) -> dict[str, str]:
    """The fields of the cohort's form as they were filled in."""
    return {name: given.get(name, "").strip()[:_MAX_TYPED] for name in FIELDS}


def criteria_of(given: Mapping[str, str]) -> Criteria:
    """The cohort that filled-in fields name.

    Raises:
        CriteriaError: a day, a ground or an officer's id is none.
    """
    if _CITIZEN_NUMBER.search(given["officer"]):
        raise CriteriaError("an officer is named by their id, not by a citizen number")
    basis = given["basis"]
    if basis and basis not in set(Basis):
        raise CriteriaError("there is no such ground", remedy="Choose one of the list.")
    return Criteria(
        officer=given["officer"],
        basis=Basis(basis) if basis else None,
        first_day=day_given(given["first_day"]),
        last_day=day_given(given["last_day"]),
        signing_key=given["signing_key"],
    )


def day_given(text: str) -> date | None:
    """The day in a field; None where it is empty.

    Raises:
        CriteriaError: it is none.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise CriteriaError("a day is written like 2026-11-23") from error


def cohort_lines(criteria: Criteria | None) -> tuple[CohortLine, ...]:
    """What the permits of a cohort have in common; nothing for an undo."""
    if criteria is None:
        return ()
    lines = (
        CohortLine(N_("Granted or endorsed by"), criteria.officer),
        CohortLine(N_("Ground"), BASES[criteria.basis] if criteria.basis else "", word=True),
        CohortLine(N_("Granted or endorsed from"), day=criteria.first_day),
        CohortLine(N_("Granted or endorsed up to"), day=criteria.last_day),
        CohortLine(N_("Copies signed with"), short(criteria.signing_key)),
    )
    return tuple(line for line in lines if line.text or line.day)


def short(thumbprint: str) -> str:
    """Enough of a key's thumbprint to tell it by."""
    return f"{thumbprint[:_SHORT]}…" if thumbprint else ""


def barred(act: MassAct, undone: MassAct | None) -> frozenset[str]:
    """Ids of those who cannot be the second officer of this act, whatever their role."""
    return frozenset({act.proposed_by} | ({undone.confirmed_by} if undone else set()))


def act_choices(
    act: MassAct, officer: Officer, *, undone: MassAct | None, open_undo: MassAct | None
) -> ActChoices:
    """What this officer may do with it.

    Args:
        act: the mass act.
        officer: who looks at it.
        undone: what it undoes, if it is an undo.
        open_undo: a proposal to undo it that waits already.
    """
    decides = bool(officer.roles & DECIDERS)
    waits = decides and act.stage is Stage.PROPOSED
    own = act.proposed_by == officer.id
    may_second = officer.id not in barred(act, undone)
    undoable = bool(act.confirmed_by) and not act.undoes and not act.undone_by
    return ActChoices(
        confirm=waits and may_second,
        not_yours=_why_not(own=own) if waits and not may_second else "",
        reject=waits and not own,
        take_back=waits and own,
        go_on=decides and act.stage is Stage.RUNNING,
        propose_undo=decides and undoable and open_undo is None,
    )


def act_events(act: MassAct) -> tuple[ActEvent, ...]:
    """Its life so far, oldest first."""
    events = [ActEvent(N_("Proposal made"), act.proposed_at, act.proposed_by, "warn")]
    if act.confirmed_at is not None:
        events.append(ActEvent(N_("Proposal confirmed"), act.confirmed_at, act.confirmed_by, "bad"))
    if act.ended_at is not None:
        title, tone = _ENDINGS[act.stage]
        events.append(ActEvent(title, act.ended_at, "", tone))
    return tuple(events)


def undo_waiting(act: MassAct, acts: list[MassAct]) -> MassAct | None:
    """A proposal to undo ``act`` that waits for a second officer."""
    waiting = (one for one in acts if one.undoes == act.id and one.stage is Stage.PROPOSED)
    return next(waiting, None)


def _why_not(*, own: bool) -> str:
    if own:
        return N_("You proposed this, so another officer decides. You can take it back.")
    return N_("You confirmed the suspension, so another officer confirms its undo.")
