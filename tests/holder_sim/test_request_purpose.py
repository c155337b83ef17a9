"""What a request says it is for, and what of it may stand on a screen."""

from typing import Any

import msgspec
import pytest

from holder_sim.errors import BadRequestError
from holder_sim.request_purpose import RequestPurpose, ServiceItem, purpose_of


@pytest.mark.parametrize(
    ("members", "purpose"),
    [
        ({}, RequestPurpose()),
        ({"case_number": "2026-17"}, RequestPurpose(case_number="2026-17")),
        (
            {"service_item": {"id": "x", "zh": "入学", "en": "School", "more": 1}},
            RequestPurpose(service_item=ServiceItem("x", "入学", "School")),
        ),
    ],
    ids=["not-said", "a-case", "an-item"],
)
def test_what_is_said_is_read(members: dict[str, Any], purpose: RequestPurpose) -> None:
    assert purpose_of(msgspec.json.encode(members)) == purpose


@pytest.mark.parametrize(
    "members",
    [
        {"service_item": "school"},
        {"service_item": {"zh": 7}},
        {"case_number": "x" * 81},
        {"case_number": "two\nlines"},
        {"service_item": {"zh": "\u202egnihton"}},
        {"service_item": {"zh": "a\u200bb"}},
    ],
    ids=["a-text", "a-number", "too-long", "lines", "turned-around", "invisible"],
)
def test_words_that_would_mislead_a_person_end_it(members: dict[str, Any]) -> None:
    with pytest.raises(BadRequestError):
        purpose_of(msgspec.json.encode(members))


async def test_the_holder_is_told_what_for(holding: Any, counter: Any) -> None:
    members = counter.members("name") | {
        "service_item": {"id": "x", "zh": "入学", "en": "School"},
        "case_number": "2026-17",
    }
    await holding.answer(counter.ask(members))

    (asked,) = holding.seen
    assert asked.purpose.service_item.en == "School"
    assert asked.purpose.case_number == "2026-17"
