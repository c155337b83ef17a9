"""Runs campaigns and mass acts beside the service, so that no page waits for thousands of permits.

A run is a thread of this process. Nothing rests on it: the register knows of each permit whether
its turn has come, so a run that dies with its process has lost nothing, and whoever presses "go
on" begins another where it ended. Two runs of one batch, here or in two processes, share its
work (``batches``); of one process there is never more than one, as a second would only wait.
"""

import logging
from collections.abc import Callable
from threading import Lock, Thread

from issuer.batch import Stage
from issuer.campaign import Campaign
from issuer.campaigns import Campaigns
from issuer.errors import BatchStateError
from issuer.mass_act import MassAct
from issuer.mass_acts import MassActs
from issuer.officer import DECIDERS, Officer, require
from schemas.errors import ServiceError

_log = logging.getLogger("issuer")


class CampaignRunner:
    """Begins runs, and knows which of them go on in this process.

    Args:
        campaigns: carries out campaigns.
        mass_acts: carries out mass acts and their undos.
    """

    def __init__(self, campaigns: Campaigns, mass_acts: MassActs) -> None:
        self._campaigns = campaigns
        self._mass_acts = mass_acts
        self._lock = Lock()
        self._runs: dict[str, Thread] = {}
        self._trouble: dict[str, ServiceError] = {}

    def begin_campaign(self, campaign_id: str, officer: Officer) -> None:
        """Have a campaign run; one that runs here already goes on as it does.

        Raises:
            BatchStateError: it is not decided, or was stopped.
            issuer.errors.UnknownBatchError: no campaign has this number.
            DeskError: it is another county's, or the officer may not.
        """
        require(officer, DECIDERS)
        _expect_decided(self._campaigns.campaign(campaign_id, officer))
        self._begin(campaign_id, lambda: self._campaigns.run(campaign_id, officer))

    def begin_mass_act(self, act_id: str, officer: Officer) -> None:
        """The same for a mass act or its undo, once it is confirmed."""
        require(officer, DECIDERS)
        _expect_decided(self._mass_acts.mass_act(act_id, officer))
        self._begin(act_id, lambda: self._mass_acts.run(act_id, officer))

    def runs(self, batch_id: str) -> bool:
        """Whether a run of it goes on in this process."""
        with self._lock:
            return batch_id in self._runs

    def trouble(self, batch_id: str) -> ServiceError | None:
        """What ended the last run here before its end; None if nothing did."""
        with self._lock:
            return self._trouble.get(batch_id)

    def wait(self, batch_id: str, *, timeout_s: float | None = None) -> None:
        """Until the run of it here, if there is one, has ended; for programs, never for pages."""
        with self._lock:
            run = self._runs.get(batch_id)
        if run is not None:
            run.join(timeout_s)

    def _begin(self, batch_id: str, work: Callable[[], object]) -> None:
        with self._lock:
            if batch_id in self._runs:
                return
            self._trouble.pop(batch_id, None)
            # A daemon: a service that is told to end does not wait for a county's permits.
            run = Thread(
                target=self._run, args=(batch_id, work), name=f"batch {batch_id}", daemon=True
            )
            self._runs[batch_id] = run
            run.start()

    def _run(self, batch_id: str, work: Callable[[], object]) -> None:
        try:
            work()
        except ServiceError as error:
            _log.warning("batch %s came to a halt: %s: %s", batch_id, error.code, error.detail)
            with self._lock:
                self._trouble[batch_id] = error
        finally:
            with self._lock:
                del self._runs[batch_id]


def _expect_decided(batch: Campaign | MassAct) -> None:
    # One that somebody has finished meanwhile is run to no effect.
    if batch.stage not in (Stage.RUNNING, Stage.FINISHED):
        raise BatchStateError(
            f"nobody can run what is {batch.stage}", remedy="Look at its page: it shows why."
        )
