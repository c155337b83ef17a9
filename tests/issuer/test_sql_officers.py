"""Statements about accounts, as far as the contract does not show them from outside."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine, text

from issuer.migrations import migrate
from issuer.officer import Role
from issuer.officer_account import Account
from issuer.sql_register import SqlTransaction

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def test_the_key_follows_the_account_and_equal_accounts_are_equal_bytes(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/register.sqlite")
    with engine.begin() as connection:
        migrate(connection)
        SqlTransaction(connection, half_bits=2).add_account(
            Account(
                id="li-3",
                county="330302",
                name="李示范",
                roles=frozenset(Role),
                password_hash="$argon2id$",
                password_set_at=NOW,
                sessions_from=NOW,
            )
        )
        row = connection.execute(text("SELECT county, id, document FROM officer_accounts")).one()
    engine.dispose()

    assert (row.county, row.id) == ("330302", "li-3")
    roles = ",".join(f'"{role}"' for role in sorted(Role))
    assert f'"roles":[{roles}]'.encode() in row.document
