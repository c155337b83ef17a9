"""Revision 0006 on a register with data: lists, documents and copies are as if always there."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from alembic import command
from alembic.config import Config
from msgspec.structs import replace
from sqlalchemy import Connection, create_engine, text

from issuer import application_steps as steps
from issuer.application import Application, Channel, Kind, Material
from issuer.application_brief import brief_of
from issuer.application_storage import BriefQuery
from issuer.commitment_text import commitment_at
from issuer.demonstration_identities import demonstration_identities
from issuer.eligibility_facts import Basis, Finding, Ground, Outcome
from issuer.migrations import FOLDER, migrate
from issuer.sql_register import SqlTransaction

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LATE = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)  # the 25th in Shanghai
PEOPLE = list(demonstration_identities(today=date(2026, 11, 23)).values())
FAILED = Finding(Ground.PILOT, Outcome.FAILED, "pilot_not_open", "示范。", "Demonstration.")
NEW_FIELDS = {
    *("draft_number", "revision", "permit_number", "contact_phone", "statement"),
    *("seen", "proposal"),
}


def submitted(number: int, *bases: Basis) -> Application:
    draft = Application(
        number=f"SQ3303022026{number:08d}",
        kind=Kind.FIRST_PERMIT,
        channel=Channel.COUNTER if number % 2 else Channel.APP,
        county="330302",
        applicant=PEOPLE[number % len(PEOPLE)],
        bases=frozenset(bases or {Basis.STABLE_HOUSING}),
        materials=(
            Material(Basis.STABLE_HOUSING, f"{number:064x}"),
            Material(Basis.TALENT_EXEMPT, f"{number:064x}", "温州市人民政府"),
        ),
        commitment=commitment_at(AT),
    )
    return steps.submit(draft, at=AT)


ASKED = steps.request_supplement(submitted(2), ["x"], by="li-3", at=LATE)
HELD = [
    submitted(1, Basis.TALENT_EXEMPT),
    ASKED,
    steps.supply(
        replace(ASKED, number=submitted(3).number, applicant=submitted(3).applicant),
        [Material(Basis.STABLE_HOUSING, "ab" * 32)],
        at=LATE + timedelta(days=1),
    ),
    steps.refuse(submitted(4), (FAILED,), by="li-3", at=LATE),
    steps.grant(submitted(5), permit_number="ZJ", by="li-3", at=LATE),
    steps.withdraw(submitted(6), at=LATE),
]


def as_it_was(application: Application) -> bytes:
    """The document of the version before, which knew no drafts."""
    kept: dict[str, Any] = msgspec.to_builtins(application)
    old = {name: value for name, value in kept.items() if name not in NEW_FIELDS}
    old["materials"] = [
        {name: material[name] for name in ("basis", "sha256", "government")}
        for material in kept["materials"]
    ]
    return msgspec.json.encode(old)


def at_0005(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    command.upgrade(config, "0005")


def add_of_old(connection: Connection, application: Application) -> None:
    connection.execute(
        text(
            "INSERT INTO applications (number, county, citizen_id_number, kind, is_open, document)"
            " VALUES (:number, :county, :citizen, :kind, :is_open, :document)"
        ),
        {
            "number": application.number,
            "county": application.county,
            "citizen": application.applicant.citizen_id_number,
            "kind": application.kind.value,
            "is_open": int(application.open),
            "document": as_it_was(application),
        },
    )


def test_0006_fills_the_lists_of_what_is_there(new_register_url: str) -> None:
    engine = create_engine(new_register_url)
    with engine.begin() as connection:
        at_0005(connection)
        for application in HELD:
            add_of_old(connection, application)
    with engine.begin() as connection:
        migrate(connection)
        register = SqlTransaction(connection, half_bits=2)

        assert register.applications() == HELD
        assert register.application_briefs(BriefQuery()) == [brief_of(held) for held in HELD]
        assert register.awaiting_applicants() == [HELD[1].number]
        assert register.application_counts("330302")["first_permit", "refused"] == 1
        digests = {given.sha256 for held in HELD for given in held.materials}
        assert register.documents_named(digests) == digests
        assert [b.number for b in register.application_briefs(BriefQuery(channel="app"))] == [
            held.number for held in HELD if held.channel is Channel.APP
        ]
        # What is kept anew writes the columns as the migration did.
        before = connection.execute(text("SELECT * FROM applications ORDER BY number")).all()
        for held in HELD:
            register.replace_application(held)
        after = connection.execute(text("SELECT * FROM applications ORDER BY number")).all()
        columns = [name for name in before[0]._fields if name not in ("document", "brief")]
        assert [[getattr(row, name) for name in columns] for row in before] == [
            [getattr(row, name) for name in columns] for row in after
        ]
    engine.dispose()


@pytest.mark.parametrize("count", [0, 1201])
def test_none_and_more_than_one_portion(new_register_url: str, count: int) -> None:
    engine = create_engine(new_register_url)
    with engine.begin() as connection:
        at_0005(connection)
        for number in range(count):
            add_of_old(connection, steps.withdraw(submitted(number), at=LATE))
        migrate(connection)
        register = SqlTransaction(connection, half_bits=2)

        assert len(register.application_briefs(BriefQuery(stage="withdrawn"))) == count
    engine.dispose()


def test_copies_from_before_are_not_retired(new_register_url: str) -> None:
    engine = create_engine(new_register_url)
    with engine.begin() as connection:
        at_0005(connection)
        connection.execute(
            text(
                "INSERT INTO permits (number, county, citizen_id_number, status_value, document)"
                " VALUES ('ZJ1', '330302', '1', 0, :nothing)"
            ),
            {"nothing": b""},
        )
        connection.execute(
            text("INSERT INTO status_lists VALUES ('330302', 0, :key, 1, 1)"), {"key": bytes(16)}
        )
        connection.execute(
            text(
                "INSERT INTO status_entries"
                " (county, list_number, idx, permit_number, value, expires_on)"
                " VALUES ('330302', 0, 5, 'ZJ1', 0, '2027-11-23')"
            )
        )
        migrate(connection)
        register = SqlTransaction(connection, half_bits=2)
        register.set_permit_status("ZJ1", 2)

        assert register.status_values("330302", 0) == {5: 2}
    engine.dispose()
