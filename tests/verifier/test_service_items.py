"""The list of services: what it says, and what it may not say."""

from pathlib import Path

import pytest

from schemas.divisions import Area
from schemas.permit_credential import CLAIM_PATHS
from verifier.errors import ItemsFileError, PermitNotNeededError, UnknownItemError
from verifier.service_items import find_item, load_items, refuse_unneeded

ITEMS = load_items()


@pytest.mark.parametrize(
    ("identifier", "claims", "area"),
    [
        ("identity_look", "name citizen_id_tail", "county"),
        (
            "compulsory_education",
            "name citizen_id_number residence_address continuous_residence_since",
            "county",
        ),
        ("vehicle_registration", "name citizen_id_number residence_address", "city"),
        ("exit_entry_documents", "name citizen_id_number", "province"),
        ("social_insurance", "name citizen_id_number", "city"),
        ("housing_fund", "name citizen_id_number", "city"),
        (
            "public_rental_housing",
            "name citizen_id_number residence_address continuous_residence_since",
            "county",
        ),
        ("library_card", "name", "city"),
        ("elder_transport_card", "name birthdate portrait", "city"),
        ("status_only", "", "county"),
    ],
)
def test_what_a_counter_may_ask(identifier: str, claims: str, area: str) -> None:
    item = ITEMS[identifier]

    assert item.claims == tuple(claims.split())
    assert item.area is Area(area)
    refuse_unneeded(item)


@pytest.mark.parametrize(
    "identifier", ["driving_licence", "vehicle_registration_small_private", "marriage_registration"]
)
def test_where_the_law_needs_no_permit_it_may_not_be_asked_for(identifier: str) -> None:
    item = find_item(ITEMS, identifier)

    with pytest.raises(PermitNotNeededError) as caught:
        refuse_unneeded(item)
    assert item.name_zh in str(caught.value)
    assert item.basis in str(caught.value)


def test_each_item_has_names_and_a_basis() -> None:
    for item in ITEMS.values():
        assert item.name_zh
        assert item.name_en
        assert item.basis
        assert set(item.claims) <= set(CLAIM_PATHS)


def test_an_item_that_is_none() -> None:
    with pytest.raises(UnknownItemError, match="identity_look"):
        find_item(ITEMS, "lottery")


GOOD = 'name_zh = "甲"\nname_en = "a"\nclaims = ["name"]\narea = "city"\nbasis = "law"\n'


def load(tmp_path: Path, text: str) -> None:
    path = tmp_path / "items.toml"
    path.write_text(text, encoding="utf-8")
    load_items(path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no service item"),
        ("[a", "cannot be read"),
        ("a = 1", r"\[a\] is not a table"),
        ("[a]\n" + GOOD.replace('area = "city"\n', ""), r"\[a\] .*area"),
        ("[a]\n" + GOOD.replace('"city"', '"moon"'), r"\[a\] .*moon"),
        ("[a]\n" + GOOD.replace('["name"]', '["name", "shoe_size"]'), r"\[a\] .*shoe_size.*Use"),
        ("[a]\n" + GOOD.replace('["name"]', '["name", "name"]'), r"\[a\] .*twice"),
        ("[a]\n" + GOOD + "may_ask = false\n", r"\[a\] .*may not ask"),
        ("[a]\n" + GOOD + "maximum_status_age_s = 0\n", r"\[a\] .*maximum_status_age_s"),
        ("[a]\n" + GOOD + "maximum_status_age_s = 604801\n", r"\[a\] .*maximum_status_age_s"),
        ("[a]\n" + GOOD + "surprise = 1\n", r"\[a\] .*surprise"),
        ('["A b"]\n' + GOOD, r"\[A b\]"),
    ],
)
def test_faults_name_the_entry(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ItemsFileError, match=says):
        load(tmp_path, text)


def test_all_faults_are_told_together(tmp_path: Path) -> None:
    bad_area, bad_claim = GOOD.replace("city", "moon"), GOOD.replace('"name"', '"shoe_size"')

    with pytest.raises(ItemsFileError, match=r"(?s)\[b\].*moon.*\[c\].*shoe_size"):
        load(tmp_path, f"[a]\n{GOOD}[b]\n{bad_area}[c]\n{bad_claim}")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ItemsFileError, match=r"none\.toml"):
        load_items(tmp_path / "none.toml")
