"""Documents for anyone, where the specifications say they stand."""

import json
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from keys.certificates import certificate_from_pem
from keys.clock import system_clock
from keys.trust_list import read_trust_list
from schemas.endpoint_url import well_known_url
from schemas.openid4vci import AUTHORIZATION_SERVER, CREDENTIAL_ISSUER
from schemas.permit_credential import PERMIT_VCT

IDENTIFIER = "http://127.0.0.1:8101/330302"


@pytest.mark.parametrize(
    ("name", "member"), [(CREDENTIAL_ISSUER, "credential_issuer"), (AUTHORIZATION_SERVER, "issuer")]
)
async def test_vci_1_2_metadata_is_json_at_the_inserted_path(
    http: AsyncTestClient[Litestar], name: str, member: str
) -> None:
    address = well_known_url(IDENTIFIER, name)

    for accept in ("application/json", "application/jwt", "*/*", "text/html"):
        answer = await http.get(address, headers={"Accept": accept})

        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["cache-control"] == "max-age=300, public"
        assert answer.json()[member] == IDENTIFIER


@pytest.mark.parametrize(
    "path",
    [
        "/330302/.well-known/openid-credential-issuer",  # the form of old drafts
        "/.well-known/openid-credential-issuer",
        "/.well-known/openid-credential-issuer/330303",
        "/.well-known/oauth-authorization-server/999999",
        "/.well-known/openid-configuration/330302",
    ],
)
async def test_vci_1_nothing_stands_elsewhere(http: AsyncTestClient[Litestar], path: str) -> None:
    answer = await http.get(path)

    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


async def test_every_endpoint_in_the_metadata_is_there(http: AsyncTestClient[Litestar]) -> None:
    issuer = (await http.get(well_known_url(IDENTIFIER, CREDENTIAL_ISSUER))).json()
    server = (await http.get(well_known_url(IDENTIFIER, AUTHORIZATION_SERVER))).json()

    answers = {
        endpoint: (await http.post(endpoint)).status_code
        for endpoint in (
            issuer["nonce_endpoint"],
            issuer["credential_endpoint"],
            server["token_endpoint"],
        )
    }

    assert list(answers.values()) == [200, 401, 400]


async def test_the_permits_type_is_served_as_published(http: AsyncTestClient[Litestar]) -> None:
    answer = await http.get("/vct/residence-permit")
    again = await http.get(
        "/vct/residence-permit", headers={"If-None-Match": answer.headers["etag"]}
    )

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    assert json.loads(answer.content)["vct"] == PERMIT_VCT
    assert (again.status_code, again.content) == (304, b"")


async def test_the_trust_list_is_the_one_that_lies_in_the_folder_now(
    http: AsyncTestClient[Litestar], keys_dir: Path
) -> None:
    root = certificate_from_pem((keys_dir / "root.pem").read_bytes())

    answer = await http.get("/trust-list")
    again = await http.get("/trust-list", headers={"If-None-Match": answer.headers["etag"]})

    assert answer.headers["content-type"].startswith("application/jwt")
    entry = read_trust_list(answer.text, root=root, at=system_clock()).issuer(
        IDENTIFIER, on=system_clock().date()
    )
    assert entry.counties == ("330302",)
    assert (again.status_code, again.content) == (304, b"")


async def test_a_newer_trust_list_is_served_without_a_restart(
    http: AsyncTestClient[Litestar], keys_dir: Path
) -> None:
    file = keys_dir / "trust-list.jwt"
    before = file.read_text()
    try:
        file.write_text("newer.trust.list\n")
        answer = await http.get("/trust-list")
        file.unlink()
        gone = await http.get("/trust-list")
        sick = await http.get("/health")
    finally:
        file.write_text(before)

    assert answer.text == "newer.trust.list"
    assert (gone.status_code, gone.json()["error"]) == (503, "not_ready")
    assert (sick.status_code, sick.json()["error"]) == (503, "not_ready")


async def test_health_names_the_counties_served(http: AsyncTestClient[Litestar]) -> None:
    answer = await http.get("/health")

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {"status": "ok", "counties": ["330302", "330326"]}
