"""How applications and their documents are refused, where a plain state is not the reason.

ApplicationStateError (errors.py)
├── StaleFormError            the draft was changed after the form was made from it
├── DraftIncompleteError      a step of the draft is still to be done
├── WindowNotOpenError        the endorsement window opens later; the detail says when
├── NoPermitError             there is no permit that the application could be about
└── SecondOpinionError        two officers are needed, and this is the wrong one or only one
InputError (schemas/errors.py)
└── DocumentError             a file that is not taken
    ├── DocumentTypeError         neither PDF nor JPEG nor PNG
    ├── DocumentTooLargeError     over a cap on bytes, pages or pixels
    ├── DocumentBombError         unpacks to far more than it should
    ├── DocumentUnsafeError       carries scripts, files or another format inside
    └── DocumentUnreadableError   cut off, damaged or locked by a password
UnknownDocumentError          no document has this digest
IdentityLockedError           too many failed identity checks (an IdentityCheckError)
"""

from issuer.errors import ApplicationStateError, IdentityCheckError, IssuerError
from schemas.errors import InputError


class StaleFormError(ApplicationStateError):
    """The draft was changed after the form was made from it; what was saved is kept."""

    code = "stale_form"


class DraftIncompleteError(ApplicationStateError):
    """A step of the draft is still to be done; the detail says which."""

    code = "draft_incomplete"


class WindowNotOpenError(ApplicationStateError):
    """The endorsement window opens later; the detail says when."""

    code = "window_not_open"


class NoPermitError(ApplicationStateError):
    """There is no permit that the application could be about."""

    code = "permit_ended"


class SecondOpinionError(ApplicationStateError):
    """Two officers decide about an exemption: one proposes, another confirms."""

    code = "second_opinion_needed"


class DocumentError(InputError):
    """A file that is not taken as a document."""

    code = "document_refused"


class DocumentTypeError(DocumentError):
    """Neither PDF nor JPEG nor PNG, whatever its name says."""

    code = "document_type"
    http_status = 415


class DocumentTooLargeError(DocumentError):
    """Over a cap on bytes, pages or pixels."""

    code = "document_too_large"
    http_status = 413


class DocumentBombError(DocumentError):
    """Unpacks to far more than it should."""

    code = "document_bomb"


class DocumentUnsafeError(DocumentError):
    """Carries scripts, files or another format inside."""

    code = "document_unsafe"


class DocumentUnreadableError(DocumentError):
    """Cut off, damaged, or locked by a password."""

    code = "document_unreadable"


class UnknownDocumentError(IssuerError):
    """No document has this digest, or none of this application."""

    code = "unknown_document"
    http_status = 404


class IdentityLockedError(IdentityCheckError):
    """Too many failed identity checks in a row; the detail says until when."""

    code = "identity_check_locked"
    http_status = 429
