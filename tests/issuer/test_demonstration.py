"""The invented residents: nobody's numbers, and good for a permit each."""

from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from issuer.demonstration import (
    PEOPLE,
    DemonstrationPerson,
    demonstration_particulars,
    drawn_portrait,
    grant_demonstration,
)
from issuer.desk import Desk
from issuer.errors import DeskError
from issuer.particulars import MAX_PORTRAIT_BYTES, resident_of
from issuer.permit import Standing
from issuer.storage import IssuerStorage
from schemas.civil_id import is_demonstration, parse_civil_id
from schemas.divisions import county
from schemas.endorsement_window import start_of_day

ON = date(2025, 11, 23)


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.county)
def test_each_is_invented_and_would_be_granted(person: DemonstrationPerson) -> None:
    particulars = demonstration_particulars(person, house=3, on=ON)
    resident_of(particulars, today=ON)

    assert is_demonstration(parse_civil_id(person.citizen_id_number, today=ON).number)
    assert "示范" in particulars.residence_address
    assert "示范" in particulars.registered_address
    assert county(person.county).name_zh in particulars.residence_address
    assert particulars.residence_registered_on < ON


def test_they_cover_the_names_and_days_that_software_gets_wrong() -> None:
    names = "".join(person.name for person in PEOPLE)

    assert "\u00b7" in names
    assert any(ord(character) > 0xFFFF for character in names)
    assert any(person.citizen_id_number[10:14] == "0229" for person in PEOPLE)
    assert len({person.citizen_id_number for person in PEOPLE}) == len(PEOPLE)


def test_a_second_run_grants_nothing_new(storage: IssuerStorage) -> None:
    desk = Desk(storage, lambda: start_of_day(ON), allow_demo_ids=True)

    first = grant_demonstration(storage, desk, on=ON)
    second = grant_demonstration(storage, desk, on=ON)

    assert second == first
    assert len(first) == len(PEOPLE)
    assert all(permit.issued_on == ON for permit in first)
    assert all(permit.standing_on(ON) is Standing.USABLE for permit in first)


def test_one_county_s_people_can_be_had_alone(storage: IssuerStorage) -> None:
    desk = Desk(storage, lambda: start_of_day(ON), allow_demo_ids=True)

    granted = grant_demonstration(storage, desk, on=ON, counties=("330302",))

    assert {permit.county for permit in granted} == {"330302"}


def test_a_service_in_earnest_does_not_take_them(storage: IssuerStorage) -> None:
    with pytest.raises(DeskError, match="for demonstrations"):
        grant_demonstration(storage, Desk(storage, lambda: start_of_day(ON)), on=ON)


def test_portraits_are_small_pictures_that_differ() -> None:
    pictures = {drawn_portrait(hue=hue / 10) for hue in range(10)}

    assert len(pictures) == 10
    for data in pictures:
        assert len(data) < MAX_PORTRAIT_BYTES / 10
        with Image.open(BytesIO(data)) as picture:
            assert picture.size == (120, 150)
