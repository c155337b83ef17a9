"""The officer of a session: what is missing leads there, and tries are counted."""

from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar, Request
from litestar.testing import AsyncTestClient

from issuer.app import Issuer
from issuer.officer import Role
from issuer.officer_account import AccountName
from issuer.officers import Officers
from issuer.storage import IssuerStorage
from issuer.web.desk_session import (
    desk_path,
    passkey_answer,
    source_of,
)
from issuer.web.page_forms import Form
from keys.clock import system_clock
from tests.issuer.web.desk_visitor import (
    PASSWORD,
    DeskVisitor,
    add_account,
    use_cheap_passwords,
    where,
)

LI = "li-3@330302"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/desk", "/desk"),
        ("/desk/permits?show=due", "/desk/permits?show=due"),
        ("", "/desk"),
        ("/", "/desk"),
        ("/deskevil", "/desk"),
        ("/apply", "/desk"),
        ("//evil.example/desk/", "/desk"),
        ("https://evil.example/desk/", "/desk"),
        ("/desk/\r\nx", "/desk"),
        ("/\\evil.example/desk/", "/desk"),
    ],
)
def test_only_pages_of_the_desk_are_gone_to(text: str, path: str) -> None:
    assert desk_path(text) == path


def test_an_answer_in_pieces_is_put_together() -> None:
    assert passkey_answer(Form({"answer": ['{"a":', '"b"}']}, [])) == b'{"a":"b"}'
    assert passkey_answer(Form({}, [])) == b""


def test_a_place_is_an_address_of_the_network() -> None:
    def seen(client: tuple[str, int] | None) -> str:
        scope: Any = {"type": "http", "client": client, "headers": []}
        return source_of(Request(scope))

    assert (seen(("192.0.2.7", 4711)), seen(None)) == ("192.0.2.7", "")


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    use_cheap_passwords(monkeypatch)


@pytest.fixture
async def visitor(http: AsyncTestClient[Litestar], storage: IssuerStorage) -> DeskVisitor:
    """An approver who has signed in."""
    add_account(storage, "li-3", Role.APPROVER)
    arrived = DeskVisitor(http)
    await arrived.sign_in(LI, PASSWORD)
    return arrived


async def test_a_role_that_is_taken_is_gone_at_the_next_click(
    visitor: DeskVisitor, storage: IssuerStorage
) -> None:
    officers = Officers(storage, system_clock)
    name = AccountName("330302", "li-3")
    officers.change_roles(name, {Role.ADMINISTRATOR}, by=None)
    with_role = await visitor.get("/desk/officers")
    officers.change_roles(name, {Role.REGISTRAR}, by=None)
    without = await visitor.get("/desk/officers")

    assert (with_role.status_code, without.status_code) == (200, 403)
    assert "mainnav" in with_role.text


async def test_a_form_of_a_session_that_ended_leads_to_the_desk_not_to_the_form(
    visitor: DeskVisitor, storage: IssuerStorage
) -> None:
    Officers(storage, system_clock).disable(AccountName("330302", "li-3"), by=None)

    assert where(await visitor.post("/desk/officers", id="x")) == "/desk/sign-in"
    assert where(await visitor.get("/desk/officers")) == "/desk/sign-in?next=%2Fdesk%2Fofficers"


async def test_a_session_ends_when_nobody_comes_and_when_the_day_is_over(
    visitor: DeskVisitor, issuer: Issuer
) -> None:
    """Here the day; idle ones are the store's, tested with the sessions of all pages."""
    clock = issuer.pages.settings.clock_path
    assert clock is not None
    shift = timedelta(seconds=issuer.pages.settings.session_absolute_s)
    clock.write_text(str(int(shift.total_seconds()) - 60))
    before = await visitor.get("/desk/passkeys")
    clock.write_text(str(int(shift.total_seconds()) + 1))

    assert before.status_code == 200
    assert where(await visitor.get("/desk/passkeys")).startswith("/desk/sign-in")
    assert issuer.pages.settings.session_absolute_s <= 12 * 3600
    assert issuer.pages.settings.session_idle_s == 30 * 60
