"""A counter's request, checked before anyone is asked: the edges of time and of who may ask.

The rules VPW-1 to VPW-18 stand in test_presentation_client.py, end to end.
"""

from datetime import timedelta
from typing import Any

import pytest

from holder_sim.errors import BadRequestError
from holder_sim.request_check import MAX_CLOCK_SKEW_S, MAX_REQUEST_BYTES, check_request
from schemas.openid4vp import RequestObject, parse_authorization_url


def check(counter: Any, web: Any, members: dict[str, Any], **changes: Any) -> RequestObject:
    link = parse_authorization_url(counter.ask(members))
    token = web.handlers["/object"](None).body.decode()
    values = {"trust_list": counter.province.trust_list(), "now": counter.province.now}
    request, leaf = check_request(token, link=link, **values | changes)
    assert leaf.der == counter.key.chain[0]
    return request


def test_a_sound_request_is_given_back_with_who_signed_it(counter: Any, web: Any) -> None:
    assert check(counter, web, counter.members("name")).nonce == counter.nonce


@pytest.mark.parametrize(
    ("ahead_s", "taken"), [(0, True), (MAX_CLOCK_SKEW_S, True), (MAX_CLOCK_SKEW_S + 1, False)]
)
def test_a_counters_clock_may_run_a_little_ahead(
    counter: Any, web: Any, ahead_s: int, taken: bool
) -> None:
    members = counter.members("name")
    members["iat"] += ahead_s

    if taken:
        assert check(counter, web, members).iat == members["iat"]
        return
    with pytest.raises(BadRequestError, match="from the future"):
        check(counter, web, members)


@pytest.mark.parametrize(("after_s", "taken"), [(299, True), (300, False)])
def test_a_request_ends_with_its_second(counter: Any, web: Any, after_s: int, taken: bool) -> None:
    now = counter.province.now + timedelta(seconds=after_s)

    if taken:
        assert check(counter, web, counter.members("name"), now=now).exp is not None
        return
    with pytest.raises(BadRequestError, match="time is over"):
        check(counter, web, counter.members("name"), now=now)


def test_without_times_it_is_the_link_that_is_fresh(counter: Any, web: Any) -> None:
    members = counter.members("name") | {"iat": None, "exp": None}

    assert check(counter, web, members).exp is None


def test_a_list_without_anchors_lets_nobody_ask(counter: Any, web: Any) -> None:
    trust_list = counter.province.trust_list(verifier_anchors=())

    with pytest.raises(BadRequestError, match="anchor"):
        check(counter, web, counter.members("name"), trust_list=trust_list)


def test_a_certificate_whose_time_is_over_does_not_sign(counter: Any, web: Any) -> None:
    from keys.certificates import Role

    counter.key = counter.province.certified(Role.VERIFIER, "https://counter.example", days=1)

    with pytest.raises(BadRequestError, match="ended at"):
        check(counter, web, counter.members("name"))


def test_more_than_a_request_can_be_is_not_parsed(counter: Any, web: Any) -> None:
    link = parse_authorization_url(counter.ask(counter.members("name")))

    with pytest.raises(BadRequestError, match="bytes where at most"):
        check_request(
            "a" * (MAX_REQUEST_BYTES + 1),
            link=link,
            trust_list=counter.province.trust_list(),
            now=counter.province.now,
        )
