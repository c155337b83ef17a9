"""Which addresses are taken from metadata and offers, and where well-known documents stand.

Everything is https, except on a loopback host: there the traffic never leaves the
machine, and tests and demonstrations need no certificates.
"""

import re
from urllib.parse import SplitResult, urlsplit

from schemas.errors import InputError

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
MAX_URL_CHARACTERS = 2048

# Backslashes are out because browsers read them as slashes: the host would be another.
_VISIBLE = re.compile(r"[!-\[\]-~]+").fullmatch


class UrlError(InputError):
    """An address that is not taken."""

    code = "bad_url"


def check_https_url(url: str, *, identifier: bool = False) -> SplitResult:
    """The parts of ``url``, if it is one we would use.

    Args:
        url: absolute address.
        identifier: stricter: no query, as for issuer identifiers [OID4VCI §12.2.1].

    Raises:
        UrlError: not https (nor http on loopback), without host, with user, fragment or,
            for an identifier, query.
    """
    if len(url) > MAX_URL_CHARACTERS or not _VISIBLE(url):
        raise UrlError(f"an address has at most {MAX_URL_CHARACTERS} visible ASCII characters")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise UrlError("not an address") from error
    if not host or parts.username is not None or parts.password is not None:
        raise UrlError("an address names a host, and no user")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK_HOSTS):
        raise UrlError("an address is https, or http on this machine")
    # By the mark, not by what follows it: an empty query is a query too.
    if "#" in url or (identifier and "?" in url):
        raise UrlError("an address has no fragment, and an identifier no query")
    return parts


def well_known_url(identifier: str, name: str) -> str:
    """Where the document ``name`` of an issuer stands: between host and path [RFC8414 §3].

    Raises:
        UrlError: ``identifier`` is no issuer identifier.
    """
    parts = check_https_url(identifier, identifier=True)
    return f"{parts.scheme}://{parts.netloc}/.well-known/{name}{parts.path.rstrip('/')}"
