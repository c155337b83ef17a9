"""The county's officers: the list, a new account, and what is done to one.

A first password is on the answer to the form that made it and nowhere else: no address leads
to it, and no browser keeps the page.
"""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from issuer.officer import Officer, Role
from issuer.officer_account import MAX_NAME, Account, AccountName
from issuer.officers import Officers
from issuer.web.error_sentences import N_
from issuer.web.page_errors import explain
from issuer.web.page_forms import Form
from issuer.web.page_rendering import render
from issuer.web.page_sessions import say
from schemas.errors import ServiceError

HERE = "/desk/officers"
ROLES = {
    Role.REGISTRAR: (N_("Registrar"), N_("Serves at the counter: enters, asks, offers, prints.")),
    Role.APPROVER: (N_("Approver"), N_("Decides: grants, refuses, endorses, suspends, revokes.")),
    Role.AUDITOR: (N_("Auditor"), N_("Reads records and the audit log, and changes nothing.")),
    Role.ADMINISTRATOR: (N_("Administrator"), N_("Keeps these accounts, and decides nothing.")),
}
"""Name and task of each role, as msgids."""
ROLES_CHANGED = N_("The roles are changed; they count from now on.")
DISABLED = N_("The account is disabled. Sessions that were open have ended.")
ENABLED = N_("The account is open again.")
FORGOTTEN = N_("The passkeys are taken off. The password alone opens the account.")


class OfficerController(Controller):
    """For administrators of the county; its auditors see the list."""

    path = HERE

    @get("/", sync_to_thread=True)
    def listed(
        self,
        request: Request[Any, Any, Any],
        officer: NamedDependency[Officer],
        officers: NamedDependency[Officers],
    ) -> Response[str]:
        """Everybody who has an account, and a form for a new one."""
        return _list(request, officer, officers)

    @post("/", status_code=HTTP_200_OK, sync_to_thread=True)
    def add(
        self,
        request: Request[Any, Any, Any],
        form: NamedDependency[Form],
        officer: NamedDependency[Officer],
        officers: NamedDependency[Officers],
    ) -> Response[str]:
        """A new account; its first password is shown on this answer."""
        name = AccountName(officer.county, form.text("id"))
        try:
            made, password = officers.add(name, form.text("name"), _roles(form), by=officer)
        except ServiceError as error:
            return _list(request, officer, officers, given=form, error=error)
        return _one(request, officer, made, password=password)

    @get("/{officer_id:str}", sync_to_thread=True)
    def shown(
        self,
        request: Request[Any, Any, Any],
        officer_id: FromPath[str],
        officer: NamedDependency[Officer],
        officers: NamedDependency[Officers],
    ) -> Response[str]:
        """One account, and what can be done to it."""
        return _one(request, officer, officers.account(_named(officer, officer_id), by=officer))

    @post("/{officer_id:str}/roles", status_code=HTTP_200_OK, sync_to_thread=True)
    def change_roles(
        self,
        request: Request[Any, Any, Any],
        officer_id: FromPath[str],
        form: NamedDependency[Form],
        officer: NamedDependency[Officer],
        officers: NamedDependency[Officers],
    ) -> Response[Any]:
        """Other roles."""
        name = _named(officer, officer_id)
        try:
            officers.change_roles(name, _roles(form), by=officer)
        except ServiceError as error:
            return _one(request, officer, officers.account(name, by=officer), error=error)
        return _done(request, officer_id, ROLES_CHANGED)

    @post("/{officer_id:str}/disable", status_code=HTTP_303_SEE_OTHER, sync_to_thread=True)
    def disable(
        self,
        request: Request[Any, Any, Any],
        officer_id: FromPath[str],
        officer: NamedDependency[Officer],
        officers: NamedDependency[Officers],
    ) -> Redirect:
        """Close the account."""
        officers.disable(_named(officer, officer_id), by=officer)
        return _done(request, officer_id, DISABLED)

    @post("/{officer_id:str}/enable", status_code=HTTP_303_SEE_OTHER, sync_to_thread=True)
    def enable(
        self,
        request: Request[Any, Any, Any],
        officer_id: FromPath[str],
        officer: NamedDependency[Officer],
        officers: NamedDependency[Officers],
    ) -> Redirect:
        """Open the account again."""
        officers.enable(_named(officer, officer_id), by=officer)
        return _done(request, officer_id, ENABLED)

    @post("/{officer_id:str}/password", status_code=HTTP_200_OK, sync_to_thread=True)
    def reset_password(
        self,
        request: Request[Any, Any, Any],
        officer_id: FromPath[str],
        officer: NamedDependency[Officer],
        officers: NamedDependency[Officers],
    ) -> Response[str]:
        """A new first password, shown on this answer."""
        changed, password = officers.reset_password(_named(officer, officer_id), by=officer)
        return _one(request, officer, changed, password=password)

    @post("/{officer_id:str}/passkeys", status_code=HTTP_303_SEE_OTHER, sync_to_thread=True)
    def forget_passkeys(
        self,
        request: Request[Any, Any, Any],
        officer_id: FromPath[str],
        officer: NamedDependency[Officer],
        officers: NamedDependency[Officers],
    ) -> Redirect:
        """Take the passkeys of a lost device off."""
        officers.forget_passkeys(_named(officer, officer_id), by=officer)
        return _done(request, officer_id, FORGOTTEN)


def _named(officer: Officer, officer_id: str) -> AccountName:
    # Of the county of whoever looks: no address leads to another one's accounts.
    return AccountName(officer.county, officer_id)


def _roles(form: Form) -> frozenset[Role]:
    chosen = set(form.several("role"))
    return frozenset(role for role in Role if role.value in chosen)


def _done(request: Request[Any, Any, Any], officer_id: str, sentence: str) -> Redirect:
    say(request, sentence)
    return Redirect(f"{HERE}/{officer_id}", status_code=HTTP_303_SEE_OTHER)


def _list(
    request: Request[Any, Any, Any],
    officer: Officer,
    officers: Officers,
    *,
    given: Form | None = None,
    error: ServiceError | None = None,
) -> Response[str]:
    return render(
        request,
        "desk_officers.html",
        status_code=error.http_status if error else HTTP_200_OK,
        accounts=officers.accounts(officer.county, by=officer),
        roles=ROLES,
        keeps=Role.ADMINISTRATOR in officer.roles,
        given_id=given.text("id") if given else "",
        given_name=given.text("name") if given else "",
        given_roles=given.several("role") if given else [],
        max_name=MAX_NAME,
        problem=explain(request, error) if error else None,
    )


def _one(
    request: Request[Any, Any, Any],
    officer: Officer,
    account: Account,
    *,
    password: str = "",
    error: ServiceError | None = None,
) -> Response[str]:
    return render(
        request,
        "desk_officer.html",
        status_code=error.http_status if error else HTTP_200_OK,
        account=account,
        roles=ROLES,
        keeps=Role.ADMINISTRATOR in officer.roles and account.id != officer.id,
        password=password,
        problem=explain(request, error) if error else None,
    )
