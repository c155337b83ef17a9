"""Documents that an applicant hands in when asked: all together, because it is asked once.

Every file is checked and kept before the application is touched, so one that is refused leaves
the application waiting and the applicant's time running as it was [SC663 §9].
"""

from collections.abc import Sequence

from msgspec import Struct

from issuer.application import Application, Material, Whose
from issuer.application_intake import ApplicationIntake
from issuer.document_store import DocumentStore
from issuer.eligibility import Basis
from issuer.errors import ApplicationStateError
from issuer.identity_check import VerifiedIdentity
from issuer.officer import Officer
from schemas.errors import InputError, ServiceError


class FileRefusedError(InputError):
    """One of several files was not taken; ``cause`` says why."""

    code = "file_refused"

    def __init__(self, filename: str, cause: ServiceError) -> None:
        super().__init__(cause.detail, remedy=cause.remedy)
        self.filename = filename
        self.cause = cause


def cause_of(error: ServiceError) -> ServiceError:
    """Why a file was refused; for every other error, the error itself."""
    return error.cause if isinstance(error, FileRefusedError) else error


def refused_file(error: ServiceError | None) -> str:
    """The name of the file that an error is about; empty where it is about none."""
    return error.filename if isinstance(error, FileRefusedError) else ""


class GivenDocument(Struct, frozen=True):
    """A file with what it is to prove: a ground, or who a person is."""

    data: bytes
    filename: str
    basis: Basis | None = None
    whose: Whose | None = None
    government: str = ""


class SupplementDocuments:
    """Takes the files of a supplement. Blocks."""

    def __init__(self, intake: ApplicationIntake, documents: DocumentStore) -> None:
        self._intake = intake
        self._documents = documents

    def hand_in(
        self,
        number: str,
        identity: VerifiedIdentity,
        given: Sequence[GivenDocument],
        *,
        officer: Officer | None = None,
    ) -> Application:
        """All files added at once, at the counter by an officer; the clocks run again.

        Raises:
            FileRefusedError: a file is not taken; nothing was added.
            ApplicationStateError: no file, too many, or no supplement is awaited.
            issuer.errors.UnknownApplicationError: not an application of this person.
            issuer.errors.DeskError: the officer may not, or is of another county.
        """
        if not given:
            raise ApplicationStateError(
                "a supplement holds at least one document", remedy="Choose a file, then send it."
            )
        return self._intake.supplement(
            number, identity, [self._kept(document) for document in given], officer=officer
        )

    def _kept(self, document: GivenDocument) -> Material:
        try:
            kept = self._documents.put(document.data)
        except InputError as error:
            raise FileRefusedError(document.filename, error) from error
        return Material(
            basis=document.basis,
            sha256=kept.sha256,
            government=document.government,
            media_type=kept.media_type,
            filename=document.filename,
            whose=document.whose,
        )
