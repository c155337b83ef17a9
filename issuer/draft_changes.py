"""How a draft begins and changes on its way: each gives the next draft, or says why not. Pure.

What a step needs of the steps before it is ``hand_in_checks``'. Every change counts the
revision up. Instants are aware, days are Asia/Shanghai. Source: [ZJ].
"""

from collections.abc import Iterable
from datetime import date, datetime
from secrets import randbelow
from typing import Any, Final

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from issuer import application_steps as steps
from issuer.application import (
    Application,
    Channel,
    Draft,
    Guardian,
    IdentityDocument,
    Kind,
    SeenDocument,
    Whose,
)
from issuer.application_checks import checked_guardian, checked_statement, proven_before
from issuer.application_errors import StaleFormError, UnknownDocumentError
from issuer.commitment_text import commitment_at
from issuer.eligibility_facts import Basis
from issuer.hand_in_checks import Step, check_started, next_step
from issuer.identity_check import VerifiedIdentity
from issuer.permit import Permit
from issuer.phone_numbers import checked_phone
from schemas.divisions import county

_NUMBER_DIGITS: Final = 18


class Answers(Struct, frozen=True, kw_only=True):
    """What a page of the form says; what is left unset stays as it is in the draft.

    County and bases may be given before the commitment, all others only after it.
    """

    county: str | UnsetType = UNSET
    """Applied in, six digits [GBT2260]."""
    bases: frozenset[Basis] | UnsetType = UNSET
    guardian: Guardian | UnsetType | None = UNSET
    """Who applies instead; ``None`` takes it out again."""
    contact_phone: str | UnsetType = UNSET
    """Mainland mobile number, eleven digits beginning 13 to 19, or empty."""
    statement: str | UnsetType = UNSET
    """In the applicant's words, one line: why a replacement, what changed; or empty."""


def checked_answers(answers: Answers, identity: VerifiedIdentity, *, today: date) -> dict[str, Any]:
    """The fields of a draft that these answers set, in the one spelling that is kept.

    Raises:
        schemas.divisions.UnknownCountyError: no county has this code.
        schemas.civil_id.CivilIdError, ParticularsError: a guardian who cannot be one, or a
            statement that is no line.
        PhoneNumberError: a telephone number that cannot be one.
    """
    checked: dict[str, Any] = {}
    if answers.county is not UNSET:
        checked["county"] = county(answers.county).code
    if answers.bases is not UNSET:
        checked["bases"] = answers.bases
    if answers.guardian is not UNSET:
        checked["guardian"] = checked_guardian(answers.guardian, identity, today=today)
    if answers.contact_phone is not UNSET:
        phone = answers.contact_phone.strip()
        checked["contact_phone"] = checked_phone(phone) if phone else ""
    if answers.statement is not UNSET:
        checked["statement"] = checked_statement(answers.statement)
    return checked


def new_draft(
    identity: VerifiedIdentity,
    kind: Kind,
    channel: Channel,
    county_code: str,
    held: Permit | None,
    earlier: Iterable[Application],
) -> Application:
    """A draft with what is known: the permit it is about, and what that rested on last.

    Its number is random: nobody finds another's by counting.
    """
    return Application(
        number=f"CG{randbelow(10**_NUMBER_DIGITS):0{_NUMBER_DIGITS}d}",
        kind=kind,
        channel=channel,
        county=county_code,
        permit_number=held.number if held else "",
        applicant=identity,
        bases=proven_before(earlier, held) if kind is Kind.ENDORSEMENT else frozenset(),
    )


def gone_on_with(
    draft: Application, identity: VerifiedIdentity, channel: Channel, county_code: str
) -> Application:
    """The draft opened again, perhaps elsewhere and after another identity check."""
    same = replace(draft, applicant=identity, channel=channel, county=county_code)
    # Opening it again is no change: a form made before is not stale for it.
    return draft if same == draft else steps.revise(same)


def answered(draft: Application, answers: Answers, *, revision: int, today: date) -> Application:
    """The draft with these answers, unless it was changed since the form was made from it.

    Raises:
        StaleFormError: it was changed; nothing is overwritten.
        DraftIncompleteError: answers of the form before the commitment.
        ApplicationStateError: no draft any more.
        schemas.errors.InputError: as ``checked_answers``.
    """
    changes = checked_answers(answers, draft.applicant, today=today)
    if draft.revision != revision and isinstance(draft.state, Draft):
        raise StaleFormError(
            f"the draft is at revision {draft.revision}, the form was made from {revision}",
            remedy="What was saved is kept. Look at it, and save again what is missing.",
        )
    if changes.keys() - {"county", "bases"}:
        check_started(draft, "the form")
    return steps.revise(draft, **changes)


def committed(draft: Application, at: datetime) -> Application:
    """The commitment to the present text; county and ground come before it.

    Raises:
        DraftIncompleteError: they are missing.
        ApplicationStateError: no draft any more.
    """
    if next_step(draft) is Step.COUNTY:
        check_started(draft, "the commitment")
    return steps.commit(draft, commitment_at(at))


def with_seen(
    draft: Application, whose: Whose, document: IdentityDocument, *, by: str, at: datetime
) -> Application:
    """A person's document, seen at the counter, in place of what was noted before."""
    others = tuple(held for held in draft.seen if held.whose is not whose)
    return steps.revise(draft, seen=(*others, SeenDocument(whose, document, by, at)))


def without_document(draft: Application, sha256: str) -> Application:
    """A document taken out. Raises ``UnknownDocumentError``, or that it is no draft."""
    left = tuple(given for given in draft.materials if given.sha256 != sha256)
    revised = steps.revise(draft, materials=left)
    if len(left) == len(draft.materials):
        raise UnknownDocumentError("the draft has no such document", remedy="Open the list again.")
    return revised
