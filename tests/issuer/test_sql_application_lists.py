"""Lists are read without a single record, and by the indexes that are there for it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, create_engine, event, text

from issuer import application_steps as steps
from issuer.application import Application, Channel, Kind, Material
from issuer.application_brief import brief_of
from issuer.application_storage import BriefQuery
from issuer.commitment_text import commitment_at
from issuer.demonstration_identities import demonstration_identities
from issuer.eligibility_facts import Basis
from issuer.migrations import migrate
from issuer.sql_application_lists import encode_brief
from issuer.sql_register import SqlTransaction

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
HELD = steps.submit(
    Application(
        number="SQ330302202600000018",
        kind=Kind.FIRST_PERMIT,
        channel=Channel.APP,
        county="330302",
        applicant=demonstration_identities(today=date(2026, 11, 23))["52000019920512000X"],
        bases=frozenset({Basis.STABLE_HOUSING}),
        materials=(Material(Basis.STABLE_HOUSING, "ab" * 32),),
        commitment=commitment_at(AT),
    ),
    at=AT,
)


@pytest.fixture
def connection(new_register_url: str) -> Iterator[Connection]:
    engine = create_engine(new_register_url)
    with engine.connect() as opened:
        migrate(opened)
        yield opened
    engine.dispose()


def test_no_list_reads_a_record(connection: Connection) -> None:
    statements: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        statements.append(statement)

    tx = SqlTransaction(connection, half_bits=2)
    tx.add_application(HELD)
    event.listen(connection, "before_cursor_execute", note)
    assert len(tx.application_briefs(BriefQuery(county="330302", only_open=True))) == 1
    tx.application_counts("330302")
    tx.awaiting_applicants()
    tx.documents_named(["ab" * 32])

    assert len(statements) == 4
    assert not [statement for statement in statements if "applications.document" in statement]


def test_a_brief_is_small(connection: Connection) -> None:
    heavy = replace(HELD, applicant=replace(HELD.applicant, portrait=bytes(30_000)))
    tx = SqlTransaction(connection, half_bits=2)
    tx.add_application(heavy)
    size = connection.execute(text("SELECT length(brief) FROM applications")).scalar_one()

    assert size < 500


def test_equal_briefs_are_equal_bytes() -> None:
    assert encode_brief(brief_of(HELD)) == encode_brief(brief_of(replace(HELD)))
