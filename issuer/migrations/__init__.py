"""The register's tables over time: one revision a change, run when the service starts."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from issuer.errors import StorageError

FOLDER: Final = Path(__file__).parent


def migrate(connection: Connection) -> None:
    """Bring the tables to the newest revision, inside the caller's transaction.

    Raises:
        StorageError: the database was made by a newer version of this software.
    """
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StorageError(
            f"the database cannot be brought up to date: {error}",
            remedy="It may have been made by a newer version of this software.",
        ) from error
