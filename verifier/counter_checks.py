"""A check as a counter makes it: for one of its services, with the case it belongs to.

The one place through which everything goes that a counter's page scans, pastes or uploads.
"""

from collections.abc import Mapping

from msgspec import Struct

from keys.clock import Clock
from verifier.case_details import CaseDetails, case_for
from verifier.counter_desks import Desk
from verifier.service_items import ServiceItem, refuse_unneeded
from verifier.verdict import Verdict
from verifier.verify import Verifier


class ForService(Struct, frozen=True):
    """What a clerk has chosen and entered before the check."""

    item: ServiceItem
    case: CaseDetails


class CounterChecks:
    """Checks for the counters of one verifier."""

    def __init__(
        self, *, verifier: Verifier, items: Mapping[str, ServiceItem], clock: Clock
    ) -> None:
        self._verifier = verifier
        self._items = items
        self._clock = clock

    def for_service(self, desk: Desk, *, item: str, case_number: str, purpose: str) -> ForService:
        """The service that is asked for, before anything is read.

        Raises:
            verifier.errors.UnknownItemError: this counter does not offer it.
            verifier.errors.PermitNotNeededError: the law needs no permit for it.
            verifier.case_details.CaseDetailsError: it asks for a case, and there is none.
        """
        chosen = desk.item(self._items, item)
        refuse_unneeded(chosen)
        return ForService(chosen, case_for(chosen, number=case_number, purpose=purpose))

    async def text(self, desk: Desk, asked: ForService, text: str) -> Verdict:
        """Verdict on a code's text: scanned, typed by a scanner, or pasted."""
        return await self._verifier.check_code(
            text, counter=desk.counter(), item=asked.item, now=self._clock(), case=asked.case
        )

    async def picture(self, desk: Desk, asked: ForService, data: bytes) -> Verdict:
        """Verdict on a picture or document.

        Raises:
            verifier.qr_reader.NotAPictureError, PictureTooLargeError: nothing to look at.
        """
        return await self._verifier.check_picture(
            data, counter=desk.counter(), item=asked.item, now=self._clock(), case=asked.case
        )
