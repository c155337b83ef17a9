"""Routes and services of the portal fit one another."""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from issuer.app import Issuer
from issuer.application import IdentityDocument
from issuer.application_errors import IdentityLockedError
from issuer.application_storage import IdentityTries
from issuer.errors import IdentityCheckError
from issuer.identity_check import IdentityPurpose
from issuer.officer import Officer, Role
from issuer.web.applicant_routes import APPLICANT_ROUTES, applicant_services
from issuer.web.applicant_session import Purpose
from issuer.web.page_routes import ROUTES, page_services
from tests.issuer.web.portal_visitor import LIN, portal


def test_they_are_among_all_pages(issuer: Issuer) -> None:
    assert set(APPLICANT_ROUTES) <= set(ROUTES)
    assert set(applicant_services(issuer.pages)) <= set(page_services(issuer.pages))


def test_outside_demonstrations_nobody_passes(issuer: Issuer) -> None:
    gate = applicant_services(issuer.pages)["gate"]

    assert gate.people == ()
    with pytest.raises(IdentityCheckError):
        gate.check.verify(LIN, purpose=IdentityPurpose.APPLY)


async def test_who_is_locked_out_of_the_portal_is_served_at_the_counter(
    tmp_path: Path, keys_dir: Path
) -> None:
    async with portal(tmp_path, keys_dir) as visitor:
        pages, now = visitor.issuer.pages, visitor.issuer.pages.clock()
        digest = sha256(LIN.encode()).hexdigest()
        with visitor.storage.transaction() as tx:
            tx.put_identity_tries(IdentityTries(digest, 3, now, now + timedelta(minutes=30)))
        services = page_services(pages)
        with pytest.raises(IdentityLockedError):
            await services["gate"].verify(LIN, Purpose.APPLY, "192.0.2.1")
        wang = Officer("wang-2", "330302", frozenset({Role.REGISTRAR}))
        found = services["counter_desk"].identify(LIN, IdentityDocument.ID_CARD, wang)

    assert found.citizen_id_number == LIN


async def test_in_a_demonstration_the_invented_people_do(tmp_path: Path, keys_dir: Path) -> None:
    async with portal(tmp_path, keys_dir) as visitor:
        gate = applicant_services(visitor.issuer.pages)["gate"]

    assert LIN in {person.citizen_id_number for person in gate.people}
