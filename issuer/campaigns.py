"""Endorsement campaigns of a county: previewed, started, run, and stopped if need be.

The permits of a campaign are fixed when it starts. Each is endorsed exactly as at the desk, in
the name of the officer who started it: with an audit entry and a notice of its own. A permit
that has changed meanwhile is left as it is, with the reason. All methods block; days are
Asia/Shanghai. Sources: [ZJ], [SC663 §10].
"""

from collections import Counter
from datetime import date, datetime

from issuer.batch import Outcome, Preview, Stage, batch_id, preview_of
from issuer.batches import (
    PORTION,
    BatchDesk,
    Portion,
    Progress,
    batch_for,
    no_progress,
    record_batch,
    run_batch,
)
from issuer.campaign import Campaign, Due, days_due, obstacle, obstacle_now, registered_in, stop
from issuer.campaign_storage import Batch, WaitingPermit
from issuer.errors import BatchStateError, UnknownBatchError
from issuer.officer import DECIDERS, READERS, Officer, require
from issuer.permit import Permit
from issuer.permit_acts import Acting, endorse_in
from issuer.residence_register import ResidenceRegister
from issuer.storage import IssuerReading, IssuerStorage, IssuerTransaction
from keys.clock import Clock
from schemas.endorsement_window import day_of


