"""Sending: what is due, once each, with pauses that grow, and an end to trying."""

import logging
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from issuer.outbox import (
    FIRST_PAUSE_S,
    LEASE_S,
    LONGEST_PAUSE_S,
    MAX_TRIES,
    Outbox,
    Sent,
    pause_s,
)
from issuer.outbox_storage import MessageState, OutboxMessage
from issuer.permit import Permit
from issuer.sms import SmsDelayedError, SmsMessage, SmsRefusedError, SmsSender
from issuer.storage import IssuerStorage, Notice

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PHONE = "13800138000"


class Time:
    now = AT

    def __call__(self) -> datetime:
        return self.now


class Gateway(SmsSender):
    """Takes messages, or does what a test says."""

    def __init__(self) -> None:
        self.taken: list[SmsMessage] = []
        self.answer: Callable[[SmsMessage], None] = lambda _: None

    def send(self, message: SmsMessage) -> None:
        self.taken.append(message)
        self.answer(message)

    def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


@pytest.fixture
def outbox(storage: IssuerStorage, gateway: Gateway, time: Time) -> Outbox:
    return Outbox(storage, gateway, time)


def queue(storage: IssuerStorage, permit: Permit, count: int = 1, *, phone: str = PHONE) -> None:
    with storage.transaction() as tx:
        if phone:
            tx.put_contact(permit.resident.citizen_id_number, phone)
        for _ in range(count):
            params = {"usable_through": date(2027, 11, 23).isoformat()}
            tx.add_notice(Notice(permit.number, permit.county, "endorsed", AT, params))


def delay(reason: str = "http_503", again_in_s: int | None = None) -> Callable[[SmsMessage], None]:
    def answer(_: SmsMessage) -> None:
        raise SmsDelayedError("later", reason=reason, again_in_s=again_in_s)

    return answer


def refuse(_: SmsMessage) -> None:
    raise SmsRefusedError("no", reason="http_422")


def only(storage: IssuerStorage, permit: Permit) -> OutboxMessage:
    with storage.reading() as register:
        (message,) = register.messages_about(permit.number)
    return message


def test_a_message_is_made_sent_and_marked(
    storage: IssuerStorage, permit: Permit, outbox: Outbox, gateway: Gateway
) -> None:
    queue(storage, permit)

    assert outbox.send_due() == Sent(count=1)
    assert outbox.send_due() == Sent()
    (sent,) = gateway.taken
    message = only(storage, permit)
    assert (sent.phone, sent.text) == (PHONE, "您的居住证已签注，可使用至2027-11-23。")
    assert sent.id == message.id
    assert (message.state, message.sent_at) == (MessageState.SENT, AT)
    assert message.phone == "138****8000", "the number is not kept for longer than it is needed"


def test_in_english_too_where_that_is_set(
    storage: IssuerStorage, permit: Permit, gateway: Gateway, time: Time
) -> None:
    queue(storage, permit)
    Outbox(storage, gateway, time, english=True).send_due()

    zh, en = gateway.taken[0].text.split("\n")
    assert zh.startswith("您的居住证已签注")
    assert en == "Your residence permit was endorsed and is usable through 2027-11-23."


def test_without_a_number_nothing_is_sent(
    storage: IssuerStorage, permit: Permit, outbox: Outbox, gateway: Gateway
) -> None:
    queue(storage, permit, phone="")

    assert outbox.send_due() == Sent()
    assert gateway.taken == []
    assert only(storage, permit).state is MessageState.NO_PHONE


