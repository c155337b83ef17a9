"""An application in brief: what a list of them shows, without the person's record.

Kept beside the application, so that a queue of thousands is read without thousands of
portraits. Of the citizen number there are the last four characters only [SC663 §17].
"""

from datetime import date, datetime
from functools import lru_cache

from msgspec import Struct

from issuer.application import Application, Channel, Kind
from issuer.decision_deadline import Awaited, Deadline, decision_deadline
from issuer.eligibility_facts import EXEMPTIONS
from schemas.endorsement_window import day_of


class ApplicationBrief(Struct, frozen=True, kw_only=True):
    """One application, as lists show it."""

    number: str
    kind: Kind
    channel: Channel
    county: str
    stage: str
    name: str
    citizen_id_tail: str
    submitted_at: datetime | None
    awaited: tuple[Awaited, ...] = ()
    exempt: bool = False
    """It rests on an exemption, so two officers decide."""
    proposed_by: str = ""
    """The first of those two, once there is one."""

    def deadline(self, today: date) -> Deadline | None:
        """Both clocks, as seen ``today`` in Asia/Shanghai; None for a draft."""
        if self.submitted_at is None:
            return None
        return _deadline(day_of(self.submitted_at), today, self.awaited)


# Thousands in one queue were submitted on the same few days.
@lru_cache(maxsize=4096)
def _deadline(submitted_on: date, today: date, awaited: tuple[Awaited, ...]) -> Deadline:
    return decision_deadline(submitted_on, today=today, awaited=awaited)


def brief_of(application: Application) -> ApplicationBrief:
    """What lists show of it."""
    return ApplicationBrief(
        number=application.number,
        kind=application.kind,
        channel=application.channel,
        county=application.county,
        stage=application.stage,
        name=application.applicant.name,
        citizen_id_tail=application.applicant.citizen_id_number[-4:],
        submitted_at=application.submitted_at,
        awaited=application.awaited,
        exempt=bool(application.bases & EXEMPTIONS),
        proposed_by=application.proposal.by if application.proposal else "",
    )
