"""The bundle over HTTP: whole, not at all, or only what changed."""

import shutil
from typing import Any

from litestar import Litestar
from litestar.testing import AsyncTestClient
from msgspec.structs import replace

from verifier.app import create_app
from verifier.bundle_manifest import BUNDLE_MEDIA_TYPE
from verifier.counter_bundle import read_bundle
from verifier.knowledge import Knowledge
from verifier.settings import Settings

Http = AsyncTestClient[Litestar]


async def test_a_verifier_with_a_key_serves_what_it_made(http: Http, settings: Settings) -> None:
    answer = await http.get("/bundle")

    known = Knowledge(settings)
    bundle = read_bundle(answer.content, root=known.root, at=known.clock())
    assert answer.headers["content-type"] == BUNDLE_MEDIA_TYPE
    assert answer.headers["etag"] == f'"{bundle.etag}"'
    assert answer.headers["cache-control"] == "no-cache"
    assert len(bundle.trust_list.issuers) == 2


async def test_who_has_it_already_is_told_so(http: Http) -> None:
    tag = (await http.get("/bundle")).headers["etag"]

    answer = await http.get(
        "/bundle", params={"base": tag.strip('"')}, headers={"if-none-match": tag}
    )

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == tag


async def test_who_names_a_base_gets_the_changes(http: Http, settings: Settings) -> None:
    whole = await http.get("/bundle")
    base = whole.headers["etag"].strip('"')

    changes = await http.get("/bundle", params={"base": base})
    unknown = await http.get("/bundle", params={"base": "0" * 64})

    known = Knowledge(settings)
    bundle = read_bundle(whole.content, root=known.root, at=known.clock())
    again = read_bundle(changes.content, root=known.root, at=known.clock(), base=bundle.parts)
    assert len(changes.content) < len(whole.content) / 2
    assert again == bundle
    assert unknown.content == whole.content


async def test_a_verifier_without_one_says_what_to_do(settings: Settings, tmp_path: Any) -> None:
    for ending in (".key", ".pem"):
        shutil.copy(settings.request_key + ending, tmp_path)
    alone = replace(settings, request_key=str(tmp_path / "request"))
    app: Any = create_app(alone)
    async with AsyncTestClient(app) as http:
        answer = await http.get("/bundle")

    assert (answer.status_code, answer.json()["error"]) == (404, "no_bundle")
    assert "VERIFIER_BUNDLE_SOURCE" in answer.json()["remedy"]
