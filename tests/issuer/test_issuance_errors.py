"""The refusals of the protocol carry the protocol's codes and statuses."""

import pytest

from issuer import issuance_errors as errors
from keys.errors import NonceError, ProofError
from schemas.errors import ServiceError


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (errors.InvalidTokenRequestError, "invalid_request", 400),
        (errors.InvalidGrantError, "invalid_grant", 400),
        (errors.UnsupportedGrantTypeError, "unsupported_grant_type", 400),
        (errors.MissingTokenError, "invalid_token", 401),
        (errors.InvalidTokenError, "invalid_token", 401),
        (errors.InsufficientScopeError, "insufficient_scope", 403),
        (errors.InvalidCredentialRequestError, "invalid_credential_request", 400),
        (errors.UnknownConfigurationError, "unknown_credential_configuration", 400),
        (errors.UnknownIdentifierError, "unknown_credential_identifier", 400),
        (errors.EncryptionParametersError, "invalid_encryption_parameters", 400),
        (errors.CredentialDeniedError, "credential_request_denied", 400),
        (errors.NotServedError, "not_found", 404),
        (errors.NotReadyError, "not_ready", 503),
        (ProofError, "invalid_proof", 400),
        (NonceError, "invalid_nonce", 400),
    ],
)
def test_codes_are_those_of_the_protocol(error: type[ServiceError], code: str, status: int) -> None:
    assert (error.code, error.http_status) == (code, status)
