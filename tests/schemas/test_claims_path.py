"""Claims path pointers: the specification's examples, and each of its errors."""

from typing import Any

import pytest

from schemas.claims_path import WITHHELD, DcqlError, resolve_path, select_path

CLAIMS: dict[str, Any] = {
    "name": "Arthur Dent",
    "address": {"street_address": "42 Market Street", "locality": "Milliways", "": "empty"},
    "degrees": [
        {"type": "Bachelor of Science", "university": "University of Betelgeuse"},
        {"type": "Master of Science", "university": "University of Betelgeuse"},
        {"university": "elsewhere"},
    ],
    "nationalities": ["British", WITHHELD, "Betelgeusian"],
    "nothing": None,
}


@pytest.mark.parametrize(
    ("path", "selected"),
    [  # the first five from [OID4VP §7.3]
        (["name"], ["Arthur Dent"]),
        (["address"], [CLAIMS["address"]]),
        (["address", "street_address"], ["42 Market Street"]),
        (["degrees", None, "type"], ["Bachelor of Science", "Master of Science"]),
        (["nationalities", 0], ["British"]),
        (["nationalities", 2], ["Betelgeusian"]),  # counted as signed, not as shown
        (["nationalities", None], ["British", "Betelgeusian"]),
        (["degrees", 1, "type"], ["Master of Science"]),
        (["address", ""], ["empty"]),
        (["nothing"], [None]),
        # Nothing selected: the claim is not there.
        (["absent"], []),
        (["address", "absent"], []),
        (["degrees", 2, "type"], []),
        (["nationalities", 1], []),  # withheld
        (["nationalities", 3], []),
        (["absent", "deeper"], []),
        (["absent", 0], []),
        ([], []),
    ],
)
def test_what_a_path_selects(path: list[str | int | None], selected: list[Any]) -> None:
    assert select_path(CLAIMS, path) == selected


@pytest.mark.parametrize(
    "path",
    [
        ["name", "first"],  # a member of a string
        ["degrees", "type"],  # a member of an array
        ["nationalities", None, "x"],
        ["nothing", "x"],
        ["address", None],  # elements of an object
        ["address", 0],
        ["name", 0],  # a string is no array
        [None],
        [0],
        ["nationalities", -1],
        ["nationalities", 0.0],
        ["nationalities", True],
        ["nationalities", False],
        ["address", {"a": 1}],
        ["address", ["street_address"]],
    ],
)
def test_steps_that_do_not_fit_are_errors(path: list[Any]) -> None:
    with pytest.raises(DcqlError):
        select_path(CLAIMS, path)


def test_one_element_that_does_not_fit_spoils_the_path() -> None:
    with pytest.raises(DcqlError):
        select_path({"list": [{"a": 1}, "no object"]}, ["list", None, "a"])


def test_each_selected_claim_has_its_own_path() -> None:
    assert resolve_path(CLAIMS, ["degrees", None, "type"]) == [
        (("degrees", 0, "type"), "Bachelor of Science"),
        (("degrees", 1, "type"), "Master of Science"),
    ]
