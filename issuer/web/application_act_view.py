"""Which acts on an application its page offers, what each says, and what a refusal begins with.

Pure. Offered is what roles and state allow; the services decide anew, on the findings of that
moment. Sources: [ZJ], [SC663 §2, §9], [ZJ-REG §2, §16, §19, §38].
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Final

from msgspec import Struct

from issuer.application import Application, Submitted
from issuer.eligibility_facts import Finding, Ground, Outcome
from issuer.officer import AT_THE_COUNTER, DECIDERS, Officer, Role
from issuer.web.error_sentences import N_
from issuer.web.permit_act_view import ActWords


class ApplicationAct(StrEnum):
    """An act on one application; its name is the last part of its address."""

    GRANT = "grant"
    SECOND_OPINION = "second-opinion"
    CONFIRM = "confirm"
    DISAGREE = "disagree"
    REFUSE = "refuse"
    SUPPLEMENT = "supplement"


class OfferedStep(Struct, frozen=True):
    """An act as the application's page shows it."""

    act: ApplicationAct
    words: ActWords
    why_not: str = ""
    """Why it is not possible now, a msgid; empty where it is."""


class _Case(Struct, frozen=True):
    """What the rules below look at."""

    application: Application
    failed: bool
    """A ground fails now."""
    second_officer: bool
    """An exemption decides, so two officers are needed."""
    officer: Officer


# True: offered. False: not spoken of. Text: why it is not possible now.
_Answer = bool | str

GROUND_FAILS: Final = N_("A ground fails. Ask for what is lacking, or refuse it.")
ASKED_ONCE: Final = N_("A supplement was asked for once; the law allows no second time.")
NOT_YOURS: Final = N_("You proposed to grant it; another officer confirms.")

WORDS: Final[dict[ApplicationAct, ActWords]] = {
    ApplicationAct.GRANT: ActWords(
        title=N_("Grant"),
        button=N_("Grant the application"),
        follows=(
            N_("What was applied for is done at once, and the applicant gets a message."),
            N_("Every ground is looked at once more when you send this."),
        ),
    ),
    ApplicationAct.SECOND_OPINION: ActWords(
        title=N_("Propose to grant"),
        button=N_("Ask for a second opinion"),
        follows=(
            N_("An exemption takes two officers: another approver confirms or sends it back."),
            N_("Until then nothing is decided, and the clock runs on."),
        ),
    ),
    ApplicationAct.CONFIRM: ActWords(
        title=N_("Confirm"),
        button=N_("Confirm and grant"),
        follows=(
            N_("What was applied for is done at once, and the applicant gets a message."),
            N_("Your name stands in the audit log as the second officer."),
        ),
    ),
    ApplicationAct.DISAGREE: ActWords(
        title=N_("Send back"),
        button=N_("Send it back"),
        kind="danger",
        follows=(N_("The proposal is dropped and the application is looked at anew."),),
        grounds=True,
    ),
    ApplicationAct.REFUSE: ActWords(
        title=N_("Refuse"),
        button=N_("Refuse the application"),
        kind="danger",
        follows=(
            N_("The applicant gets a message with every ground that failed, and may appeal."),
            N_("A permit that it is about stays as it is."),
            N_("Refusing somebody who is eligible is an offence."),
        ),
        grounds=True,
    ),
    ApplicationAct.SUPPLEMENT: ActWords(
        title=N_("Ask for a supplement"),
        button=N_("Ask for these"),
        follows=(
            N_("The law allows it once: name everything that is lacking, each on its own line."),
            N_("The clock stands still until it comes, at most thirty days."),
        ),
    ),
}
_PROVISIONS: Final[dict[Ground, str]] = {
    Ground.IDENTITY: "《居住证暂行条例》第九条",
    Ground.SCOPE: "《浙江省流动人口居住登记条例》第三十八条",
    Ground.PILOT: "《居住证暂行条例》第十条",
    Ground.PERMIT: "《居住证暂行条例》第十条",
    Ground.WINDOW: "《居住证暂行条例》第十条",
    Ground.CONTINUED: "《浙江省流动人口居住登记条例》第十九条",
    Ground.FLOATING_POPULATION: "《浙江省流动人口居住登记条例》第二条",
    Ground.REGISTRATION: "《居住证暂行条例》第二条",
    Ground.JURISDICTION: "《居住证暂行条例》第十条",
    Ground.UNIT: "《浙江省流动人口居住登记条例》第十九条",
    Ground.DUPLICATE: "《居住证暂行条例》第十一条",
    Ground.GUARDIAN: "《居住证暂行条例》第九条",
    Ground.EXEMPTION: "《浙江省流动人口居住登记条例》第十六条",
    Ground.HALF_YEAR: "《居住证暂行条例》第二条",
    Ground.CONDITION: "《居住证暂行条例》第二条",
    Ground.MATERIALS: "《居住证暂行条例》第九条",
    Ground.CHANGE: "《浙江省流动人口居住登记条例》第十九条",
}
"""By which provision a ground is looked at; what a refusal's legal basis begins with."""


def steps_offered(
    application: Application,
    found: Iterable[Finding],
    officer: Officer,
    *,
    second_officer: bool,
) -> tuple[OfferedStep, ...]:
    """The acts that the page of this application shows to this officer, in the page's order."""
    if not isinstance(application.state, Submitted):
        return ()
    fails = any(finding.outcome is Outcome.FAILED for finding in found)
    case = _Case(application, fails, second_officer, officer)
    answers = [(act, rule(case)) for act, (roles, rule) in _RULES.items() if officer.roles & roles]
    return tuple(
        OfferedStep(act, WORDS[act], "" if answer is True else answer)
        for act, answer in answers
        if answer is not False
    )


def legal_basis_of(failed: Iterable[Finding]) -> str:
    """The provisions of the grounds that failed, each once, in the order of the grounds."""
    provisions = dict.fromkeys(_PROVISIONS[finding.ground] for finding in failed)
    return "；".join(provisions)


def _grant(case: _Case) -> _Answer:
    if case.second_officer or case.application.proposal is not None:
        return False
    return GROUND_FAILS if case.failed else True


def _second_opinion(case: _Case) -> _Answer:
    if not case.second_officer or case.application.proposal is not None:
        return False
    return GROUND_FAILS if case.failed else True


def _confirm(case: _Case) -> _Answer:
    proposal = case.application.proposal
    if proposal is None:
        return False
    if case.failed:
        return GROUND_FAILS
    return NOT_YOURS if proposal.by == case.officer.id else True


def _supplement(case: _Case) -> _Answer:
    return ASKED_ONCE if case.application.supplements else True


_RULES: Final[dict[ApplicationAct, tuple[frozenset[Role], Callable[[_Case], _Answer]]]] = {
    ApplicationAct.GRANT: (DECIDERS, _grant),
    ApplicationAct.SECOND_OPINION: (DECIDERS, _second_opinion),
    ApplicationAct.CONFIRM: (DECIDERS, _confirm),
    ApplicationAct.DISAGREE: (DECIDERS, lambda case: case.application.proposal is not None),
    ApplicationAct.REFUSE: (DECIDERS, lambda _: True),
    ApplicationAct.SUPPLEMENT: (AT_THE_COUNTER, _supplement),
}
