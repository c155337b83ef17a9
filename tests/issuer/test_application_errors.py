"""Refusals of applications and documents carry codes and statuses of their own."""

import pytest

from issuer import application_errors as errors
from issuer.errors import ApplicationStateError, IdentityCheckError
from schemas.errors import InputError, ServiceError


@pytest.mark.parametrize(
    ("error", "code", "status", "kind"),
    [
        (errors.StaleFormError, "stale_form", 409, ApplicationStateError),
        (errors.DraftIncompleteError, "draft_incomplete", 409, ApplicationStateError),
        (errors.WindowNotOpenError, "window_not_open", 409, ApplicationStateError),
        (errors.NoPermitError, "permit_ended", 409, ApplicationStateError),
        (errors.SecondOpinionError, "second_opinion_needed", 409, ApplicationStateError),
        (errors.DocumentTypeError, "document_type", 415, InputError),
        (errors.DocumentTooLargeError, "document_too_large", 413, InputError),
        (errors.DocumentBombError, "document_bomb", 400, InputError),
        (errors.DocumentUnsafeError, "document_unsafe", 400, InputError),
        (errors.DocumentUnreadableError, "document_unreadable", 400, InputError),
        (errors.UnknownDocumentError, "unknown_document", 404, ServiceError),
        (errors.IdentityLockedError, "identity_check_locked", 429, IdentityCheckError),
    ],
)
def test_each_refusal_has_its_code(
    error: type[ServiceError], code: str, status: int, kind: type[ServiceError]
) -> None:
    assert (error.code, error.http_status) == (code, status)
    assert issubclass(error, kind)
