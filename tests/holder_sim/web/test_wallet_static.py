"""Files, manifest and worker: what an installed wallet is made of."""

from typing import Any

import pytest

from holder_sim.web.wallet_static import (
    ASK_AGAIN,
    FOREVER,
    SHELL,
    WORKER,
    static_address,
    static_digest,
    static_files,
)


@pytest.mark.parametrize("name", sorted(static_files()))
async def test_every_file_is_served_as_what_it_is(wallet_page: Any, name: str) -> None:
    answer = await wallet_page.get(static_address(name))

    file = static_files()[name]
    assert answer.content == file.content
    # Litestar adds the character set to text, and twice is once too often.
    kind, _, charset = answer.headers["content-type"].partition("; ")
    assert (kind, charset) == (file.media_type, "charset=utf-8" * kind.startswith("text/"))
    assert answer.headers["cache-control"] == FOREVER


async def test_another_versions_address_is_not_kept(wallet_page: Any) -> None:
    answer = await wallet_page.get("/static/0000/wallet.css")

    assert (answer.status_code, answer.headers["cache-control"]) == (200, ASK_AGAIN)


@pytest.mark.parametrize("name", ["..%2Fwallet_static.py", "wallet_static.py", "%00", "wallet"])
async def test_nothing_else_is_served(wallet_page: Any, name: str) -> None:
    assert (await wallet_page.get(f"/static/{static_digest()}/{name}")).status_code == 404


def test_a_template_that_names_no_file_fails() -> None:
    with pytest.raises(KeyError):
        static_address("wallet_nothing.js")


@pytest.mark.parametrize(("language", "name"), [("zh-CN", "卡包"), ("en", "Wallet")])
async def test_the_manifest_is_in_the_language_of_the_pages(
    wallet_page: Any, language: str, name: str
) -> None:
    answer = await wallet_page.get("/wallet.webmanifest", headers={"accept-language": language})
    manifest = answer.json()

    assert answer.headers["content-type"].startswith("application/manifest+json")
    assert (manifest["short_name"], manifest["lang"]) == (name, language)
    assert (manifest["display"], manifest["start_url"]) == ("standalone", "/")
    for icon in manifest["icons"]:
        assert (await wallet_page.get(icon["src"])).headers["content-type"] == "image/png"


async def test_the_worker_knows_its_version_and_the_shell(wallet_page: Any) -> None:
    answer = await wallet_page.get("/service-worker.js")

    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == ASK_AGAIN
    assert '"SHELL"' not in answer.text
    assert static_digest() in answer.text
    assert static_address("wallet_code.js") in answer.text
    assert static_address(WORKER) not in answer.text


@pytest.mark.parametrize("path", SHELL)
async def test_what_the_worker_keeps_is_there_and_says_nothing_of_anybody(
    wallet_with_permit: Any, pass_face: Any, path: str
) -> None:
    """Even unlocked: pages hold no claim, so they can be kept."""
    for purpose in ("view", "present", "collect"):
        await pass_face(purpose)

    answer = await wallet_with_permit.get(path)

    assert answer.status_code == 200
    for personal in ("买买提", "0007", "示范路", "330302-2025"):
        assert personal not in answer.text
