"""A register in a file, and a permit in it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from shutil import copyfile

import pytest

from issuer.particulars import Resident
from issuer.permit import Permit, grant
from issuer.storage import IssuerStorage
from issuer.storage_sql import SqlIssuerStorage
from schemas.civil_id import Sex


@pytest.fixture(scope="session")
def migrated_register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register with all tables and nothing in it, to be copied: migrating takes longer."""
    file = tmp_path_factory.mktemp("register") / "register.sqlite"
    SqlIssuerStorage(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def storage(tmp_path: Path, migrated_register: Path) -> Iterator[IssuerStorage]:
    copyfile(migrated_register, tmp_path / "register.sqlite")
    opened = SqlIssuerStorage(f"sqlite:///{tmp_path}/register.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def today() -> date:
    return date(2026, 11, 23)


@pytest.fixture
def permit(storage: IssuerStorage, today: date) -> Permit:
    """Granted today in Lucheng, to nobody who exists."""
    resident = Resident(
        name="张示范",
        citizen_id_number="33010019900101001X",
        sex=Sex.MALE,
        birthdate=date(1990, 1, 1),
        ethnic_group="01",
        registered_address="示范省示范市1号",
        portrait=b"\xff\xd8\xff",
    )
    made = grant(
        number="33030220260001",
        county="330302",
        resident=resident,
        residence_address="示范路1号",
        registered_on=today,
        on=today,
        by="officer",
    )
    with storage.transaction() as tx:
        tx.add_permit(made)
    return made
