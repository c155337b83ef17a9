"""The door of the desk: wrong and right passwords, passkeys, first passwords, and leaving."""

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient
from msgspec.structs import replace

from issuer.app import Issuer
from issuer.attempt_limit import AttemptLimit
from issuer.officer import Role
from issuer.officer_account import Account, AccountName
from issuer.officers import Officers
from issuer.passkeys import Passkeys
from issuer.storage import IssuerStorage
from keys.clock import system_clock
from tests.issuer.soft_authenticator import SoftAuthenticator
from tests.issuer.web.desk_visitor import (
    PASSWORD,
    DeskVisitor,
    add_account,
    use_cheap_passwords,
    where,
)

LI, NAME = "li-3@330302", AccountName("330302", "li-3")
RIGHT, NEW = PASSWORD, "another horse battery"
ORIGIN = "http://localhost:8101"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    use_cheap_passwords(monkeypatch)


@pytest.fixture
def account(storage: IssuerStorage) -> Account:
    """An approver's, with a password of their own."""
    return add_account(storage, "li-3", Role.APPROVER)


@pytest.fixture
def visitor(http: AsyncTestClient[Litestar]) -> DeskVisitor:
    return DeskVisitor(http)


def keep(storage: IssuerStorage, account: Account) -> None:
    with storage.transaction() as tx:
        tx.replace_account(account)


def acts(storage: IssuerStorage) -> list[str]:
    with storage.reading() as register:
        return [entry.act for entry in register.audit("330302")]


async def test_the_right_password_opens_the_page_that_was_asked_for(
    visitor: DeskVisitor, account: Account, storage: IssuerStorage
) -> None:
    asked = where(await visitor.get("/desk/passkeys"))
    await visitor.get(asked)
    opened = await visitor.sign_in(LI, RIGHT, next="/desk/passkeys")

    assert asked == "/desk/sign-in?next=%2Fdesk%2Fpasskeys"
    assert where(opened) == "/desk/passkeys"
    assert (await visitor.get("/desk/passkeys")).status_code == 200
    assert acts(storage) == ["sign_in"]


async def test_a_wrong_password_and_nobody_are_told_the_same(
    visitor: DeskVisitor, account: Account
) -> None:
    wrong = await visitor.sign_in(LI, "wrong horse battery")
    without_name = wrong.text.replace(f'value="{LI}"', "value").replace(visitor.token, "")
    nobody = await visitor.sign_in("hu-1@330302", RIGHT)

    assert wrong.status_code == nobody.status_code == 403
    assert without_name == nobody.text.replace('value="hu-1@330302"', "value").replace(
        visitor.token, ""
    )
    assert "wrong horse battery" not in wrong.text
    assert visitor.session is None
    assert (await visitor.get("/desk/password")).status_code == 303


async def test_nobody_is_sent_away_by_a_link(visitor: DeskVisitor, account: Account) -> None:
    assert where(await visitor.sign_in(LI, RIGHT, next="https://evil.example/desk")) == "/desk"


async def test_signing_in_takes_a_new_name_for_the_session(
    visitor: DeskVisitor, account: Account, http: AsyncTestClient[Litestar]
) -> None:
    http.cookies.set("session", "planted-by-somebody-else", domain="127.0.0.1")
    await visitor.sign_in(LI, RIGHT)
    first = visitor.session
    await visitor.sign_in(LI, RIGHT)

    assert first not in {None, "planted-by-somebody-else"}
    assert visitor.session not in {None, first}
    http.cookies.clear()
    for old in ("planted-by-somebody-else", first):
        http.cookies.set("session", str(old), domain="127.0.0.1")
        assert where(await visitor.get("/desk/password")).startswith("/desk/sign-in")
        http.cookies.clear()


async def test_a_form_without_its_token_signs_nobody_in(
    visitor: DeskVisitor, account: Account
) -> None:
    await visitor.get("/desk/sign-in")
    visitor.token = "0" * 128
    answer = await visitor.post("/desk/sign-in", officer_id=LI, password=RIGHT)

    assert answer.status_code == 403
    assert visitor.session is None


async def test_leaving_ends_the_session_for_everybody_who_holds_its_name(
    visitor: DeskVisitor, account: Account, http: AsyncTestClient[Litestar], storage: IssuerStorage
) -> None:
    await visitor.sign_in(LI, RIGHT)
    await visitor.get("/desk/password")
    held = visitor.session
    assert where(await visitor.post("/desk/sign-out")) == "/desk/sign-in"

    http.cookies.set("session", str(held), domain="127.0.0.1")
    assert where(await visitor.get("/desk/password")).startswith("/desk/sign-in")
    assert acts(storage) == ["sign_in", "sign_out"]


async def test_leaving_is_a_form_and_not_a_link(visitor: DeskVisitor, account: Account) -> None:
    await visitor.sign_in(LI, RIGHT)

    assert (await visitor.get("/desk/sign-out")).status_code == 405
    assert (await visitor.get("/desk/password")).status_code == 200


async def test_nobody_may_leave_too(visitor: DeskVisitor, account: Account) -> None:
    await visitor.get("/desk/sign-in")

    assert where(await visitor.post("/desk/sign-out")) == "/desk/sign-in"


