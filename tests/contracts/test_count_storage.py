"""The contract of what counts a county's work, run against every adapter."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from issuer.application import Application, Channel, Granted, Kind, Submitted
from issuer.application_brief import brief_of
from issuer.audit_log import Act
from issuer.eligibility import Basis
from issuer.identity_check import VerifiedIdentity
from issuer.outbox_storage import MessageState
from issuer.particulars import Resident
from issuer.permit import grant
from issuer.storage import IssuerStorage, Notice
from issuer.storage_sql import SqlIssuerStorage
from schemas.civil_id import Sex

AT = datetime(2026, 11, 23, 4, 0, 0, 123456, tzinfo=UTC)
LUCHENG, OUHAI = "330302", "330304"
FIRST, SECOND = "SQ330302202600000018", "SQ330304202600000026"
NUMBER = "ZJ330302202600000012"
PERSON = "430000198506160017"
A_SECOND = timedelta(seconds=1)
APPLICATION = Application(
    number=FIRST,
    kind=Kind.FIRST_PERMIT,
    channel=Channel.WEB,
    county=LUCHENG,
    applicant=VerifiedIdentity(
        name="𠮷示范",
        citizen_id_number=PERSON,
        sex=Sex.MALE,
        birthdate=date(1985, 6, 16),
        ethnic_group="01",
        household_code="430100",
        registered_address="湖南省长沙市示范路9号",
        portrait=b"\x89PNG",
    ),
    bases=frozenset({Basis.STABLE_HOUSING}),
    submitted_at=AT,
    state=Granted(AT + 5 * A_SECOND, "li-3", NUMBER),
)
ELSEWHERE = replace(
    APPLICATION,
    number=SECOND,
    county=OUHAI,
    applicant=replace(APPLICATION.applicant, citizen_id_number="52000019920512000X"),
    state=Submitted(),
)


@pytest.fixture
def storage(register_url: str) -> Iterator[IssuerStorage]:
    opened = SqlIssuerStorage(register_url)
    with opened.transaction() as tx:
        for number, application in enumerate((APPLICATION, ELSEWHERE)):
            tx.add_application(application)
            at = AT + number * A_SECOND
            tx.record(Act(application.county, at, "applicant", "apply", application.number))
        done = Act(LUCHENG, AT + 5 * A_SECOND, "li-3", "grant_application", FIRST)
        tx.record(done)
        tx.record(replace(done, act="look"))
        tx.record(replace(done, act="look", county=OUHAI, permit_number=SECOND))
    yield opened
    opened.close()


def test_acts_are_counted_for_one_county_from_an_instant_on(storage: IssuerStorage) -> None:
    with storage.reading() as register:
        assert register.act_counts(LUCHENG, AT) == {
            "apply": 1,
            "grant_application": 1,
            "look": 1,
        }
        assert register.act_counts(LUCHENG, AT + A_SECOND) == {"grant_application": 1, "look": 1}
        assert register.act_counts(OUHAI, AT) == {"apply": 1, "look": 1}
        assert register.act_counts("330303", AT) == {}


def test_instants_of_one_act_come_as_they_were_written(storage: IssuerStorage) -> None:
    with storage.reading() as register:
        assert register.act_instants(LUCHENG, "apply", AT) == [AT]
        assert register.act_instants(LUCHENG, "apply", AT + A_SECOND) == []
        assert register.act_instants(OUHAI, "apply", AT) == [AT + A_SECOND]


def test_decided_ones_come_in_brief_with_their_instant(storage: IssuerStorage) -> None:
    acts = ("grant_application", "refuse_application")
    with storage.reading() as register:
        (found,) = register.decided_briefs(LUCHENG, acts, AT)

        assert (found.brief, found.decided_at) == (brief_of(APPLICATION), AT + 5 * A_SECOND)
        assert register.decided_briefs(LUCHENG, acts, AT + 6 * A_SECOND) == []
        assert register.decided_briefs(LUCHENG, ("refuse_application",), AT) == []
        assert register.decided_briefs(OUHAI, acts, AT) == []


def test_messages_are_counted_by_state(storage: IssuerStorage) -> None:
    day = date(2026, 11, 23)
    resident = Resident(
        name="示范",
        citizen_id_number=PERSON,
        sex=Sex.MALE,
        birthdate=date(1985, 6, 16),
        ethnic_group="01",
        registered_address="示范路9号",
        portrait=b"\xff\xd8\xff",
    )
    with storage.transaction() as tx:
        tx.add_permit(
            grant(
                number=NUMBER,
                county=LUCHENG,
                resident=resident,
                residence_address="示范路9号",
                registered_on=day,
                on=day,
                by="li-3",
            )
        )
        tx.add_notice(Notice(NUMBER, LUCHENG, "granted", AT))
        tx.put_contact(PERSON, "13800138000")
        for seconds in range(3):
            tx.add_notice(Notice(NUMBER, LUCHENG, "endorsed", AT + seconds * A_SECOND))
    with storage.reading() as register:
        assert register.message_counts(LUCHENG, AT) == {
            MessageState.NO_PHONE: 1,
            MessageState.QUEUED: 3,
        }
        assert register.message_counts(LUCHENG, AT + A_SECOND) == {MessageState.QUEUED: 2}
        assert register.message_counts(OUHAI, AT) == {}
