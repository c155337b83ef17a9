"""The embedded register of residence registrations: what was imported into our own database."""

from collections.abc import Collection

from issuer.residence_register import ResidenceRegister, ResidenceRegistration
from issuer.storage import IssuerStorage


class StoredResidences(ResidenceRegister):
    """Reads what ``python -m issuer import-registrations`` has put there."""

    def __init__(self, storage: IssuerStorage) -> None:
        self._storage = storage

    def registrations_of(self, citizen_id_number: str) -> list[ResidenceRegistration]:
        with self._storage.reading() as register:
            return register.registrations_of(citizen_id_number)

    def registrations_of_each(
        self, citizen_id_numbers: Collection[str]
    ) -> dict[str, list[ResidenceRegistration]]:
        with self._storage.reading() as register:
            return register.registrations_of_each(citizen_id_numbers)
