"""Lists without portraits, documents by name, failed identity checks, and retired copies."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_AT_ONCE = 500
_EXEMPTIONS = {"investor_exempt", "talent_exempt"}
_SHANGHAI = timedelta(hours=8)


def upgrade() -> None:
    """Make the new tables and columns, and fill them for the applications that are there."""
    op.add_column(
        "status_entries",
        sa.Column("retired", sa.SmallInteger, nullable=False, server_default="0"),
    )
    for name, kind in (
        ("channel", sa.String(16)),
        ("stage", sa.String(16)),
        ("draft_number", sa.String(20)),
        ("brief", sa.LargeBinary()),
    ):
        op.add_column("applications", sa.Column(name, kind, nullable=False, server_default=""))
    op.create_index("ix_applications_draft_number", "applications", ["draft_number"])
    op.create_table(
        "application_documents",
        sa.Column(
            "application_number",
            sa.String(20),
            sa.ForeignKey("applications.number"),
            primary_key=True,
        ),
        sa.Column("sha256", sa.String(64), primary_key=True, index=True),
    )
    op.create_table(
        "identity_tries",
        sa.Column("subject_digest", sa.String(64), primary_key=True),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("last_at", sa.BigInteger, nullable=False, index=True),
        sa.Column("locked_until", sa.BigInteger),
    )
    _fill()


def _fill() -> None:
    applications = sa.table(
        "applications",
        sa.column("number", sa.String),
        sa.column("channel", sa.String),
        sa.column("stage", sa.String),
        sa.column("brief", sa.LargeBinary),
    )
    documents = sa.table(
        "application_documents",
        sa.column("application_number", sa.String),
        sa.column("sha256", sa.String),
    )
    known = sa.update(applications).where(applications.c.number == sa.bindparam("held"))
    for held in _portions():
        briefs = [_brief(application) for application in held]
        op.get_bind().execute(
            known.values({name: sa.bindparam(f"new_{name}") for name in _COLUMNS}),
            [
                {
                    "held": brief["number"],
                    "new_channel": brief["channel"],
                    "new_stage": brief["stage"],
                    "new_brief": msgspec.json.encode(brief, order="sorted"),
                }
                for brief in briefs
            ],
        )
        named = {(one["number"], given["sha256"]) for one in held for given in one["materials"]}
        if named:
            op.get_bind().execute(
                sa.insert(documents),
                [{"application_number": n, "sha256": digest} for n, digest in sorted(named)],
            )


_COLUMNS = ("channel", "stage", "brief")


def _portions() -> Iterator[list[dict[str, Any]]]:
    """All applications, some at a time: documents hold pictures."""
    applications = sa.table(
        "applications", sa.column("number", sa.String), sa.column("document", sa.LargeBinary)
    )
    after = ""
    while True:
        some = sa.select(applications).where(applications.c.number > after)
        rows = list(op.get_bind().execute(some.order_by(applications.c.number).limit(_AT_ONCE)))
        if not rows:
            return
        yield [msgspec.json.decode(row.document) for row in rows]
        after = rows[-1].number


def _brief(application: dict[str, Any]) -> dict[str, Any]:
    applicant = application["applicant"]
    return {
        "number": application["number"],
        "kind": application["kind"],
        "channel": application["channel"],
        "county": application["county"],
        "stage": application["state"]["type"],
        "name": applicant["name"],
        "citizen_id_tail": applicant["citizen_id_number"][-4:],
        "submitted_at": application["submitted_at"],
        "awaited": [
            {"since": _day(asked["asked_at"]), "until": _day(asked["supplied_at"])}
            for asked in application["supplements"]
        ],
        "exempt": bool(_EXEMPTIONS & set(application["bases"])),
        "proposed_by": "",
    }


def _day(instant: str | None) -> str | None:
    if instant is None:
        return None
    return (datetime.fromisoformat(instant) + _SHANGHAI).date().isoformat()
