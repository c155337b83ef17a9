"""An officer's own passkeys: made and taken off, never without the password."""

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from issuer.officer import Role
from issuer.officer_account import Account, Passkey
from issuer.storage import IssuerStorage
from schemas.base64url import b64url_encode
from tests.issuer.soft_authenticator import SoftAuthenticator
from tests.issuer.web.desk_visitor import (
    PASSWORD,
    DeskVisitor,
    add_account,
    use_cheap_passwords,
    where,
)

LI = "li-3@330302"
ORIGIN = "http://localhost:8101"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    use_cheap_passwords(monkeypatch)


@pytest.fixture
def account(storage: IssuerStorage) -> Account:
    return add_account(storage, "li-3", Role.REGISTRAR)


@pytest.fixture
async def visitor(http: AsyncTestClient[Litestar], account: Account) -> DeskVisitor:
    """An officer in front of their list."""
    arrived = DeskVisitor(http)
    await arrived.sign_in(LI, PASSWORD)
    assert "尚未登记通行密钥" in (await arrived.get("/desk/passkeys")).text
    return arrived


def kept(storage: IssuerStorage, account: Account) -> tuple[Passkey, ...]:
    with storage.reading() as register:
        return register.account(account.account_name).passkeys


async def test_a_passkey_is_made_shown_in_the_list_and_taken_off(
    visitor: DeskVisitor, storage: IssuerStorage, account: Account
) -> None:
    device = SoftAuthenticator(ORIGIN)
    asked = await visitor.post("/desk/passkeys", name="办公电脑", password=PASSWORD)
    answer = device.make(visitor.options()).decode()
    session = visitor.session
    made = where(await visitor.post("/desk/passkeys/new", name="办公电脑", answer=answer))
    listed = await visitor.get("/desk/passkeys")
    (held,) = kept(storage, account)
    removed = where(
        await visitor.post(
            "/desk/passkeys/remove", passkey=b64url_encode(held.credential_id), password=PASSWORD
        )
    )

    assert asked.headers["cache-control"] == "no-store"
    assert made == removed == "/desk/passkeys"
    assert visitor.session != session, "the session is worth more, so it has a new name"
    assert "办公电脑" in listed.text
    assert kept(storage, account) == ()
    assert "尚未登记通行密钥" in (await visitor.get("/desk/passkeys")).text


async def test_without_the_password_nothing_is_made_or_taken_off(
    visitor: DeskVisitor, storage: IssuerStorage, account: Account
) -> None:
    asked = await visitor.post("/desk/passkeys", name="手机", password="wrong")
    nameless = await visitor.post("/desk/passkeys", name="", password=PASSWORD)
    removed = await visitor.post("/desk/passkeys/remove", passkey="AAAA", password="wrong")

    assert [answer.status_code for answer in (asked, nameless, removed)] == [403, 403, 403]
    assert "data-options" not in asked.text + nameless.text
    with storage.reading() as register:
        acts = [entry.act for entry in register.audit()]
    assert acts == ["sign_in", "sign_in_failed", "sign_in_failed"]


async def test_an_answer_nobody_asked_for_enrols_nothing(
    visitor: DeskVisitor, storage: IssuerStorage, account: Account
) -> None:
    for answer in ("", "{}", '{"id":"a"}'):
        refused = await visitor.post("/desk/passkeys/new", name="手机", answer=answer)
        assert refused.status_code == 403, refused.text

    assert kept(storage, account) == ()


async def test_what_is_not_enrolled_is_not_taken_off(visitor: DeskVisitor) -> None:
    for passkey in ("", "AAAA", "**"):
        refused = await visitor.post("/desk/passkeys/remove", passkey=passkey, password=PASSWORD)
        assert refused.status_code in {400, 403}


async def test_nobody_else_sees_them(http: AsyncTestClient[Litestar]) -> None:
    stranger = DeskVisitor(http)
    await stranger.get("/desk/sign-in")

    for path in ("/desk/passkeys", "/desk/passkeys/new", "/desk/passkeys/remove"):
        assert where(await stranger.post(path)) == "/desk/sign-in"
