"""What can go wrong on the issuer's side.

IssuerError
├── StorageError             the database does not do what the port promises
├── UnknownPermitError       no permit has this number
├── UnknownStatusListError   this county has no status list of this number
├── PermitStateError         the permit's state does not allow the act now
├── DeskError                this officer may not do this, or left out what the act needs
├── UnknownOfficerError      the county has no officer of this id
├── SignInError              the sign-in was refused; it does not say by which of its checks
├── NotSignedInError         nobody is signed in, or not far enough for this page
├── PasskeyError             a passkey was not accepted, or cannot be used here
├── PasswordError            a new password that is not taken (an InputError)
├── AuditError               the audit log was altered, or an entry is missing
├── UnknownApplicationError  no application has this number
├── ApplicationStateError    the application's state does not allow the act now
├── IdentityCheckError       the check of who somebody is was not passed
├── SlipFontError            a confirmation slip cannot be drawn with the fonts that are there
├── NotEligibleError         grounds failed, so nothing is granted
├── UnknownBatchError        no campaign or mass act has this number
├── BatchStateError          the state of a campaign or mass act does not allow it now
├── UnknownProposalError     no proposal has this number
├── ProposalStateError       the proposal was decided, or this officer may not decide it
├── CriteriaError            criteria that choose no cohort (an InputError)
├── ParticularsError         a person's particulars that no permit can carry (an InputError)
├── StatementError           an applicant's own words are not one short line (an InputError)
├── PhoneNumberError         a telephone number that cannot be one (an InputError)
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


class UnknownOfficerError(IssuerError):
    """The county has no officer of this id."""

    code = "unknown_officer"
    http_status = 404


class SignInError(IssuerError):
    """The sign-in was refused; it does not say by which of its checks."""

    code = "sign_in_refused"
    http_status = 403


class NotSignedInError(IssuerError):
    """Nobody is signed in, or not far enough for this page."""

    code = "not_signed_in"
    http_status = 401


class PasskeyError(IssuerError):
    """A passkey was not accepted, or cannot be used here."""

    code = "passkey_refused"
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


class SlipFontError(IssuerError):
    """A confirmation slip cannot be drawn with the fonts that are there."""

    code = "slip_font_missing"
    http_status = 503


class IdentityCheckError(IssuerError):
    """The check of who somebody is was not passed."""

    code = "identity_check_failed"
    http_status = 403


class UnknownBatchError(IssuerError):
    """No campaign or mass act has this number."""

    code = "unknown_batch"
    http_status = 404


class BatchStateError(IssuerError):
    """The state of a campaign or mass act does not allow it now, or not to this officer."""

    code = "batch_state"
    http_status = 409


class UnknownProposalError(IssuerError):
    """No proposal has this number."""

    code = "unknown_proposal"
    http_status = 404


class ProposalStateError(IssuerError):
    """The proposal was decided, there is one already, or this officer may not decide it."""

    code = "proposal_state"
    http_status = 409


class CriteriaError(InputError):
    """Criteria that choose no cohort."""

    code = "bad_criteria"


class ParticularsError(InputError):
    """A person's particulars that no permit can carry."""

    code = "bad_particulars"


class StatementError(InputError):
    """The applicant's own words are not one short line."""

    code = "bad_statement"


class PasswordError(InputError):
    """A new password that is not taken; the detail says why, and does not repeat it."""

    code = "bad_password"


class PhoneNumberError(InputError):
    """A telephone number that cannot be one."""

    code = "bad_phone_number"


class RegistrationFileError(InputError):
    """A file of residence registrations with faults; nothing of it is kept."""

    code = "bad_registration_file"
