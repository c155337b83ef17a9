"""Which acts on a permit its page offers to an officer, and what each says before it is done.

Pure. What is offered follows from the officer's roles, the permit's state and the day; a page
that is older than the record is refused by the service all the same. An act that is not
possible now says why, where that helps. Days are Asia/Shanghai. Sources: [ZJ], [SC663 §10].
"""

from collections.abc import Callable, Iterable
from datetime import date
from enum import StrEnum
from typing import Final

from msgspec import Struct

from issuer.officer import AT_THE_COUNTER, DECIDERS, Officer, Role
from issuer.permit import Permit, Standing, Suspension
from issuer.web.error_sentences import N_
from schemas.endorsement_window import next_window


class PermitAct(StrEnum):
    """An act on one permit; its name is the last part of its address."""

    ENDORSE = "endorse"
    OFFER = "offer"
    SLIP = "slip"
    SLIP_AGAIN = "slip-again"
    REPLACE = "replace"
    SUSPEND = "suspend"
    RESTORE = "restore"
    PROPOSE_REVOCATION = "propose-revocation"
    CANCEL = "cancel"


class ActWords(Struct, frozen=True, kw_only=True):
    """What the page of an act says. Msgids."""

    title: str
    button: str
    kind: str = "primary"
    """How the button looks: primary, or danger where something is taken away."""
    follows: tuple[str, ...]
    """What follows from it, before it is done."""
    grounds: bool = False
    """It asks for a reason and a legal basis."""


class OfferedAct(Struct, frozen=True):
    """An act as the permit's page shows it."""

    act: PermitAct
    words: ActWords
    why_not: str = ""
    """Why it is not possible now, a msgid; empty where it is."""


class NotNow(Struct, frozen=True):
    """Acts that one and the same reason keeps from being done."""

    why: str
    """A msgid."""
    titles: tuple[str, ...]
    """Msgids."""


class _Case(Struct, frozen=True):
    """What the rules below look at."""

    permit: Permit
    officer: Officer
    today: date
    proposed: bool

    @property
    def usable(self) -> bool:
        return self.permit.standing_on(self.today) is Standing.USABLE


# True: offered. False: not spoken of. Text: why it is not possible now.
_Answer = bool | str

NOT_OPEN: Final = N_("The window of the next endorsement is not open yet.")
FIRST_RESTORE: Final = N_("The permit is suspended by order; another officer restores it first.")
FIRST_ENDORSE: Final = N_("The endorsement has run out; endorse the permit first.")
NOT_YOURS: Final = N_("You suspended this permit; another officer restores it.")
PROPOSED: Final = N_("It is proposed already; the proposal waits for a second officer.")