async def test_a_first_password_opens_nothing_but_the_change_of_it(
    visitor: DeskVisitor, account: Account, storage: IssuerStorage
) -> None:
    keep(storage, replace(account, must_change=True))
    await visitor.sign_in(LI, RIGHT, next="/desk/passkeys")
    before = where(await visitor.get("/desk/passkeys"))
    page = await visitor.get("/desk/password")
    session = visitor.session
    differs = await visitor.post("/desk/password", current=RIGHT, new=NEW, again=RIGHT)
    wrong = await visitor.post("/desk/password", current=NEW, new=NEW + "s", again=NEW + "s")
    short = await visitor.post("/desk/password", current=RIGHT, new="short", again="short")
    changed = await visitor.post("/desk/password", current=RIGHT, new=NEW, again=NEW)

    assert before == "/desk/password"
    assert "mainnav" not in page.text
    assert [answer.status_code for answer in (differs, wrong, short)] == [200, 403, 400]
    assert where(changed) == "/desk/passkeys"
    assert visitor.session != session
    assert "alert--good" in (await visitor.get("/desk/passkeys")).text


async def test_a_changed_password_ends_the_other_sessions(
    visitor: DeskVisitor, account: Account, http: AsyncTestClient[Litestar]
) -> None:
    await visitor.sign_in(LI, RIGHT)
    other = visitor.session
    http.cookies.clear()
    await visitor.sign_in(LI, RIGHT)
    await visitor.get("/desk/password")
    await visitor.post("/desk/password", current=RIGHT, new=NEW, again=NEW)
    assert (await visitor.get("/desk/password")).status_code == 200

    http.cookies.clear()
    http.cookies.set("session", str(other), domain="127.0.0.1")
    assert where(await visitor.get("/desk/password")).startswith("/desk/sign-in")


@pytest.fixture
async def device(issuer: Issuer, account: Account) -> SoftAuthenticator:
    """A security key that the officer has enrolled."""
    made = SoftAuthenticator(ORIGIN)
    pages = issuer.pages
    passkeys = Passkeys(pages.storage, system_clock, pages.one_time, base_url=ORIGIN)
    await passkeys.enrol(LI, "手机", made.make(await passkeys.enrolment(LI)))
    return made


async def test_the_password_alone_opens_nothing_where_a_passkey_is_enrolled(
    visitor: DeskVisitor, device: SoftAuthenticator, storage: IssuerStorage
) -> None:
    await visitor.sign_in(LI, RIGHT, next="/desk/passkeys")
    refused = [
        where(await visitor.get("/desk/passkeys")),
        where(await visitor.get("/desk/password")),
        where(await visitor.post("/desk/password", current=RIGHT, new=NEW, again=NEW)),
        where(await visitor.post("/desk/passkeys/remove", passkey="", password=RIGHT)),
    ]
    page = await visitor.get("/desk/second-factor")
    session = visitor.session
    opened = await visitor.post(
        "/desk/second-factor", answer=device.show(visitor.options()).decode()
    )

    assert set(refused) == {"/desk/second-factor"}
    assert f'data-origin="{ORIGIN}"' in page.text
    assert "mainnav" not in page.text
    assert where(opened) == "/desk/passkeys"
    assert visitor.session != session
    assert (await visitor.get("/desk/passkeys")).status_code == 200
    assert where(await visitor.get("/desk/second-factor")) == "/desk/passkeys"
    assert acts(storage) == ["enrol_passkey", "sign_in", "show_passkey"]


async def test_an_answer_in_pieces_and_a_wrong_one(
    visitor: DeskVisitor, device: SoftAuthenticator
) -> None:
    await visitor.sign_in(LI, RIGHT)
    await visitor.get("/desk/second-factor")
    asked = visitor.options()
    wrong = await visitor.post(
        "/desk/second-factor",
        answer=device.show(asked, origin="https://evil.example").decode(),
    )
    again = device.show(visitor.options()).decode()
    pieces = [again[at : at + 100] for at in range(0, len(again), 100)]
    opened = await visitor.post("/desk/second-factor", answer=pieces)

    assert wrong.status_code == 403
    assert "passkey_refused" in wrong.text
    assert visitor.options() != asked
    assert where(opened) == "/desk"


async def test_a_passkey_that_was_shown_stays_so_after_a_new_password(
    visitor: DeskVisitor, device: SoftAuthenticator
) -> None:
    await visitor.sign_in(LI, RIGHT)
    await visitor.get("/desk/second-factor")
    await visitor.post("/desk/second-factor", answer=device.show(visitor.options()).decode())
    await visitor.get("/desk/password")
    await visitor.post("/desk/password", current=RIGHT, new=NEW, again=NEW)

    assert (await visitor.get("/desk/passkeys")).status_code == 200


async def test_too_many_tries_are_not_even_looked_at(
    visitor: DeskVisitor, account: Account, issuer: Issuer, storage: IssuerStorage
) -> None:
    limit = AttemptLimit(issuer.pages.one_time, "desk-account", tries=20, window_s=900)
    for _ in range(20):
        await limit.spend(LI)
    answer = await visitor.sign_in(LI, RIGHT)

    assert answer.status_code == 429
    assert acts(storage) == []


async def test_a_disabled_officer_is_out_at_the_next_click(
    visitor: DeskVisitor, account: Account, storage: IssuerStorage
) -> None:
    await visitor.sign_in(LI, RIGHT)
    Officers(storage, system_clock).disable(NAME, by=None)

    assert where(await visitor.get("/desk/passkeys")).startswith("/desk/sign-in")
