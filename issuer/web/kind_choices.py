"""Which kinds of application fit a person today, and why another one does not. Pure.

A hint for the page, so that nobody fills in a form in vain; what counts is the decision.
Msgids; days are calendar days in Asia/Shanghai. Sources: [ZJ], [SC663 §10].
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from issuer.application import Application, Kind
from issuer.own_permits import OwnPermit
from issuer.permit import Standing
from issuer.web.error_sentences import N_

PURPOSES: Final = {
    Kind.FIRST_PERMIT: N_("You have none yet, or the one you had has ended."),
    Kind.ENDORSEMENT: N_("Keeps your permit usable for another year."),
    Kind.REPLACEMENT: N_("Your phone is lost or broken. All old copies become void."),
    Kind.CHANGE_OF_DATA: N_(
        "Your name or your address has changed. Register the new address first."
    ),
    Kind.MOVE: N_("You live in another county now. The old permit ends when the new one begins."),
}
NO_PERMIT: Final = N_("For people who hold a permit.")
HAS_PERMIT: Final = N_("You hold a permit; each person has one at most.")
ON_ITS_WAY: Final = N_("One of this kind is on its way; it is decided first.")
SUSPENDED: Final = N_("Your permit is suspended by order. The issuing authority says why.")
OPENS_ON: Final = N_("The endorsement window opens on %(day)s.")
LATE: Final = N_("Your permit has lapsed. Ask for its endorsement: that makes it usable again.")


class KindChoice(Struct, frozen=True):
    """One kind, offered or not."""

    kind: Kind
    offered: bool
    note: str = ""
    """Why it is not offered, or what to know."""
    day: date | None = None
    """The day that the note speaks of."""

    @property
    def purpose(self) -> str:
        """The msgid of what it is for."""
        return PURPOSES[self.kind]


def kind_choices(
    permits: Sequence[OwnPermit], open_applications: Iterable[Application] = ()
) -> tuple[KindChoice, ...]:
    """Every kind in the order of the page, those on offer and those that are not.

    Of a kind that is open already no second one is begun; drafts are gone on with instead.
    """
    held = next((own for own in permits if not own.permit.ended), None)
    stages = {application.kind: application.stage for application in open_applications}
    choices = [choose(held) for choose in _CHOICES]
    return tuple(
        KindChoice(choice.kind, False, ON_ITS_WAY) if choice.kind in stages else choice
        for choice in choices
        if stages.get(choice.kind) != "draft"
    )


def _first(held: OwnPermit | None) -> KindChoice:
    return KindChoice(Kind.FIRST_PERMIT, held is None, "" if held is None else HAS_PERMIT)


def _endorsement(held: OwnPermit | None) -> KindChoice:
    choice = _of_the_permit(Kind.ENDORSEMENT, held)
    if held is None or not choice.offered:
        return choice
    if held.window is not None and not held.window_open:
        return KindChoice(Kind.ENDORSEMENT, False, OPENS_ON, held.window.opens_on)
    return KindChoice(Kind.ENDORSEMENT, True, LATE if held.standing is Standing.LAPSED else "")


def _of_the_permit(kind: Kind, held: OwnPermit | None) -> KindChoice:
    if held is None:
        return KindChoice(kind, False, NO_PERMIT)
    suspended = held.standing is Standing.SUSPENDED
    return KindChoice(kind, not suspended, SUSPENDED if suspended else "")


_CHOICES: Final[tuple[Callable[[OwnPermit | None], KindChoice], ...]] = (
    _first,
    _endorsement,
    lambda held: _of_the_permit(Kind.REPLACEMENT, held),
    lambda held: _of_the_permit(Kind.CHANGE_OF_DATA, held),
    lambda held: _of_the_permit(Kind.MOVE, held),
)
