"""Which permits a campaign would leave as they are today, one by one, each with its reason.

``Campaigns.preview`` counts them; whoever prepares a campaign wants to know which they are, as
most can be helped: registered again, endorsed on their application, restored. Methods block.
"""

from datetime import date
from itertools import islice

from msgspec import Struct

from issuer.batch import Outcome
from issuer.batches import PORTION
from issuer.campaign import Due, DuePermit, days_due, obstacle, registered_in
from issuer.officer import DECIDERS, Officer, require
from issuer.residence_register import ResidenceRegister
from issuer.storage import IssuerStorage
from keys.clock import Clock
from schemas.endorsement_window import day_of


class LeftOut(Struct, frozen=True):
    """One permit that is due and would not be endorsed."""

    permit_number: str
    usable_through: date
    why: Outcome


class CampaignLeftOut:
    """Looks them up for the officers of a county.

    Args:
        storage: the register.
        residences: who is registered where.
        clock: gives ``now``.
    """

    def __init__(self, storage: IssuerStorage, residences: ResidenceRegister, clock: Clock) -> None:
        self._storage = storage
        self._residences = residences
        self._clock = clock

    def listed(self, officer: Officer, due: Due, *, limit: int) -> list[LeftOut]:
        """At most ``limit`` of the officer's county, by number.

        Raises:
            DeskError: the officer may not start campaigns.
        """
        require(officer, DECIDERS)
        today = day_of(self._clock())
        with self._storage.reading() as register:
            permits = register.due_permits(officer.county, *days_due(due, today))
            applicants = register.endorsement_applicants(
                {permit.citizen_id_number for permit in permits}
            )
        found = (
            LeftOut(permit.number, permit.usable_through, why)
            for start in range(0, len(permits), PORTION)
            for permit, registered in self._with_registration(
                officer.county, permits[start : start + PORTION], today
            )
            if (
                why := obstacle(
                    permit,
                    due,
                    registered=registered,
                    applied_for=permit.citizen_id_number in applicants,
                    on=today,
                )
            )
            is not None
        )
        return list(islice(found, limit))

    def _with_registration(
        self, county: str, permits: list[DuePermit], on: date
    ) -> list[tuple[DuePermit, bool]]:
        held = self._residences.registrations_of_each(
            [permit.citizen_id_number for permit in permits]
        )
        return [
            (permit, registered_in(county, held[permit.citizen_id_number], on=on))
            for permit in permits
        ]
