"""What counts reads columns and briefs: no document with a portrait is loaded for a number."""

from datetime import UTC, datetime

from sqlalchemy import event

from issuer.storage import IssuerStorage
from issuer.storage_sql import SqlIssuerStorage

AT = datetime(2026, 11, 23, tzinfo=UTC)


def test_no_document_is_read(storage: IssuerStorage) -> None:
    assert isinstance(storage, SqlIssuerStorage)
    statements: list[str] = []
    event.listen(
        storage._reader,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_: statements.append(statement),
    )

    with storage.reading() as register:
        register.act_counts("330302", AT)
        register.act_instants("330302", "apply", AT)
        register.decided_briefs("330302", ("grant_application",), AT)
        register.message_counts("330302", AT)

    read = [statement for statement in statements if statement.startswith("SELECT")]
    assert len(read) == 4
    assert not any("document" in statement for statement in read)
