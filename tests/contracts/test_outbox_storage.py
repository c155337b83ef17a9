"""The contract of the outbox's part of the storage, run against every adapter."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from issuer.application import Application, Channel, Kind
from issuer.application_storage import ApplicationNotice
from issuer.identity_check import VerifiedIdentity
from issuer.outbox_storage import MessageState, OutboxMessage
from issuer.particulars import Resident
from issuer.permit import grant
from issuer.storage import IssuerStorage, IssuerTransaction, Notice
from issuer.storage_sql import SqlIssuerStorage
from schemas.civil_id import Sex

AT = datetime(2026, 11, 23, 4, 0, 0, 123456, tzinfo=UTC)
LUCHENG = "330302"
NUMBERS = [f"ZJ3303022026000{number:05d}" for number in range(40)]
NUMBER, RECEIPT = NUMBERS[0], "SQ330302202600000012"
PERSON, PHONE = "430000198506160017", "13800138000"
A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def storage(register_url: str) -> Iterator[IssuerStorage]:
    opened = SqlIssuerStorage(register_url)
    with opened.transaction() as tx:
        resident = Resident(
            name="示范",
            citizen_id_number=PERSON,
            sex=Sex.MALE,
            birthdate=date(1985, 6, 16),
            ethnic_group="01",
            registered_address="示范路9号",
            portrait=b"\xff\xd8\xff",
        )
        day = date(2026, 11, 23)
        permit = grant(
            number=NUMBER,
            county=LUCHENG,
            resident=resident,
            residence_address="示范路9号",
            registered_on=day,
            on=day,
            by="li-3",
        )
        for number in NUMBERS:
            tx.add_permit(replace(permit, number=number))
    yield opened
    opened.close()


def notice(kind: str = "endorsed", at: datetime = AT, *, about: str = NUMBER) -> Notice:
    return Notice(about, LUCHENG, kind, at, {"usable_through": "2027-11-23"})


def queue(storage: IssuerStorage, count: int, *, phone: str = PHONE) -> None:
    """A message each about as many permits, a minute apart."""
    with storage.transaction() as tx:
        tx.put_contact(PERSON, phone)
        for number in range(count):
            tx.add_notice(notice(at=AT + number * A_MINUTE, about=NUMBERS[number]))


def all_of(storage: IssuerStorage) -> list[OutboxMessage]:
    """Oldest first."""
    with storage.reading() as register:
        return register.messages(limit=99)[::-1]


def add_application(tx: IssuerTransaction) -> None:
    identity = VerifiedIdentity(
        name="示范",
        citizen_id_number=PERSON,
        sex=Sex.MALE,
        birthdate=date(1985, 6, 16),
        ethnic_group="01",
        household_code="430102",
        registered_address="示范路9号",
        portrait=b"\xff\xd8\xff",
    )
    tx.add_application(
        Application(
            number=RECEIPT,
            kind=Kind.FIRST_PERMIT,
            channel=Channel.WEB,
            county=LUCHENG,
            applicant=identity,
            bases=frozenset(),
        )
    )


def test_a_notice_puts_a_message_into_the_outbox(storage: IssuerStorage) -> None:
    queue(storage, 1)
    (message,) = all_of(storage)

    assert message.phone == PHONE
    assert (message.subject, message.county, message.kind) == (NUMBER, LUCHENG, "endorsed")
    assert message.params == {"usable_through": "2027-11-23"}
    assert (message.state, message.tries) == (MessageState.QUEUED, 0)
    assert message.next_try_at == message.created_at == AT


def test_so_does_one_about_an_application(storage: IssuerStorage) -> None:
    with storage.transaction() as tx:
        add_application(tx)
        tx.put_contact(PERSON, PHONE)
        tx.add_application_notice(ApplicationNotice(RECEIPT, LUCHENG, "submitted", AT))

    with storage.reading() as register:
        (message,) = register.messages_about(RECEIPT)
    assert (message.phone, message.kind) == (PHONE, "submitted")


def test_without_a_number_it_is_kept_and_never_taken(storage: IssuerStorage) -> None:
    with storage.transaction() as tx:
        tx.add_notice(notice())
        assert tx.take_messages(AT + A_MINUTE, limit=9, until=AT + A_MINUTE) == []

    (message,) = all_of(storage)
    assert (message.state, message.phone) == (MessageState.NO_PHONE, "")
    with storage.reading() as register:
        assert register.due_messages(AT + A_MINUTE) == 0


def test_notice_and_message_stand_or_fall_together(storage: IssuerStorage) -> None:
    def broken_off() -> None:
        with storage.transaction() as tx:
            tx.add_notice(notice())
            raise InterruptedError

    with pytest.raises(InterruptedError):
        broken_off()
    assert all_of(storage) == []
    with storage.reading() as register:
        assert register.notices(NUMBER) == []


def test_the_number_is_that_of_the_moment(storage: IssuerStorage) -> None:
    queue(storage, 1)
    queue(storage, 1, phone="13900139000")

    assert [message.phone for message in all_of(storage)] == [PHONE, "13900139000"]
    with storage.reading() as register:
        assert register.contact(PERSON) == "13900139000"
        assert register.contact("nobody") is None


def test_taken_is_taken_until_its_time_is_over(storage: IssuerStorage) -> None:
    queue(storage, 3)
    now = AT + timedelta(hours=1)
    with storage.transaction() as tx:
        first = tx.take_messages(now, limit=2, until=now + A_MINUTE)
        second = tx.take_messages(now, limit=2, until=now + A_MINUTE)
        third = tx.take_messages(now, limit=2, until=now + A_MINUTE)
    with storage.transaction() as tx:
        again = tx.take_messages(now + A_MINUTE, limit=9, until=now + 2 * A_MINUTE)

    assert [len(taken) for taken in (first, second, third)] == [2, 1, 0]
    assert {m.state for m in (*first, *second)} == {MessageState.SENDING}
    assert {m.tries for m in (*first, *second)} == {1}
    assert [m.id for m in again] == [m.id for m in (*first, *second)]
    assert {m.tries for m in again} == {2}


def test_what_is_not_due_yet_is_left_and_the_longest_due_comes_first(
    storage: IssuerStorage,
) -> None:
    queue(storage, 3)
    with storage.reading() as register:
        assert register.due_messages(AT + A_MINUTE) == 2
    with storage.transaction() as tx:
        first, second = tx.take_messages(AT + A_MINUTE, limit=2, until=AT)
        assert tx.keep_outcome(replace(first, state=MessageState.QUEUED, next_try_at=AT + A_MINUTE))
        assert tx.keep_outcome(replace(second, state=MessageState.QUEUED, next_try_at=AT))
        (taken,) = tx.take_messages(AT + A_MINUTE, limit=1, until=AT + A_MINUTE)

    assert taken.id == second.id


@pytest.mark.parametrize("state", [MessageState.SENT, MessageState.FAILED])
def test_what_is_done_is_never_taken_again(storage: IssuerStorage, state: MessageState) -> None:
    queue(storage, 1)
    with storage.transaction() as tx:
        (taken,) = tx.take_messages(AT, limit=1, until=AT)
        done = replace(taken, state=state, sent_at=AT, phone="138****8000", last_error="x")
        assert tx.keep_outcome(done)
        assert tx.take_messages(AT + timedelta(days=9), limit=9, until=AT) == []

    assert all_of(storage) == [done]


def test_messages_are_listed_latest_first_and_by_state(storage: IssuerStorage) -> None:
    queue(storage, 3)
    with storage.transaction() as tx:
        tx.take_messages(AT, limit=1, until=AT + A_MINUTE)
    with storage.reading() as register:
        latest = register.messages(limit=2)
        sending = register.messages(state=MessageState.SENDING, county=LUCHENG, limit=9)
        elsewhere = register.messages(county="330304", limit=9)

    assert [m.created_at for m in latest] == [AT + 2 * A_MINUTE, AT + A_MINUTE]
    assert len(sending) == 1
    assert elsewhere == []


def test_only_whoever_took_it_last_says_what_became_of_it(storage: IssuerStorage) -> None:
    queue(storage, 1)
    (queued,) = all_of(storage)
    with storage.transaction() as tx:
        assert not tx.keep_outcome(replace(queued, state=MessageState.SENT)), "nobody took it"
        (slow,) = tx.take_messages(AT, limit=1, until=AT)
        (quick,) = tx.take_messages(AT, limit=1, until=AT + A_MINUTE)
        assert not tx.keep_outcome(replace(slow, state=MessageState.FAILED))
        sent = replace(quick, state=MessageState.SENT, sent_at=AT)
        assert tx.keep_outcome(sent)
        assert not tx.keep_outcome(replace(slow, state=MessageState.QUEUED))
        assert not tx.keep_outcome(replace(quick, id="0" * 32))

    assert all_of(storage) == [sent]


def test_news_of_one_record_go_one_after_the_other(storage: IssuerStorage) -> None:
    """Or "suspended" could arrive after "restored"."""
    with storage.transaction() as tx:
        tx.put_contact(PERSON, PHONE)
        for kind in ("suspended", "restored"):
            tx.add_notice(notice(kind))
        tx.add_notice(notice("endorsed", about=NUMBERS[1]))

    def taken(now: datetime) -> list[OutboxMessage]:
        return tx.take_messages(now, limit=9, until=now + A_MINUTE)

    with storage.transaction() as tx:
        assert tx.due_messages(AT) == 3
        first, other = taken(AT)
        assert (first.kind, other.kind) == ("suspended", "endorsed")
        assert taken(AT) == [], "it is on its way, as far as is known"
        later = AT + 9 * A_MINUTE
        tx.keep_outcome(replace(other, state=MessageState.SENT))
        tx.keep_outcome(replace(first, state=MessageState.QUEUED, next_try_at=later))
        assert taken(AT + A_MINUTE) == []
        (first,) = taken(later)
        tx.keep_outcome(replace(first, state=MessageState.FAILED))
        assert [message.kind for message in taken(later)] == ["restored"]


def test_a_person_whose_number_is_forgotten_gets_no_message_any_more(
    storage: IssuerStorage,
) -> None:
    """As when somebody has died; what was sent stays as it was."""
    queue(storage, 3)
    with storage.transaction() as tx:
        add_application(tx)
        tx.add_application_notice(ApplicationNotice(RECEIPT, LUCHENG, "submitted", AT))
        sent, sending = tx.take_messages(AT + A_MINUTE, limit=2, until=AT)
        tx.keep_outcome(replace(sent, state=MessageState.SENT, phone="138****8000"))
        tx.forget_contact("650000198801030013")
        assert tx.contact(PERSON) == PHONE, "somebody else's"
        tx.forget_contact(PERSON)
        tx.add_notice(notice("cancelled"))
        assert tx.contact(PERSON) is None
        assert tx.take_messages(AT + timedelta(days=9), limit=9, until=AT) == []
        assert not tx.keep_outcome(replace(sending, state=MessageState.QUEUED))

    states = [message.state for message in all_of(storage)]
    assert states == [MessageState.SENT, *[MessageState.NO_PHONE] * 4]
    assert {message.phone for message in all_of(storage)} == {"138****8000", ""}


def test_of_many_senders_at_once_each_message_has_one(
    storage: IssuerStorage, register_url: str
) -> None:
    queue(storage, 40)
    now = AT + timedelta(hours=1)

    def take(_: int) -> list[str]:
        other = SqlIssuerStorage(register_url)
        mine: list[str] = []
        while True:
            with other.transaction() as tx:
                taken = tx.take_messages(now, limit=3, until=now + A_MINUTE)
            if not taken:
                other.close()
                return mine
            mine += [message.id for message in taken]

    with ThreadPoolExecutor(4) as threads:
        taken = [message for mine in threads.map(take, range(4)) for message in mine]

    assert len(taken) == len(set(taken)) == 40
