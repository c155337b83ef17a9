"""How the issuing protocol says no; the code of each is the protocol's own.

IssuanceError
├── TokenRequestError              the token endpoint [RFC6749 §5.2]
│   ├── InvalidTokenRequestError   invalid_request
│   ├── InvalidGrantError          invalid_grant
│   └── UnsupportedGrantTypeError  unsupported_grant_type
├── BearerError                    the access token [RFC6750 §3.1]
│   ├── MissingTokenError          none was sent
│   ├── InvalidTokenError          invalid_token
│   └── InsufficientScopeError     insufficient_scope
├── CredentialRequestError         the credential endpoint [OID4VCI §8.3.1.2]
│   ├── InvalidCredentialRequestError, UnknownConfigurationError, UnknownIdentifierError,
│   └── EncryptionParametersError, CredentialDeniedError
├── NotServedError                 no such county, offer or list at this issuer
└── NotReadyError                  the service cannot keep its promise at present

Faults of key proofs are ``keys.errors.ProofError`` and ``NonceError``; their codes are
those of the protocol already.
"""

from typing import ClassVar

from schemas.errors import ServiceError


class IssuanceError(ServiceError):
    """The issuing protocol refuses."""

    code = "invalid_request"
    http_status = 400


class TokenRequestError(IssuanceError):
    """The token endpoint refuses [RFC6749 §5.2]."""


class InvalidTokenRequestError(TokenRequestError):
    """A parameter is missing, malformed, repeated or out of place."""


class InvalidGrantError(TokenRequestError):
    """The code, transaction code or refresh token opens nothing."""

    code = "invalid_grant"


class UnsupportedGrantTypeError(TokenRequestError):
    """A grant type this server does not know."""

    code = "unsupported_grant_type"


class BearerError(IssuanceError):
    """The access token does not open this endpoint.

    Attributes:
        challenge_code: ``error`` in the WWW-Authenticate header; empty when no token was
            sent, for then the header names none [RFC6750 §3.1].
    """

    code = "invalid_token"
    http_status = 401
    challenge_code: ClassVar[str] = "invalid_token"


class MissingTokenError(BearerError):
    """No access token in the Authorization header, or several."""

    challenge_code = ""


class InvalidTokenError(BearerError):
    """An access token that is unknown, run out, withdrawn or another county's."""


class InsufficientScopeError(BearerError):
    """A good access token, but not for what is asked."""

    code = "insufficient_scope"
    http_status = 403
    challenge_code = "insufficient_scope"


class CredentialRequestError(IssuanceError):
    """The credential endpoint refuses [OID4VCI §8.3.1.2]."""

    code = "invalid_credential_request"


class InvalidCredentialRequestError(CredentialRequestError):
    """A member is missing, malformed, repeated or out of place."""


class UnknownConfigurationError(CredentialRequestError):
    """A credential configuration this issuer does not have."""

    code = "unknown_credential_configuration"


class UnknownIdentifierError(CredentialRequestError):
    """A credential identifier; this issuer hands out none."""

    code = "unknown_credential_identifier"


class EncryptionParametersError(CredentialRequestError):
    """Encryption is asked for in a way this issuer has not announced."""

    code = "invalid_encryption_parameters"


class CredentialDeniedError(CredentialRequestError):
    """The permit gives no right to copies at present; asking again does not help."""

    code = "credential_request_denied"


class NotServedError(IssuanceError):
    """No such county, offer or list at this issuer."""

    code = "not_found"
    http_status = 404


class NotReadyError(IssuanceError):
    """The service cannot keep its promise at present."""

    code = "not_ready"
    http_status = 503