def test_delayed_again_and_again_and_then_given_up(
    storage: IssuerStorage, permit: Permit, outbox: Outbox, gateway: Gateway, time: Time
) -> None:
    queue(storage, permit)
    gateway.answer = delay()
    waits = []
    while True:
        done = outbox.send_due()
        message = only(storage, permit)
        if done.failed:
            break
        assert done == Sent(delayed=1)
        assert outbox.send_due() == Sent(), "not before its time"
        waits.append((message.next_try_at - time.now) // timedelta(seconds=1))
        time.now = message.next_try_at

    assert message.state is MessageState.FAILED
    assert message.phone == "138****8000", "nobody tries it again"
    assert timedelta(days=9) < time.now - AT < timedelta(days=11)
    assert (message.tries, message.last_error) == (MAX_TRIES, "http_503")
    assert waits == [pause_s(tries) for tries in range(1, MAX_TRIES)]
    assert len({m.id for m in gateway.taken}) == 1, "one key for all tries"
    time.now += timedelta(days=1)
    assert outbox.send_due() == Sent()


def test_sent_after_a_delay_forgets_the_delay(
    storage: IssuerStorage, permit: Permit, outbox: Outbox, gateway: Gateway, time: Time
) -> None:
    queue(storage, permit)
    gateway.answer = delay()
    outbox.send_due()
    gateway.answer = lambda _: None
    time.now += timedelta(seconds=FIRST_PAUSE_S)

    assert outbox.send_due() == Sent(count=1)
    message = only(storage, permit)
    assert (message.state, message.tries, message.last_error) == (MessageState.SENT, 2, "")


@pytest.mark.parametrize(("asked_s", "waits_s"), [(5, FIRST_PAUSE_S), (600, 600)])
def test_a_gateway_may_ask_for_more_time_but_not_for_less(
    storage: IssuerStorage,
    permit: Permit,
    outbox: Outbox,
    gateway: Gateway,
    asked_s: int,
    waits_s: int,
) -> None:
    queue(storage, permit)
    gateway.answer = delay("http_429", asked_s)
    outbox.send_due()

    assert only(storage, permit).next_try_at == AT + timedelta(seconds=waits_s)


def test_a_refusal_is_final_and_stops_nobody_else(
    storage: IssuerStorage, permit: Permit, outbox: Outbox, gateway: Gateway, time: Time
) -> None:
    queue(storage, permit, 3)
    gateway.answer = lambda m: refuse(m) if len(gateway.taken) == 2 else None

    assert outbox.send_due() == Sent(count=2, failed=1)
    time.now += timedelta(days=1)
    assert outbox.send_due() == Sent()
    with storage.reading() as register:
        (failed,) = register.messages(state=MessageState.FAILED, limit=9)
    assert (failed.last_error, failed.tries) == ("http_422", 1)


def test_one_killed_in_between_is_sent_again_under_its_key(
    storage: IssuerStorage, permit: Permit, outbox: Outbox, gateway: Gateway, time: Time
) -> None:
    queue(storage, permit, 3)

    def die(_: SmsMessage) -> None:
        raise KeyboardInterrupt

    gateway.answer = die
    with pytest.raises(KeyboardInterrupt):
        outbox.send_due()
    gateway.answer = lambda _: None
    assert outbox.send_due() == Sent(), "for so long they belong to whoever took them"
    time.now += timedelta(seconds=LEASE_S)

    assert outbox.send_due() == Sent(count=3)
    assert gateway.taken[0].id in {message.id for message in gateway.taken[1:]}
    assert len({message.id for message in gateway.taken}) == 3


def test_a_sender_that_was_too_slow_does_not_undo_what_another_one_did(
    storage: IssuerStorage, permit: Permit, outbox: Outbox, gateway: Gateway, time: Time
) -> None:
    queue(storage, permit)
    other = Gateway()

    def stand_still(_: SmsMessage) -> None:
        time.now += timedelta(seconds=LEASE_S)
        assert Outbox(storage, other, time).send_due() == Sent(count=1)
        raise SmsDelayedError("later", reason="timeout")

    gateway.answer = stand_still
    outbox.send_due()
    time.now += timedelta(days=1)

    assert outbox.send_due() == Sent()
    assert only(storage, permit).state is MessageState.SENT
    assert [m.id for m in gateway.taken] == [m.id for m in other.taken], "under one key"


def test_what_was_delayed_keeps_what_came_after_it(
    storage: IssuerStorage, permit: Permit, outbox: Outbox, gateway: Gateway, time: Time
) -> None:
    with storage.transaction() as tx:
        tx.put_contact(permit.resident.citizen_id_number, PHONE)
        for kind in ("suspended", "restored"):
            tx.add_notice(Notice(permit.number, permit.county, kind, AT))
    gateway.answer = delay()
    assert outbox.send_due() == Sent(delayed=1)
    gateway.answer = lambda _: None
    time.now += timedelta(seconds=FIRST_PAUSE_S)

    assert outbox.send_due() == Sent(count=2)
    assert [message.text[:10] for message in gateway.taken[1:]] == [
        "您的居住证已中止使用",
        "您的居住证已恢复使用",
    ]


def test_no_more_are_sent_than_was_said(
    storage: IssuerStorage, permit: Permit, outbox: Outbox, gateway: Gateway
) -> None:
    with storage.transaction() as tx:
        tx.put_contact(permit.resident.citizen_id_number, PHONE)
        for count in range(25):
            number = f"{permit.number}-{count}"
            tx.add_permit(replace(permit, number=number))
            tx.add_notice(Notice(number, permit.county, "restored", AT))

    assert outbox.send_due(limit=13) == Sent(count=13)
    assert len(gateway.taken) == 13
    assert outbox.send_due() == Sent(count=12)


def test_neither_number_nor_text_is_logged(
    storage: IssuerStorage,
    permit: Permit,
    outbox: Outbox,
    gateway: Gateway,
    caplog: pytest.LogCaptureFixture,
) -> None:
    queue(storage, permit)
    gateway.answer = delay("timeout")
    with caplog.at_level(logging.DEBUG):
        outbox.send_due()

    assert f"text message {only(storage, permit).id}: timeout, try 1, now queued" in caplog.text
    assert PHONE not in caplog.text
    assert "居住证" not in caplog.text


@given(st.integers(1, 10**6))
def test_pauses_grow_up_to_a_cap(tries: int) -> None:
    assert FIRST_PAUSE_S <= pause_s(tries) <= pause_s(tries + 1) <= LONGEST_PAUSE_S
