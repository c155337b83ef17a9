"""What can go wrong on the issuer's side.

IssuerError
├── StorageError             the database does not do what the port promises
├── UnknownPermitError       no permit has this number
├── UnknownStatusListError   this county has no status list of this number
├── PermitStateError         the permit's state does not allow the act now
├── DeskError                this officer may not do this, or left out what the act needs
├── AuditError               the audit log was altered, or an entry is missing
├── UnknownApplicationError  no application has this number
├── ApplicationStateError    the application's state does not allow the act now
├── IdentityCheckError       the check of who somebody is was not passed
├── NotEligibleError         grounds failed, so nothing is granted
├── ParticularsError         a person's particulars that no permit can carry (an InputError)
└── RegistrationFileError    a file of residence registrations with faults (an InputError)
"""

from schemas.errors import InputError, ServiceError


class IssuerError(ServiceError):
    """The root of the issuer's own errors."""

    code = "issuer_error"


class StorageError(IssuerError):
    """The database cannot be used just now, or broke a promise of the port."""

    code = "storage_failed"
    http_status = 503  # nothing was done; whoever asked may ask again


class UnknownPermitError(IssuerError):
    """No permit has this number."""

    code = "unknown_permit"
    http_status = 404


class UnknownStatusListError(IssuerError):
    """This county has no status list of this number."""

    code = "unknown_status_list"
    http_status = 404


class PermitStateError(IssuerError):
    """The permit's state does not allow the act now; the detail says when it will."""

    code = "permit_state"
    http_status = 409


class DeskError(IssuerError):
    """This officer may not do this, or the act lacks its reason or legal basis."""

    code = "not_allowed_at_desk"
    http_status = 403


class AuditError(IssuerError):
    """The audit log was altered, or an entry is missing."""

    code = "audit_log_broken"


class UnknownApplicationError(IssuerError):
    """No application has this number."""

    code = "unknown_application"
    http_status = 404


class ApplicationStateError(IssuerError):
    """The application's state does not allow the act now, or the act lacks something."""

    code = "application_state"
    http_status = 409


class NotEligibleError(IssuerError):
    """Grounds failed, so nothing is granted; the detail names each by its code."""

    code = "not_eligible"
    http_status = 409


class IdentityCheckError(IssuerError):
    """The check of who somebody is was not passed."""

    code = "identity_check_failed"
    http_status = 403


class ParticularsError(InputError):
    """A person's particulars that no permit can carry."""

    code = "bad_particulars"


class RegistrationFileError(InputError):
    """A file of residence registrations with faults; nothing of it is kept."""

    code = "bad_registration_file"
