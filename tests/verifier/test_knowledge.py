"""What the settings make of a verifier: a maker of bundles, a fed one, one without network."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from keys.errors import TrustListError
from keys.province import Province
from keys.signing_key import MissingKeyError
from verifier.bundle_exchange import ITEMS_COPY
from verifier.errors import FetchError, ItemsFileError
from verifier.knowledge import Knowledge, items_file
from verifier.service_items import ITEMS_FILE
from verifier.settings import Settings


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    Province(folder).initialise(
        issuer_url="http://127.0.0.1:9",
        counties=["330302"],
        verifier_url="http://127.0.0.1:8102",
        now=datetime.now(UTC),
    )
    return folder


@pytest.fixture
def settings(keys: Path, tmp_path: Path) -> Settings:
    return Settings(
        state_dir=str(tmp_path),
        root_certificate=str(keys / "root.pem"),
        request_key=str(keys / "verifier" / "request"),
    )


def test_a_key_beside_the_request_key_makes_bundles(settings: Settings, tmp_path: Path) -> None:
    elsewhere = replace(settings, request_key=str(tmp_path / "request"))

    assert Knowledge(settings).exchange.makes is True
    assert Knowledge(elsewhere).exchange.makes is False


def test_a_key_that_is_named_must_be_there(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(MissingKeyError):
        Knowledge(replace(settings, bundle_key=str(tmp_path / "none")))


async def test_offline_means_that_nobody_is_asked(settings: Settings) -> None:
    known = Knowledge(replace(settings, offline=True, bundle_source="http://127.0.0.1:9/bundle"))

    with pytest.raises(FetchError, match="without a network"):
        await known.fetcher.get("http://127.0.0.1:9/", accept="*/*", max_bytes=1)
    assert await known.exchange.come_in() is False


def test_without_a_root_nothing_is_believed(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(TrustListError, match="VERIFIER_ROOT_CERTIFICATE"):
        Knowledge(replace(settings, root_certificate=str(tmp_path / "none")))


def test_whose_service_items_count(settings: Settings, tmp_path: Path) -> None:
    fed = replace(settings, request_key=str(tmp_path / "request"))
    own = tmp_path / "own.toml"
    assert items_file(fed) == ITEMS_FILE
    copy = settings.bundle_dir / ITEMS_COPY
    copy.parent.mkdir()
    copy.write_bytes(b"")

    assert items_file(fed) == copy
    assert items_file(settings) == ITEMS_FILE, "who makes bundles goes by its own"
    assert items_file(replace(fed, service_items=str(own))) == own
    with pytest.raises(ItemsFileError):
        Knowledge(replace(fed, service_items=str(own)))