WORDS: Final[dict[PermitAct, ActWords]] = {
    PermitAct.ENDORSE: ActWords(
        title=N_("Endorse"),
        button=N_("Endorse the permit"),
        follows=(
            N_("The permit is usable for another year. The holder gets a message."),
            N_("Wallets fetch new copies by themselves."),
            N_("A late endorsement restores use; years of residence count anew from today."),
        ),
    ),
    PermitAct.OFFER: ActWords(
        title=N_("Offer for a wallet"),
        button=N_("Make the offer"),
        follows=(
            N_("The person in front of you scans a code with the wallet and types six digits."),
            N_("Code and digits are shown once. Have the person's ID card shown to you first."),
        ),
    ),
    PermitAct.SLIP: ActWords(
        title=N_("Confirmation slip"),
        button=N_("Print the slip"),
        follows=(
            N_("The person comes in person and shows one of these documents."),
            N_("Each print is recorded: who printed it, when, and on which document."),
        ),
    ),
    PermitAct.SLIP_AGAIN: ActWords(
        title=N_("Print a slip again"),
        button=N_("Print again"),
        follows=(
            N_("The same slip under its number, for paper that was spoilt or never came out."),
            N_("Only on the day of its first print, and while nothing has changed."),
        ),
    ),
    PermitAct.REPLACE: ActWords(
        title=N_("Replace"),
        button=N_("Replace the permit"),
        kind="danger",
        follows=(
            N_("All copies in wallets and all printed slips are void at once."),
            N_("Number, dates and endorsement stay. The holder adds the permit again."),
        ),
        grounds=True,
    ),
    PermitAct.SUSPEND: ActWords(
        title=N_("Suspend by order"),
        button=N_("Suspend the permit"),
        kind="danger",
        follows=(
            N_("The permit cannot be used from the next status list on, slips included."),
            N_("Another officer than you can restore it. The holder gets a message."),
        ),
        grounds=True,
    ),
    PermitAct.RESTORE: ActWords(
        title=N_("Restore"),
        button=N_("Restore the permit"),
        follows=(
            N_(
                "The order is lifted. Copies and slips are good again, as far as they are endorsed."
            ),
            N_("The holder gets a message."),
        ),
        grounds=True,
    ),
    PermitAct.PROPOSE_REVOCATION: ActWords(
        title=N_("Propose to revoke"),
        button=N_("Propose to revoke it"),
        kind="danger",
        follows=(
            N_("A second officer decides; until then the permit stays as it is."),
            N_("Revoked, it ends for good: only a new permit can be granted."),
            N_("If it must not be used meanwhile, suspend it as well."),
        ),
        grounds=True,
    ),
    PermitAct.CANCEL: ActWords(
        title=N_("Cancel"),
        button=N_("Cancel the permit"),
        kind="danger",
        follows=(
            N_("The permit ends for good, without fault: by the holder's wish, a move, or death."),
            N_("The holder gets a message, except after a death."),
            N_("All copies and slips are void. Only a new permit can be granted."),
        ),
        grounds=True,
    ),
}


def acts_offered(
    permit: Permit, officer: Officer, today: date, *, proposed: bool
) -> tuple[OfferedAct, ...]:
    """The acts that the page of this permit shows to this officer, in the order of the page.

    Args:
        permit: of the officer's county.
        officer: who looks at it, with the roles of this moment.
        today: Asia/Shanghai.
        proposed: a proposal to revoke it waits for a second officer.
    """
    case = _Case(permit, officer, today, proposed)
    shown = []
    for act, (roles, rule) in _RULES.items():
        answer = rule(case) if officer.roles & roles and not permit.ended else False
        if answer is not False:
            why_not = "" if answer is True else answer
            shown.append(OfferedAct(act, WORDS[act], why_not))
    return tuple(shown)


def not_now(offered: Iterable[OfferedAct]) -> tuple[NotNow, ...]:
    """What is not possible now, by reason: each is said once."""
    titles: dict[str, list[str]] = {}
    for act in offered:
        if act.why_not:
            titles.setdefault(act.why_not, []).append(act.words.title)
    return tuple(NotNow(why, tuple(names)) for why, names in titles.items())


def _endorse(case: _Case) -> _Answer:
    if case.permit.order is not None:
        return FIRST_RESTORE
    window = next_window(case.permit.issued_on, case.permit.usable_through)
    return window.opens_on <= case.today or NOT_OPEN


def _copies(case: _Case) -> _Answer:
    if case.permit.order is not None:
        return FIRST_RESTORE
    return case.usable or FIRST_ENDORSE


def _not_suspended(case: _Case) -> _Answer:
    return case.permit.order is None


def _restore(case: _Case) -> _Answer:
    order = case.permit.order
    if not isinstance(order, Suspension):
        return False
    return order.by != case.officer.id or NOT_YOURS


def _propose_revocation(case: _Case) -> _Answer:
    return PROPOSED if case.proposed else True


_RULES: Final[dict[PermitAct, tuple[frozenset[Role], Callable[[_Case], _Answer]]]] = {
    PermitAct.ENDORSE: (DECIDERS, _endorse),
    PermitAct.OFFER: (AT_THE_COUNTER, _copies),
    PermitAct.SLIP: (AT_THE_COUNTER, _copies),
    PermitAct.REPLACE: (DECIDERS, _copies),
    PermitAct.SUSPEND: (DECIDERS, _not_suspended),
    PermitAct.RESTORE: (DECIDERS, _restore),
    PermitAct.PROPOSE_REVOCATION: (DECIDERS, _propose_revocation),
    PermitAct.CANCEL: (DECIDERS, lambda _: True),
}
