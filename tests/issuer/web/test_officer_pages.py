"""The county's officers on pages: whatever the page shows, the service decides."""

import re

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient
from msgspec.structs import replace

from issuer.officer import Role
from issuer.officer_account import Account, AccountName, Passkey
from issuer.storage import IssuerStorage
from keys.clock import system_clock
from tests.issuer.web.desk_visitor import (
    PASSWORD,
    DeskVisitor,
    add_account,
    use_cheap_passwords,
    where,
)

HU = AccountName("330302", "hu-1")
ACTS = ("roles", "disable", "enable", "password", "passkeys")


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    use_cheap_passwords(monkeypatch)


@pytest.fixture
def hu(storage: IssuerStorage) -> Account:
    """The officer that is looked at."""
    return add_account(storage, "hu-1", Role.REGISTRAR)


async def signed_in(
    http: AsyncTestClient[Litestar], storage: IssuerStorage, officer_id: str, role: Role
) -> DeskVisitor:
    add_account(storage, officer_id, role)
    visitor = DeskVisitor(http)
    await visitor.sign_in(f"{officer_id}@330302", PASSWORD)
    return visitor


def kept(storage: IssuerStorage, name: AccountName = HU) -> Account:
    with storage.reading() as register:
        return register.account(name)


async def test_an_administrator_makes_an_account_and_keeps_it(
    http: AsyncTestClient[Litestar], storage: IssuerStorage
) -> None:
    sun = await signed_in(http, storage, "sun-9", Role.ADMINISTRATOR)
    listed = await sun.get("/desk/officers")
    made = await sun.post("/desk/officers", id="hu-1", name="胡示范", role=["registrar", "auditor"])
    first = re.search(r'password">([a-z2-9-]+)<', made.text)
    after = await sun.get("/desk/officers/hu-1")

    assert listed.status_code == made.status_code == after.status_code == 200
    assert first is not None
    assert first[1] not in after.text, "shown once"
    assert made.headers["cache-control"] == "no-store"
    assert kept(storage).roles == {Role.REGISTRAR, Role.AUDITOR}
    assert where(await sun.post("/desk/officers/hu-1/roles", role="approver")).endswith("/hu-1")
    assert kept(storage).roles == {Role.APPROVER}
    assert where(await sun.post("/desk/officers/hu-1/disable")).endswith("/hu-1")
    assert kept(storage).disabled
    assert where(await sun.post("/desk/officers/hu-1/enable")).endswith("/hu-1")
    assert not kept(storage).disabled
    with storage.transaction() as tx:
        key = Passkey(b"id", b"key", 0, "手机", system_clock())
        tx.replace_account(replace(kept(storage), passkeys=(key,)))
    assert where(await sun.post("/desk/officers/hu-1/passkeys")).endswith("/hu-1")
    assert kept(storage).passkeys == ()
    renewed = await sun.post("/desk/officers/hu-1/password")
    assert first[1] not in renewed.text
    assert re.search(r'password">[a-z2-9-]{23}<', renewed.text)


async def test_a_form_with_a_fault_comes_back_as_it_was_filled_in(
    http: AsyncTestClient[Litestar], storage: IssuerStorage, hu: Account
) -> None:
    sun = await signed_in(http, storage, "sun-9", Role.ADMINISTRATOR)
    await sun.get("/desk/officers")
    taken = await sun.post("/desk/officers", id="hu-1", name="胡<b>", role=["auditor", "nobody"])
    both = await sun.post("/desk/officers/hu-1/roles", role=["administrator", "approver"])

    assert (taken.status_code, both.status_code) == (403, 403)
    assert "胡&lt;b&gt;" in taken.text
    assert re.search(r'value="auditor"[^>]* checked', taken.text)
    assert kept(storage) == hu


async def test_an_auditor_reads_and_changes_nothing(
    http: AsyncTestClient[Litestar], storage: IssuerStorage, hu: Account
) -> None:
    zhao = await signed_in(http, storage, "zhao-7", Role.AUDITOR)
    listed, shown = await zhao.get("/desk/officers"), await zhao.get("/desk/officers/hu-1")
    refused = [
        (await zhao.post(f"/desk/officers/hu-1/{act}", role="auditor")).status_code for act in ACTS
    ]

    assert listed.status_code == shown.status_code == 200
    assert 'action="/desk/officers' not in listed.text + shown.text
    assert refused == [403] * 5
    assert kept(storage) == hu


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.APPROVER])
async def test_nobody_else_sees_them(
    http: AsyncTestClient[Litestar], storage: IssuerStorage, hu: Account, role: Role
) -> None:
    visitor = await signed_in(http, storage, "li-3", role)
    seen = [await visitor.get(path) for path in ("/desk/officers", "/desk/officers/hu-1")]
    made = await visitor.post("/desk/officers", id="hu-2", name="胡", role="auditor")

    assert [answer.status_code for answer in (*seen, made)] == [403] * 3
    with storage.reading() as register:
        assert [account.id for account in register.accounts()] == ["hu-1", "li-3"]


async def test_nobody_changes_their_own_account_here(
    http: AsyncTestClient[Litestar], storage: IssuerStorage
) -> None:
    sun = await signed_in(http, storage, "sun-9", Role.ADMINISTRATOR)
    page = await sun.get("/desk/officers/sun-9")
    refused = [
        (await sun.post(f"/desk/officers/sun-9/{act}", role="auditor")).status_code for act in ACTS
    ]

    assert 'action="/desk/officers/sun-9' not in page.text
    assert refused == [403] * 5


async def test_who_is_not_there_is_not_found(
    http: AsyncTestClient[Litestar], storage: IssuerStorage
) -> None:
    sun = await signed_in(http, storage, "sun-9", Role.ADMINISTRATOR)

    for answer in (
        await sun.get("/desk/officers/nobody"),
        await sun.post("/desk/officers/n/enable"),
    ):
        assert answer.status_code == 404
        assert "unknown_officer" in answer.text
