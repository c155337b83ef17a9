"""Two documents served as they are: the permit's type, and the signed trust list.

Neither is made here. The type is published with the code; the trust list is signed by the
province and lies in the folder of keys, where a newer one may be put at any time.
"""

from hashlib import sha256
from pathlib import Path
from typing import Final

from msgspec import Struct

import schemas
from issuer.issuance_errors import NotReadyError

TRUST_LIST_MAX_AGE_S: Final = 60
"""How long a reader may keep the trust list without asking again, in seconds."""
TRUST_LIST_FILE: Final = "trust-list.jwt"
PERMIT_TYPE_FILE: Final = Path(schemas.__path__[0]) / "published" / "residence-permit.vct.json"


class Document(Struct, frozen=True):
    """A text, and a tag that changes when it does."""

    content: str
    entity_tag: str


class PublicDocuments:
    """Reads them; the trust list anew each time."""

    def __init__(self, keys_dir: Path) -> None:
        self._trust_list = keys_dir / TRUST_LIST_FILE
        self._permit_type = _document(PERMIT_TYPE_FILE.read_bytes())

    def permit_type(self) -> Document:
        """The type metadata of the permit [SD-JWT-VC §6]."""
        return self._permit_type

    def trust_list(self) -> Document:
        """The trust list as it lies there now.

        Raises:
            NotReadyError: there is none.
        """
        try:
            return _document(self._trust_list.read_bytes().strip())
        except FileNotFoundError as error:
            raise NotReadyError(
                "no trust list has been published here",
                remedy="Sign one with python -m keys trust-list.",
            ) from error


def _document(content: bytes) -> Document:
    return Document(content.decode("utf-8"), sha256(content).hexdigest()[:32])
