"""Applications whose supplement did not come: closed after thirty days, with a notice.

Nothing is decided by it; the person applies again when they have what was lacking. Run it as
often as wanted: it finds what is due, each in a block of its own, so that it can be broken off
at any time and begun again *(ours)*.
"""

from typing import Final

from issuer import application_steps as steps
from issuer.application import Application, NeedsSupplement
from issuer.application_intake import Actor, write_down
from issuer.storage import IssuerStorage
from keys.clock import Clock
from schemas.endorsement_window import day_of

CALENDAR: Final = "calendar"
"""Who the audit log says closed it: no officer did."""


def lapse_unanswered(storage: IssuerStorage, clock: Clock) -> list[Application]:
    """Close every application that has waited for its applicant too long; blocks.

    Gives those that were closed, as they are then.
    """
    with storage.reading() as register:
        waiting = register.awaiting_applicants()
    closed = []
    for number in waiting:
        with storage.transaction() as tx:
            now = clock()
            # Read again: it may have been answered a moment ago.
            held = tx.application(number)
            answered = not isinstance(held.state, NeedsSupplement)
            if answered or day_of(now) <= steps.last_supplement_day(held):
                continue
            lapsed = steps.lapse(held, at=now)
            tx.replace_application(lapsed)
            write_down(tx, lapsed, "lapse", Actor(CALENDAR), now, {}, notice="lapsed")
            closed.append(lapsed)
    return closed
