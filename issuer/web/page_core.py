"""What the services of all pages are made from; ``app.py`` opens it once."""

from msgspec import Struct

from issuer.document_store import DocumentStore, FileDocumentStore
from issuer.residence_register import ResidenceRegister
from issuer.settings import Settings
from issuer.storage import IssuerStorage
from issuer.stored_residences import StoredResidences
from keys.clock import Clock
from keys.county_keys import CountyKeys
from keys.one_time import OneTimeStore


class PageCore(Struct, frozen=True, kw_only=True):
    """The register, the clock and the stores, shared by every service."""

    settings: Settings
    storage: IssuerStorage
    clock: Clock
    one_time: OneTimeStore
    counties: dict[str, CountyKeys]

    @property
    def documents(self) -> DocumentStore:
        """Where documents are kept: beside the register, never in it."""
        return FileDocumentStore(self.settings.documents_path)

    @property
    def residences(self) -> ResidenceRegister:
        """Who is registered where."""
        return StoredResidences(self.storage)
