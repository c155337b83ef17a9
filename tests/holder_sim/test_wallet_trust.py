"""The trust list as a wallet holds it: newest that holds, never an older one."""

from pathlib import Path
from typing import Any

import pytest

from holder_sim.errors import UnreachableError
from holder_sim.wallet_trust import WalletTrust
from keys.errors import ChainError, TrustError, TrustListError


@pytest.fixture
def publish(web: Any, province: Any, new_answer: Any) -> Any:
    def put(token: str | None = None, **changes: Any) -> None:
        text = token or province.trust_token(**changes)
        web.put("/trust-list", new_answer(text.encode(), media_type="application/jwt"))

    return put


async def test_the_newest_is_fetched_each_time(phone: Any, publish: Any) -> None:
    assert (await phone.trust.current()).sequence == 7
    publish(sequence=8)

    assert (await phone.trust.current()).sequence == 8


async def test_what_is_held_needs_no_network(phone: Any, web: Any) -> None:
    await phone.trust.current()
    web.clear()

    assert (await phone.trust.held()).sequence == 7
    assert web.asked == []
    assert (await phone.trust.current()).sequence == 7  # asked in vain


async def test_with_nothing_held_and_no_network_there_is_none(phone: Any, web: Any) -> None:
    web.clear()

    for ask in (phone.trust.current, phone.trust.held):
        with pytest.raises(UnreachableError):
            await ask()


async def test_an_older_list_than_the_one_held_is_refused(phone: Any, publish: Any) -> None:
    await phone.trust.current()
    publish(sequence=6)

    with pytest.raises(TrustListError, match="older"):
        await phone.trust.current()
    assert (await phone.trust.held()).sequence == 7


async def test_a_list_that_is_over_is_replaced_before_it_is_used(
    phone: Any, publish: Any, clock: Any, province: Any
) -> None:
    await phone.trust.current()
    clock.forward(31 * 86400)
    publish(sequence=8, exp=int(clock.now.timestamp()) + 86400)

    assert (await phone.trust.held()).sequence == 8


async def test_a_list_that_is_over_does_not_give_way_to_an_older_one(
    phone: Any, publish: Any, clock: Any
) -> None:
    """An attacker keeps a longer-lived list of before a county was struck from it."""
    publish(sequence=8, exp=int(clock.now.timestamp()) + 86400)
    await phone.trust.current()
    clock.forward(2 * 86400)
    publish()

    with pytest.raises(TrustListError, match="older"):
        await phone.trust.held()


async def test_a_list_that_is_over_says_nothing(phone: Any, clock: Any, web: Any) -> None:
    await phone.trust.current()
    clock.forward(31 * 86400)
    web.clear()

    with pytest.raises(TrustError):
        await phone.trust.held()


async def test_a_list_of_another_province_is_refused(
    phone: Any, publish: Any, province: Any
) -> None:
    publish(type(province)(province.issuer).trust_token())

    with pytest.raises(ChainError):
        await phone.trust.current()


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "é" * 9])
async def test_what_is_no_list_is_refused(phone: Any, publish: Any, token: str) -> None:
    publish(token)

    with pytest.raises(TrustError):
        await phone.trust.current()


async def test_a_file_serves_as_well(phone: Any, province: Any, tmp_path: Path) -> None:
    trust = WalletTrust(
        source=str(tmp_path / "list.jwt"),
        root_certificate=tmp_path / "root.pem",
        directory=tmp_path,
        http=phone.http,
        clock=phone.clock,
    )
    with pytest.raises(UnreachableError, match=r"list\.jwt"):
        await trust.current()
    (tmp_path / "list.jwt").write_text(province.trust_token() + "\n", encoding="ascii")

    assert (await trust.current()).sequence == 7


@pytest.mark.parametrize("content", [None, b"", b"not a certificate"])
def test_without_a_root_nothing_is_believed(
    phone: Any, tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "other.pem").write_bytes(content)

    with pytest.raises(TrustListError, match="no usable root") as caught:
        WalletTrust(
            source="",
            root_certificate=tmp_path / "other.pem",
            directory=tmp_path,
            http=phone.http,
            clock=phone.clock,
        )
    assert "HOLDER_ROOT_CERTIFICATE" in caught.value.remedy


async def test_the_list_on_disk_is_checked_like_one_from_the_network(
    phone: Any, province: Any, web: Any
) -> None:
    await phone.trust.current()
    web.clear()
    forged = type(province)(province.issuer).trust_token()
    (phone.directory / "trust-list.jwt").write_text(forged, encoding="ascii")

    with pytest.raises(ChainError):
        await phone.trust.held()


async def test_the_list_on_disk_is_read_without_asking_anybody(phone: Any, web: Any) -> None:
    assert phone.trust.on_disk() is None
    fetched = await phone.trust.current()
    web.clear()

    assert phone.trust.on_disk() == fetched
    assert web.asked == []


async def test_a_list_on_disk_whose_time_is_over_is_none(phone: Any, clock: Any) -> None:
    await phone.trust.current()
    clock.forward(400 * 86400)

    with pytest.raises(TrustListError):
        phone.trust.on_disk()
