"""From what a counter receives to a verdict.

0. The service item may ask for the permit at all; otherwise nothing is read.
1. A picture is read to a code, and a code is unpacked to a presentation.
2. Authenticity, each step raising: signature, key binding, freshness. If one fails the
   verdict is ``refused`` with that one finding; nothing of the presentation is shown,
   and no address in it is visited.
3. Gather: the status list. For an expired permit only what is already held.
4. Standing: every check runs, every finding is told.
5. Seen before, of a phone's code only: one that would be accepted is claimed in the store
   its group of counters shares. The first to claim it wins; from then on it is refused.

What step 5 cannot stop: somebody who films a code and shows it within the minute, before
its owner does, or at a counter of another group. The machine sees a fresh code of the
true holder in both cases. Against that stands the clerk: compare the person with the name,
and with the portrait where the item has it, and when in doubt have the code renewed on the
phone before your eyes. Only the holder's phone can do that, after a face check. Over
OpenID4VP there is no step 5: a request's nonce is answered once, and its session closes.

A confirmation slip on paper goes the same way with other checks of authenticity in step 2
and without step 5, see ``paper_slips.py``; by its code's first letters it is told apart.

What was concluded goes into the counter log, see ``check_recording.py``.

One ``now`` for the whole of it, so that no two checks disagree about the day.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

from msgspec.structs import replace

from keys.one_time import OneTimeStore
from keys.trust_list import TrustedIssuer
from schemas.errors import InputError
from schemas.foreign_code import foreign_kind
from schemas.paper_slip import is_slip_text
from schemas.permit_credential import StandingClaims
from schemas.presentation_qr import unpack
from schemas.qr_markers import (
    ForeignCodeError,
    UnknownCertificateError,
    UnreadableCodeError,
    UnsupportedVersionError,
)
from verifier.case_details import CaseDetails, case_for
from verifier.check_recording import CheckRecorder
from verifier.checks.freshness import CODE_MAX_AGE_S, CODE_MAX_AHEAD_S, ExpectedBinding, shown_code
from verifier.checks.key_binding import ShownBy
from verifier.checks.revocation import StatusKnowledge, StatusUnavailable
from verifier.checks.signature import TrustedPermit
from verifier.checks.validity import has_expired
from verifier.counter_log import Check
from verifier.errors import AuthenticityError, TrustListUnavailableError
from verifier.judgement import (
    Counter,
    authenticate,
    first_use,
    not_authentic,
    seen_before,
    single,
    weigh,
)
from verifier.paper_slips import read_slip, weigh_slip
from verifier.picture_reading import PictureReader
from verifier.qr_reader import NoCodeFoundError, SeveralCodesError, UnclearCodeError
from verifier.scanned_text import code_text, is_cut_off
from verifier.service_items import ServiceItem, refuse_unneeded
from verifier.status_cache import StatusCache
from verifier.trust_cache import TrustCache
from verifier.verdict import CheckResult, Verdict, failed, unknown

__all__ = ["NO_CASE", "CaseDetails", "Counter", "ExpectedBinding", "Verifier"]

NO_CASE = CaseDetails()

CLAIMED_FOR_S = CODE_MAX_AGE_S + CODE_MAX_AHEAD_S + 60
"""Seconds a used code is remembered: longer than it could be fresh, clocks aside."""
_CODE_ANSWERS: dict[type[InputError], CheckResult] = {
    NoCodeFoundError: unknown("no_code_found"),
    UnclearCodeError: unknown("unclear_code"),
    SeveralCodesError: unknown("several_codes"),
    UnreadableCodeError: unknown("unreadable_code"),
    UnsupportedVersionError: unknown("unsupported_version"),
    UnknownCertificateError: failed("unknown_certificate"),
}
"""What is said of a code before anything in it can be checked."""
_CODE_ERRORS: tuple[type[InputError], ...] = (*_CODE_ANSWERS, ForeignCodeError)


class Verifier:
    """Answers for one group of counters.

    Every method raises ``PermitNotNeededError`` when the item may not ask for the permit,
    ``CaseDetailsError`` when it asks for a case that ``case`` does not name, and whatever the
    store of used codes raises: without it no code can be accepted.
    """

    def __init__(
        self,
        *,
        trust: TrustCache,
        statuses: StatusCache,
        used_codes: OneTimeStore,
        group: str,
        recorder: CheckRecorder | None = None,
    ) -> None:
        self._trust = trust
        self._statuses = statuses
        self._used_codes = used_codes
        self._group = group
        self._pictures = PictureReader()
        self._recorder = recorder or CheckRecorder()

    async def verify_presentation(
        self,
        presentation: str,
        *,
        expected: ExpectedBinding,
        counter: Counter,
        item: ServiceItem,
        now: datetime,
        case: CaseDetails = NO_CASE,
        settle: Callable[[], Awaitable[None]] | None = None,
    ) -> Verdict:
        """For an answer to a request of ours, whose nonce and client ``expected`` names.

        ``settle`` is awaited once it is judged and before it is recorded: of answers that
        race each other, all but one raise there.
        """
        case = _begin(item, case)
        verdict = await self._judge_answer(presentation, expected, counter, item, now)
        if settle is not None:
            await settle()
        return await self._recorder.record(
            Check(
                verdict=verdict, item=item, counter=counter, shown=presentation, case=case, now=now
            )
        )

    async def _judge_answer(
        self,
        presentation: str,
        expected: ExpectedBinding,
        counter: Counter,
        item: ServiceItem,
        now: datetime,
    ) -> Verdict:
        try:
            trust_list = await self._trust.fresh(now)
            permit, _ = authenticate(
                presentation, trust_list=trust_list, expected=expected, now=now
            )
        except TrustListUnavailableError:
            return _nobody_to_believe(counter, item)
        except AuthenticityError as error:
            return not_authentic(error, counter=counter, item=item)
        return await self._weigh(permit, counter, item, now)

    async def check_code(
        self,
        text: str,
        *,
        counter: Counter,
        item: ServiceItem,
        now: datetime,
        case: CaseDetails = NO_CASE,
    ) -> Verdict:
        """For the text of a code the holder shows; accepted once per group of counters.

        That of a confirmation slip is accepted as often as it is shown.
        """
        case = _begin(item, case)
        text = code_text(text)
        verdict = await self._judge_code(text, counter, item, now)
        return await self._recorder.record(
            Check(verdict=verdict, item=item, counter=counter, shown=text, case=case, now=now)
        )

    async def _judge_code(
        self, text: str, counter: Counter, item: ServiceItem, now: datetime
    ) -> Verdict:
        if is_slip_text(text):
            return await self._check_slip(text, counter, item, now)
        try:
            trust_list = await self._trust.fresh(now)
            presentation = unpack(text, certificates=trust_list.certificates())
            permit, shown_by = authenticate(
                presentation,
                trust_list=trust_list,
                expected=shown_code(trust_list.counter_audience),
                now=now,
            )
        except TrustListUnavailableError:
            return _nobody_to_believe(counter, item)
        except _CODE_ERRORS as error:
            return single("code", _of_code(error, text), counter=counter, item=item)
        except AuthenticityError as error:
            return not_authentic(error, counter=counter, item=item)
        verdict = await self._weigh(permit, counter, item, now)
        if verdict.kind != "accepted":
            return verdict  # not spent: the person may show it once more, elsewhere
        return first_use(verdict) if await self._claim(shown_by) else seen_before(verdict)

    async def check_picture(
        self,
        data: bytes,
        *,
        counter: Counter,
        item: ServiceItem,
        now: datetime,
        case: CaseDetails = NO_CASE,
    ) -> Verdict:
        """For a picture (PNG, JPEG) or document (PDF) with such a code.

        Raises:
            verifier.qr_reader.NotAPictureError, PictureTooLargeError: nothing to look at.
        """
        case = _begin(item, case)
        try:
            text = await self._pictures.read(data)
        except (NoCodeFoundError, SeveralCodesError) as error:
            return single("code", _CODE_ANSWERS[type(error)], counter=counter, item=item)
        return await self.check_code(text, counter=counter, item=item, now=now, case=case)

    async def _check_slip(
        self, text: str, counter: Counter, item: ServiceItem, now: datetime
    ) -> Verdict:
        try:
            trust_list = await self._trust.fresh(now)
            slip = read_slip(text, trust_list=trust_list, now=now)
        except TrustListUnavailableError:
            return replace(_nobody_to_believe(counter, item), on_paper=True)
        except _CODE_ERRORS as error:
            verdict = single("code", _of_code(error, text), counter=counter, item=item)
            return replace(verdict, on_paper=True)
        except AuthenticityError as error:
            return replace(not_authentic(error, counter=counter, item=item), on_paper=True)
        status = await self._status(slip.payload, slip.issuer, now)
        return weigh_slip(slip, status=status, counter=counter, item=item, now=now)

    async def _weigh(
        self, permit: TrustedPermit, counter: Counter, item: ServiceItem, now: datetime
    ) -> Verdict:
        status = await self._status(permit.payload, permit.issuer, now)
        return weigh(permit, status=status, counter=counter, item=item, now=now)

    async def _status(
        self, payload: StandingClaims, issuer: TrustedIssuer, now: datetime
    ) -> StatusKnowledge | StatusUnavailable:
        uri = payload.status.status_list.uri
        if has_expired(payload, now):
            # Nothing a list says could make it good; asking would only tell the issuer
            # where the person is standing [TSL §8.3].
            return self._statuses.held(uri, issuer, now)
        return await self._statuses.known(uri, issuer, now)

    async def _claim(self, shown_by: ShownBy) -> bool:
        return await self._used_codes.claim(
            f"code:{self._group}:{shown_by.fingerprint}", CLAIMED_FOR_S
        )


def _begin(item: ServiceItem, case: CaseDetails) -> CaseDetails:
    refuse_unneeded(item)
    return case_for(item, number=case.number, purpose=case.purpose)


def _of_code(error: InputError, text: str) -> CheckResult:
    if isinstance(error, ForeignCodeError):
        return failed("foreign_code", kind=foreign_kind(text))
    if isinstance(error, UnreadableCodeError) and is_cut_off(text):
        return unknown("cut_off")
    return _CODE_ANSWERS[type(error)]


def _nobody_to_believe(counter: Counter, item: ServiceItem) -> Verdict:
    return single("signature", unknown("trust_list_unavailable"), counter=counter, item=item)
