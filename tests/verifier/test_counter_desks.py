"""Counters: what a secret stands for, and that nothing else opens it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from schemas.divisions import UnknownCountyError
from verifier import counter_desks
from verifier.counter_desks import FOLDER, CounterDesks, Desk, DeskError
from verifier.errors import UnknownItemError
from verifier.service_items import load_items

NOW = datetime(2026, 11, 25, tzinfo=UTC)
ITEMS = load_items()
GOOD: dict[str, Any] = {
    "county": "330302",
    "office": "Counter 12",
    "items": ["library_card", "identity_look"],
}


@pytest.fixture
def desks(tmp_path: Path) -> CounterDesks:
    return CounterDesks(tmp_path, ITEMS)


def set_up(desks: CounterDesks, **changes: Any) -> tuple[Desk, str]:
    return desks.set_up(**GOOD | changes, now=NOW)


def test_a_secret_stands_for_its_counter_after_a_restart_too(
    desks: CounterDesks, tmp_path: Path
) -> None:
    desk, secret = set_up(desks)

    assert CounterDesks(tmp_path, ITEMS).find(secret) == desk
    assert desk.items == ("identity_look", "library_card")  # in the order of the list
    assert (desk.counter().county.code, desk.counter().desk) == ("330302", desk.id)


def test_the_folder_holds_nothing_that_opens_a_counter(desks: CounterDesks, tmp_path: Path) -> None:
    _, secret = set_up(desks)
    (file,) = (tmp_path / FOLDER).iterdir()

    assert secret not in file.name + file.read_text(encoding="utf-8")
    assert desks.find(file.stem) is None


@pytest.mark.parametrize("secret", [None, "", "x", "../counters", "x" * 10_000, "温州"])
def test_no_other_secret_opens_one(desks: CounterDesks, secret: str | None) -> None:
    set_up(desks)
    assert desks.find(secret) is None


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"office": " "}, DeskError),
        ({"office": "a\u202eb"}, DeskError),
        ({"items": []}, DeskError),
        ({"items": ["lottery"]}, DeskError),
        ({"county": "999999"}, UnknownCountyError),
    ],
)
def test_what_is_no_counter(desks: CounterDesks, changes: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        set_up(desks, **changes)


def test_a_counter_offers_what_it_was_set_up_for_and_what_there_still_is(
    desks: CounterDesks,
) -> None:
    desk, _ = set_up(desks)
    fewer = {name: item for name, item in ITEMS.items() if name != "library_card"}

    assert desk.item(ITEMS, "library_card").id == "library_card"
    assert [item.id for item in desk.offers(fewer)] == ["identity_look"]
    for items, name in ((ITEMS, "housing_fund"), (fewer, "library_card")):
        with pytest.raises(UnknownItemError):
            desk.item(items, name)


def test_a_forgotten_secret_opens_nothing(desks: CounterDesks) -> None:
    _, secret = set_up(desks)
    desks.forget(secret)
    desks.forget(secret)
    desks.forget(None)
    assert desks.find(secret) is None


def test_a_damaged_file_is_no_counter(desks: CounterDesks, tmp_path: Path) -> None:
    _, secret = set_up(desks)
    for file in (tmp_path / FOLDER).iterdir():
        file.write_bytes(b'{"id":"')
    assert desks.find(secret) is None


def test_the_folder_has_an_end(desks: CounterDesks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counter_desks, "MAX_DESKS", 1)
    set_up(desks)
    with pytest.raises(DeskError, match="set up"):
        set_up(desks)
