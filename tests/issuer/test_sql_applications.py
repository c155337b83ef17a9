"""Statements about applications, as far as the contract does not show them from outside."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, create_engine, text

from issuer import application_steps as steps
from issuer.application import Application, Channel, Kind
from issuer.eligibility import Basis
from issuer.identity_check import VerifiedIdentity
from issuer.migrations import migrate
from issuer.sql_register import SqlTransaction
from schemas.civil_id import Sex

DRAFT = Application(
    number="SQ330302202600000018",
    kind=Kind.FIRST_PERMIT,
    channel=Channel.APP,
    county="330302",
    applicant=VerifiedIdentity(
        name="林样例",
        citizen_id_number="52000019920512000X",
        sex=Sex.FEMALE,
        birthdate=date(1992, 5, 12),
        ethnic_group="01",
        household_code="520100",
        registered_address="贵州省贵阳市示范路1号",
        portrait=b"\xff\xd8\xff",
    ),
    bases=frozenset(Basis),
)


@pytest.fixture
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    made = create_engine(f"sqlite:///{tmp_path_factory.mktemp('sql')}/register.sqlite")
    with made.begin() as connection:
        migrate(connection)
    return made


def test_the_searchable_columns_follow_the_document(engine: Engine) -> None:
    columns = "county, citizen_id_number, kind, is_open, channel, stage, draft_number"
    query = text(f"SELECT {columns} FROM applications")  # noqa: S608
    with engine.begin() as connection:
        tx = SqlTransaction(connection, half_bits=2)
        tx.add_application(DRAFT)
        before = connection.execute(query).one()
        tx.replace_application(steps.abandon(DRAFT, at=datetime(2026, 11, 23, tzinfo=UTC)))
        after = connection.execute(query).one()
    engine.dispose()

    known = ("330302", "52000019920512000X", "first_permit")
    assert tuple(before) == (*known, 1, "app", "draft", "")
    assert tuple(after) == (*known, 0, "app", "abandoned", "")


def test_equal_applications_are_equal_bytes(engine: Engine) -> None:
    query = text("SELECT document FROM applications")
    with engine.begin() as connection:
        tx = SqlTransaction(connection, half_bits=2)
        tx.add_application(DRAFT)
        document = connection.execute(query).scalar_one()
    engine.dispose()

    sorted_bases = ",".join(f'"{basis}"' for basis in sorted(Basis))
    assert f'"bases":[{sorted_bases}]'.encode() in document
