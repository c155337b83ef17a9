"""What a permit's page shows of its record."""

from datetime import UTC, date, datetime, timedelta

import pytest

from issuer.audit_log import Act, AuditEntry, next_entry
from issuer.officer import Officer, Role
from issuer.outbox_storage import MessageState, OutboxMessage
from issuer.particulars import Resident
from issuer.permit import (
    Cancellation,
    Order,
    Permit,
    Revocation,
    Suspension,
    grant,
)
from issuer.permit_records import Chosen, PermitRecord
from issuer.storage import Notice
from issuer.web.desk_permit_view import (
    CHOICES,
    order_line,
    permit_page,
    printed_slips,
    told,
)
from schemas.civil_id import Sex

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
TODAY = date(2026, 11, 23)
PERMIT = grant(
    number="ZJ1",
    county="330302",
    resident=Resident(
        name="张示范",
        citizen_id_number="33010019900101001X",
        sex=Sex.MALE,
        birthdate=date(1990, 1, 1),
        ethnic_group="01",
        registered_address="示范省示范市1号",
        portrait=b"\xff\xd8\xff",
    ),
    residence_address="示范路1号",
    registered_on=date(2025, 5, 1),
    on=date(2025, 12, 1),
    by="li-3",
)


def printed(slip: str, at: datetime, act: str = "print_slip") -> AuditEntry:
    details = {"slip": slip, "shown": "id_card"} if act == "print_slip" else {"slip": slip}
    return next_entry(None, Act("330302", at, "wang-2", act, "ZJ1", details))


def test_slips_the_newest_first_with_how_often_they_were_printed_again() -> None:
    yesterday = NOW - timedelta(days=1)
    entries = [
        printed("A", yesterday),
        printed("B", NOW),
        printed("B", NOW, "print_slip_again"),
        printed("B", NOW, "print_slip_again"),
    ]

    found = printed_slips(entries, today=TODAY)

    assert [(one.slip, one.again, one.reprintable) for one in found] == [
        ("B", 2, True),
        ("A", 0, False),
    ]
    assert found[0].shown == "ID card"
    assert not any(one.reprintable for one in printed_slips(entries, today=None))


@pytest.mark.parametrize(
    ("role", "reprintable"), [(Role.REGISTRAR, True), (Role.AUDITOR, False)], ids=lambda v: str(v)
)
def test_printing_again_is_for_who_serves_at_the_counter(role: Role, reprintable: bool) -> None:
    page = permit_page(
        record(PERMIT, entries=(printed("A", NOW),)),
        Officer("x-1", "330302", frozenset({role})),
        NOW,
    )

    assert page.slips[0].reprintable is reprintable
    assert page.at_the_counter is reprintable


def record(permit: Permit, *, entries: tuple[AuditEntry, ...] = ()) -> PermitRecord:
    return PermitRecord(
        permit=permit, entries=entries, notices=(), messages=(), proposals=(), applications=()
    )


@pytest.mark.parametrize(
    ("order", "title", "by"),
    [
        (Suspension("li-3", "r", "b", NOW), "Suspended by order", "li-3"),
        (Revocation("li-3", "chen-5", "r", "b", NOW), "Revoked", "li-3, chen-5"),
        (Cancellation("li-3", "r", "b", NOW), "Cancelled", "li-3"),
    ],
    ids=["suspension", "revocation", "cancellation"],
)
def test_an_order_names_its_officers(order: Order, title: str, by: str) -> None:
    found = order_line(order)

    assert found is not None
    assert (found.title, found.by, found.at) == (title, by, NOW)
    assert order_line(None) is None


def test_a_notice_comes_with_what_became_of_its_message() -> None:
    later = NOW + timedelta(hours=1)
    notices = [Notice("ZJ1", "330302", "granted", NOW), Notice("ZJ1", "330302", "new", later)]
    message = OutboxMessage(
        id="m",
        subject="ZJ1",
        county="330302",
        phone="",
        kind="granted",
        params={},
        state=MessageState.SENT,
        tries=1,
        next_try_at=NOW,
        created_at=NOW,
    )

    found = told(notices, [message])

    assert [line.message for line in found] == ["", "Text message sent"]
    assert found[1].pair[1].startswith("Your residence permit was granted")


def test_every_choice_has_its_name() -> None:
    assert set(CHOICES) == set(Chosen)
