"""Routes and services of the officers' pages fit one another."""

from issuer.app import Issuer
from issuer.officers import Officers
from issuer.passkeys import Passkeys
from issuer.sign_in import SignIn
from issuer.web.desk_gate import DeskGate
from issuer.web.officer_routes import OFFICER_PARTS, OFFICER_ROUTES, officer_services
from issuer.web.page_routes import REQUEST_PARTS, ROUTES, page_services


def test_every_service_that_handlers_ask_for_is_there(issuer: Issuer) -> None:
    services = officer_services(issuer.pages)

    assert {name: type(part) for name, part in services.items()} == {
        "officers": Officers,
        "sign_in": SignIn,
        "passkeys": Passkeys,
        "desk_gate": DeskGate,
    }
    assert services["passkeys"].origin == "http://localhost:8101"


def test_they_are_among_all_pages(issuer: Issuer) -> None:
    assert set(OFFICER_ROUTES) <= set(ROUTES)
    assert OFFICER_PARTS.items() <= REQUEST_PARTS.items()
    assert set(officer_services(issuer.pages)) <= set(page_services(issuer.pages))
