"""The person at the counter is held by the session of the officer who saw their document."""

from datetime import date
from typing import Any

import pytest
from litestar import Request
from litestar.testing import RequestFactory

from issuer.application import IdentityDocument
from issuer.demonstration_identities import demonstration_identities
from issuer.errors import DeskError
from issuer.officer import Officer, Role
from issuer.web.counter_session import (
    AtCounter,
    part_from_person,
    person_at_counter,
    serve_person,
)
from issuer.web.page_errors import SignInNeededError

WANG = Officer("wang-2", "330302", frozenset({Role.REGISTRAR}))
PEOPLE = list(demonstration_identities(today=date(2026, 11, 23)).values())


def request() -> Request[Any, Any, Any]:
    return RequestFactory().get("/desk/counter/person", session={})


@pytest.mark.parametrize("who", PEOPLE, ids=lambda who: who.citizen_id_number)
async def test_who_is_served_comes_back_as_they_were(who: Any) -> None:
    asked = request()
    person = AtCounter(who, IdentityDocument.HOUSEHOLD_REGISTER)

    serve_person(asked, person)

    assert await person_at_counter(asked, WANG) == person


async def test_the_next_person_takes_the_place_of_the_last() -> None:
    asked = request()
    serve_person(asked, AtCounter(PEOPLE[0], IdentityDocument.ID_CARD))
    serve_person(asked, AtCounter(PEOPLE[1], IdentityDocument.ID_CARD))

    assert (await person_at_counter(asked, WANG)).identity == PEOPLE[1]


async def test_without_a_person_one_begins_with_the_document() -> None:
    asked = request()
    serve_person(asked, AtCounter(PEOPLE[0], IdentityDocument.ID_CARD))
    part_from_person(asked)

    with pytest.raises(SignInNeededError) as found:
        await person_at_counter(asked, WANG)

    assert found.value.where == "/desk/counter"
    part_from_person(asked)  # twice is no fault


async def test_an_officer_who_does_not_serve_there_is_refused() -> None:
    asked = request()
    serve_person(asked, AtCounter(PEOPLE[0], IdentityDocument.ID_CARD))

    with pytest.raises(DeskError):
        await person_at_counter(asked, Officer("zhao-7", "330302", frozenset({Role.AUDITOR})))