class Campaigns(BatchDesk):
    """The campaigns, for officers of their counties.

    Args:
        storage: the register.
        residences: who is registered where.
        clock: gives ``now``.
    """

    def __init__(self, storage: IssuerStorage, residences: ResidenceRegister, clock: Clock) -> None:
        super().__init__(storage, clock)
        self._residences = residences

    def preview(
        self, officer: Officer, due: Due = Due.IN_WINDOW, *, progress: Progress = no_progress
    ) -> Preview:
        """What a campaign would come to today; nothing is put down."""
        require(officer, DECIDERS)
        return preview_of(*self._selection(officer.county, due, day_of(self._clock()), progress))

    def start(
        self, officer: Officer, due: Due = Due.IN_WINDOW, *, progress: Progress = no_progress
    ) -> Campaign:
        """A campaign put down with its permits, for ``run`` to carry out.

        Raises:
            BatchStateError: another campaign of the county is not at its end, or no permit is due.
            DeskError: the officer may not.
        """
        require(officer, DECIDERS)
        with self._storage.reading() as register:
            _refuse_second(register, officer.county)
        today = day_of(self._clock())
        numbers, left_out = self._selection(officer.county, due, today, progress)
        if not numbers:
            raise BatchStateError("no permit can be endorsed by such a campaign today")
        with self._storage.transaction() as tx:
            now = self._clock()
            _refuse_second(tx, officer.county)
            campaign = Campaign(
                id=batch_id(
                    officer.county, today.year, tx.next_batch_serial(officer.county, today.year)
                ),
                county=officer.county,
                due=due,
                started_by=officer.id,
                started_on=today,
                started_at=now,
            )
            tx.add_batch(campaign)
            tx.add_batch_items(campaign.id, numbers)
            details = {"due": due.value, "permits": str(len(numbers))}
            details |= {f"left_{name}": str(number) for name, number in left_out.items()}
            record_batch(tx, campaign, "start_campaign", officer, now, details)
        return campaign

    def run(
        self,
        campaign_id: str,
        officer: Officer,
        *,
        batch_size: int = PORTION,
        progress: Progress = no_progress,
    ) -> Campaign:
        """Every permit that waits has its turn, ``batch_size`` in one transaction.

        May be killed at any moment, run again, and run several times at once: each permit is
        endorsed once. Raises as ``issuer.batches.run_batch``.
        """
        self.campaign(campaign_id, officer)
        ran = run_batch(
            self._storage,
            self._clock,
            campaign_id,
            officer,
            prepare=lambda batch, waiting: self._prepare(_campaign(batch), waiting, officer),
            portion_size=batch_size,
            progress=progress,
        )
        return _campaign(ran)

    def stop(self, campaign_id: str, officer: Officer) -> Campaign:
        """Ended before its end: who waits is left as they are. Raises ``BatchStateError``."""
        require(officer, DECIDERS)
        with self._storage.transaction() as tx:
            now = self._clock()
            stopped = stop(_campaign(batch_for(tx, campaign_id, officer)), at=now)
            tx.replace_batch(stopped)
            details = {"waiting": str(tx.batch_counts(campaign_id).waiting)}
            record_batch(tx, stopped, "stop_campaign", officer, now, details)
        return stopped

    def campaigns(self, officer: Officer) -> list[Campaign]:
        """Those of the officer's county, the latest first."""
        require(officer, READERS)
        with self._storage.reading() as register:
            held = register.batches(officer.county)
        return [batch for batch in held if isinstance(batch, Campaign)]

    def campaign(self, campaign_id: str, officer: Officer) -> Campaign:
        """One of them.

        Raises:
            UnknownBatchError: no campaign has this number.
            DeskError: it is another county's.
        """
        require(officer, READERS)
        with self._storage.reading() as register:
            return _campaign(batch_for(register, campaign_id, officer))

    def _selection(
        self, county: str, due: Due, on: date, progress: Progress
    ) -> tuple[list[str], dict[Outcome, int]]:
        """Numbers of those to endorse, and why others that are due would be left out."""
        with self._storage.reading() as register:
            permits = register.due_permits(county, *days_due(due, on))
            people = {permit.citizen_id_number for permit in permits}
            applicants = register.endorsement_applicants(people)
        chosen: list[str] = []
        left_out: Counter[Outcome] = Counter()
        for start in range(0, len(permits), PORTION):
            progress(start, len(permits))
            some = permits[start : start + PORTION]
            registered = self._registered(county, [permit.citizen_id_number for permit in some], on)
            for permit in some:
                against = obstacle(
                    permit,
                    due,
                    registered=permit.citizen_id_number in registered,
                    applied_for=permit.citizen_id_number in applicants,
                    on=on,
                )
                if against is None:
                    chosen.append(permit.number)
                else:
                    left_out[against] += 1
        progress(len(permits), len(permits))
        return chosen, dict(left_out)

    def _prepare(
        self, campaign: Campaign, waiting: list[WaitingPermit], officer: Officer
    ) -> Portion:
        # Before the transaction: another register may be asked over a network.
        people = [permit.citizen_id_number for permit in waiting]
        registered = self._registered(campaign.county, people, day_of(self._clock()))

        def endorse_each(
            tx: IssuerTransaction, permits: dict[str, Permit], now: datetime
        ) -> dict[str, Outcome]:
            applicants = tx.endorsement_applicants(registered)
            within = {"batch": campaign.id, "run_by": officer.id}
            acting = Acting(campaign.started_by, require(officer, DECIDERS), now, within)
            outcomes: dict[str, Outcome] = {}
            for number, permit in permits.items():
                person = permit.resident.citizen_id_number
                against = obstacle_now(
                    campaign,
                    permit,
                    registered=person in registered,
                    applied_for=person in applicants,
                    on=day_of(now),
                )
                if against is None:
                    endorse_in(tx, permit, acting)
                outcomes[number] = against or Outcome.DONE
            return outcomes

        return endorse_each

    def _registered(self, county: str, citizen_id_numbers: list[str], on: date) -> set[str]:
        """Those of them whose residence is registered in the county."""
        found = self._residences.registrations_of_each(citizen_id_numbers)
        return {
            person
            for person, registrations in found.items()
            if registered_in(county, registrations, on=on)
        }


def _refuse_second(register: IssuerReading, county: str) -> None:
    for batch in register.batches(county):
        if isinstance(batch, Campaign) and batch.stage is Stage.RUNNING:
            raise BatchStateError(
                f"campaign {batch.id} is not at its end",
                remedy="Run it to its end, or stop it; then start another one.",
            )


def _campaign(batch: Batch) -> Campaign:
    if not isinstance(batch, Campaign):
        raise UnknownBatchError("this is no campaign", remedy="It is among the mass acts.")
    return batch
