"""What can go wrong at the verifier, apart from the answers of its checks.

ServiceError
├── AuthenticityError         the presentation is not what it claims to be; one class a code
│   ├── (signature)           Malformed…, BadCredential…, UnknownIssuerOfPermit…, …
│   ├── (key_binding)         KeyBindingMissing…, BadKeyBinding…, …
│   ├── (freshness)           WrongAudience…, WrongNonce…, TooOld…, FromTheFuture…
│   └── (code)                NotReadable…: the code itself says nothing
├── UnknownItemError          no such service item
├── PermitNotNeededError      the law lets this counter not ask for the permit
├── ItemsFileError            service_items.toml has faults; each is named
├── FetchError                nothing usable came from that address
├── StatusListRefusedError    a status list that is not to be believed
├── TrustListUnavailableError no trust list that holds now
└── BundleError               a counter bundle that is not taken: bundle_errors.py

An AuthenticityError becomes a verdict with one finding. Its parameters go into the
sentence the clerk reads; none of them is taken from the presentation's own text.
"""

from typing import ClassVar

from schemas.errors import InputError, ServiceError
from verifier.verdict import Param


class AuthenticityError(ServiceError):
    """The presentation is not authentic: nothing of it may be shown or fetched."""

    code = "not_authentic"
    http_status = 400
    check: ClassVar[str] = "signature"

    def __init__(self, detail: str, **params: Param) -> None:
        super().__init__(detail)
        self.params = params


class MalformedPresentationError(AuthenticityError):
    """Not an SD-JWT with key binding; ``rule`` is the condition R1 to R14 it meets."""

    code = "malformed_presentation"


class BadCredentialError(AuthenticityError):
    """The issuer's token breaks its own rules: header, ``typ``, ``alg``, encoding."""

    code = "bad_credential"


class UnknownIssuerOfPermitError(AuthenticityError):
    """The trust list names no such issuer today."""

    code = "unknown_issuer"


class UntrustedCertificateError(AuthenticityError):
    """No path from the signing certificate to the anchor of the named issuer."""

    code = "untrusted_certificate"


class ForgedCredentialError(AuthenticityError):
    """The issuer's signature does not fit what is written."""

    code = "forged_credential"


class ProtectedClaimError(AuthenticityError):
    """A claim that must be visible to all was supplied by a disclosure."""

    code = "protected_claim_disclosed"


class InvalidPermitError(AuthenticityError):
    """Signed by a trusted issuer, yet not a permit in shape."""

    code = "invalid_permit"


class InvalidSlipError(AuthenticityError):
    """Signed by a trusted issuer as a confirmation slip, yet not one in shape."""

    code = "invalid_slip"


class StatusMissingError(AuthenticityError):
    """A permit without a place in a status list: it could never be revoked."""

    code = "status_missing"


class WrongCredentialTypeError(AuthenticityError):
    """Another kind of credential, or one this issuer may not issue."""

    code = "wrong_credential_type"


class KeyBindingMissingError(AuthenticityError):
    """A permit without proof that its holder is showing it."""

    code = "key_binding_missing"
    check = "key_binding"


class BadKeyBindingError(AuthenticityError):
    """A key binding that breaks its own rules: header, ``typ``, ``alg``, members."""

    code = "bad_key_binding"
    check = "key_binding"


class NotTheHolderError(AuthenticityError):
    """Signed with another key than the one the permit is bound to."""

    code = "not_the_holder"
    check = "key_binding"


class DisclosuresChangedError(AuthenticityError):
    """Claims were added or taken away after the holder agreed."""

    code = "disclosures_changed"
    check = "key_binding"


class WrongAudienceError(AuthenticityError):
    """Made for somebody else."""

    code = "wrong_audience"
    check = "freshness"


class WrongNonceError(AuthenticityError):
    """The answer to another request, or without the randomness that tells two apart."""

    code = "wrong_nonce"
    check = "freshness"


class TooOldError(AuthenticityError):
    """Made longer ago than is taken."""

    code = "too_old"
    check = "freshness"


class FromTheFutureError(AuthenticityError):
    """Made later than now, beyond what clocks may differ."""

    code = "from_the_future"
    check = "freshness"


class UnknownItemError(ServiceError):
    """No service item has this identifier."""

    code = "unknown_item"
    http_status = 404


class PermitNotNeededError(ServiceError):
    """This service does not need the permit: the counter may not ask for it."""

    code = "permit_not_needed"
    http_status = 409


class ItemsFileError(InputError):
    """The file of service items has faults; the detail names each with its remedy."""

    code = "bad_service_items"
    http_status = 500


class FetchError(ServiceError):
    """Nothing usable came from that address."""

    code = "not_fetched"
    http_status = 502


class StatusListRefusedError(ServiceError):
    """A status list token that is not to be believed for this issuer and address."""

    code = "status_list_refused"
    http_status = 502


class TrustListUnavailableError(ServiceError):
    """There is no trust list that holds now: nobody can be believed."""

    code = "trust_list_unavailable"
    http_status = 503
