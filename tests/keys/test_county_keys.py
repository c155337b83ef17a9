"""A county's two keys as its issuer loads them, or a sentence that says why not."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from keys.certificates import Role, identifiers_of
from keys.county_keys import counties_with_keys, load_county_keys
from keys.province import Province
from keys.signing_key import MissingKeyError
from keys.x5c import trusted_leaf
from schemas.divisions import counties

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
URL = "https://permits.example"
LUCHENG = "330302"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Province(tmp_path / "keys").initialise(
        issuer_url=URL,
        counties=("330326", LUCHENG),
        verifier_url="https://counter.example",
        now=NOW,
    )
    return tmp_path / "keys"


def test_the_two_keys_of_a_county(folder: Path) -> None:
    keys = load_county_keys(folder, base_url=URL, county=LUCHENG)
    root = Province(folder).root
    subjects = [
        trusted_leaf(key.chain, anchors=[root], at=NOW).subject
        for key in (keys.credential, keys.status)
    ]

    assert keys.issuer == f"{URL}/{LUCHENG}"
    assert [subject.split(",")[0] for subject in subjects] == [
        f"CN={Role.CREDENTIAL}",
        f"CN={Role.STATUS}",
    ]
    assert identifiers_of(keys.credential.chain[0]) == [keys.issuer]


def test_counties_with_keys_in_order(folder: Path, tmp_path: Path) -> None:
    assert counties_with_keys(folder) == (LUCHENG, "330326")
    assert counties_with_keys(tmp_path / "nowhere") == ()


def test_every_county_of_the_province_can_have_keys(tmp_path: Path) -> None:
    """The longest name must still fit where a certificate puts it."""
    codes = sorted(each.code for each in counties())
    Province(tmp_path).initialise(
        issuer_url=URL, counties=codes, verifier_url="https://counter.example", now=NOW
    )

    assert counties_with_keys(tmp_path) == tuple(codes)
    assert len(codes) == 90


def test_a_county_without_keys(folder: Path) -> None:
    with pytest.raises(MissingKeyError) as caught:
        load_county_keys(folder, base_url=URL, county="330303")

    assert "330303" in caught.value.detail
    assert "python -m keys init" in caught.value.remedy


@pytest.mark.parametrize("gone", ["credential.key", "credential.pem", "status.key", "status.pem"])
def test_a_county_with_half_its_keys(folder: Path, gone: str) -> None:
    (folder / "issuers" / LUCHENG / gone).unlink()

    with pytest.raises(MissingKeyError):
        load_county_keys(folder, base_url=URL, county=LUCHENG)


@pytest.mark.parametrize("base_url", ["https://elsewhere.example", f"{URL}:8101", f"{URL}/", ""])
def test_keys_made_for_another_address_are_refused_at_start(folder: Path, base_url: str) -> None:
    """Else every permit would be signed, handed out, and believed by nobody."""
    with pytest.raises(MissingKeyError, match="not certified for") as caught:
        load_county_keys(folder, base_url=base_url, county=LUCHENG)

    assert f"--issuer-url {base_url} --county {LUCHENG}" in caught.value.remedy


def test_another_countys_keys_put_in_its_place_are_refused(folder: Path) -> None:
    for suffix in (".key", ".pem"):
        other = folder / "issuers" / "330326" / f"status{suffix}"
        other.replace(folder / "issuers" / LUCHENG / f"status{suffix}")

    with pytest.raises(MissingKeyError, match="not certified for"):
        load_county_keys(folder, base_url=URL, county=LUCHENG)
