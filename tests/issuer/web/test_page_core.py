"""What all services share is one register and one folder."""

from pathlib import Path

from msgspec.structs import replace

from issuer.app import Issuer
from issuer.residence_register import ResidenceRegistration
from tests.issuer.web.portal_visitor import LIN, picture, register


def test_documents_stand_where_the_settings_say(issuer: Issuer, tmp_path: Path) -> None:
    settings = replace(issuer.pages.settings, documents_dir=str(tmp_path / "papers"))
    kept = replace(issuer.pages, settings=settings).documents.put(picture())

    assert (tmp_path / "papers" / kept.sha256[:2] / f"{kept.sha256}.png").is_file()


def test_residences_are_those_of_the_register(issuer: Issuer) -> None:
    register(issuer.storage, LIN)
    (held,) = issuer.pages.residences.registrations_of(LIN)

    assert isinstance(held, ResidenceRegistration)
