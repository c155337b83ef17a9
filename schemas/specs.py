"""The specifications this project follows, each pinned to the text that was read.

Code cites a clause as ``[TAG §n]``; a test fails when a cited tag is not listed here.
"""

from typing import Final

SPECS: Final[dict[str, str]] = {
    "ZJ": "Public description of the electronic residence permit service of Wenzhou, 2022-10",
    "SC663": "Interim Regulations on Residence Permits, State Council Decree 663, 2016-01-01",
    "ZJ-REG": "Zhejiang Regulations on Residence Registration of Floating Population, 2016-07-01",
    "CC": "Civil Code of the People's Republic of China, 2021-01-01 (periods: 201-203, 1259)",
    "GB11643": "GB 11643-1999, citizen identification number",
    "GBT2260": "GB/T 2260, codes of administrative divisions, Zhejiang as of 2026-11-23",
    "GBT2261": "GB/T 2261.1-2003, codes of sex",
    "GBT3304": "GB/T 3304-1991, codes of ethnic groups",
    "SD-JWT": "RFC 9901, Selective Disclosure for JSON Web Tokens, 2025-11",
    "SD-JWT-VC": "draft-ietf-oauth-sd-jwt-vc-13, 2025-11-06 (the version HAIP 1.0 pins)",
    "TSL": "draft-ietf-oauth-status-list-20, 2026-04-20 (strict side of -14, which HAIP pins)",
    "OID4VCI": "OpenID for Verifiable Credential Issuance 1.0 Final, 2025-09-16",
    "OID4VP": "OpenID for Verifiable Presentations 1.0 Final, 2025-07-10",
    "HAIP": "OpenID4VC High Assurance Interoperability Profile 1.0 Final, 2025-12-24",
    "RFC4648": "RFC 4648, Base16, Base32 and Base64 encodings, 2006-10",
    "RFC5280": "RFC 5280, X.509 certificate and CRL profile, 2008-05",
    "RFC6749": "RFC 6749, OAuth 2.0 authorization framework, 2012-10",
    "RFC6750": "RFC 6750, OAuth 2.0 bearer token usage, 2012-10",
    "RFC7515": "RFC 7515, JSON Web Signature, 2015-05",
    "RFC7516": "RFC 7516, JSON Web Encryption, 2015-05",
    "RFC7517": "RFC 7517, JSON Web Key, 2015-05",
    "RFC7518": "RFC 7518, JSON Web Algorithms, 2015-05",
    "RFC7519": "RFC 7519, JSON Web Token, 2015-05",
    "RFC7638": "RFC 7638, JSON Web Key thumbprint, 2015-09",
    "RFC7800": "RFC 7800, proof-of-possession key semantics for JWTs, 2016-04",
    "RFC8414": "RFC 8414, OAuth 2.0 authorization server metadata, 2018-06",
    "RFC8725": "RFC 8725, JSON Web Token best current practices, 2020-02",
    "RFC9101": "RFC 9101, JWT-secured authorization request, 2021-08",
    "RFC9285": "RFC 9285, the Base45 data encoding, 2022-08",
    "SEC1": "SEC 1: Elliptic Curve Cryptography 2.0, 2009-05",
    "QR": "ISO/IEC 18004:2015, QR code bar code symbology",
    "REDIS-GETDEL": "Redis command GETDEL, since 6.2.0",
}
