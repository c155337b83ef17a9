"""The list of services: what it says, and what it may not say."""

from pathlib import Path

import pytest

from schemas.divisions import Area
from schemas.permit_credential import CLAIM_PATHS
from verifier.errors import ItemsFileError, PermitNotNeededError, UnknownItemError
from verifier.service_items import (
    MAX_FILE_BYTES,
    MAX_ITEMS,
    Retention,
    find_item,
    load_items,
    refuse_unneeded,
)

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


def faults(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ItemsFileError) as caught:
        load(tmp_path, text)
    return caught.value.detail.splitlines()


def test_every_fault_has_its_line_and_its_remedy(tmp_path: Path) -> None:
    text = '# head\n[a]\nname_zh = ""\nname_en = "a"\nclaims = "name"\narea = "moon"\nfoo = 1\n'

    assert [fault.split(":")[0] for fault in faults(tmp_path, text)] == [
        "items.toml line 7",
        "items.toml line 3",
        "items.toml line 5",
        "items.toml line 6",
        "items.toml line 2",  # basis is missing
    ]
    assert all(fault.endswith(".") and fault.count(". ") >= 1 for fault in faults(tmp_path, text))


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ('retention = "verdict"', "how long"),
        ("retention_days = 5", "keeps nothing"),
        ('retention = "for ever"', "nothing, verdict, minimal, full"),
        ('retention = "full"\nretention_days = 3651', "from 0 to 3650"),
        ("asks_case = true", "kept nowhere"),
        ("may_ask = false\nasks_case = true", "no check to keep"),
        (f'name_zh = "{"甲" * 81}"', "1 to 80"),
        ('name_zh = "a\\u202eb"', "name_zh"),
        ('id = "b"', "names itself twice"),
    ],
)
def test_what_may_not_be(tmp_path: Path, lines: str, says: str) -> None:
    good = GOOD.replace('name_zh = "甲"\n', "") if "name_zh" in lines else GOOD
    good = good.replace('["name"]', "[]") if "may_ask" in lines else good

    assert says in " ".join(faults(tmp_path, f"[a]\n{good}{lines}\n"))


def test_what_is_kept_of_a_check(tmp_path: Path) -> None:
    path = tmp_path / "items.toml"
    kept = 'retention = "full"\nretention_days = 30\nasks_case = true\n'
    path.write_text(f"[a]\n{GOOD}{kept}[b]\n{GOOD}", encoding="utf-8")
    full, nothing = load_items(path).values()

    assert (full.retention, full.retention_days, full.asks_case) == (Retention.FULL, 30, True)
    assert (nothing.retention, nothing.retention_days) == (Retention.NOTHING, 0)


def test_a_file_too_large_to_be_a_list(tmp_path: Path) -> None:
    with pytest.raises(ItemsFileError, match="bytes"):
        load(tmp_path, "#" * (MAX_FILE_BYTES + 1))


def test_more_items_than_anybody_can_look_through(tmp_path: Path) -> None:
    many = "".join(f"[a{number}]\n{GOOD}" for number in range(MAX_ITEMS + 1))

    assert "Remove some" in faults(tmp_path, many)[0]
