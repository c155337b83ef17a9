"""Saying what a scanned text is when it is no permit, in words a clerk can use.

Kinds are told apart by how they begin; the text itself is not repeated, for it may be
someone's payment code.
"""

from typing import Final

_KINDS: Final = (
    (
        ("WXP:", "ALIPAY", "HTTPS://QR.ALIPAY.COM", "HTTPS://PAYAPP.", "HTTPS://WX.TENPAY.COM"),
        "a payment code",
    ),
    (("OPENID-CREDENTIAL-OFFER:", "HAIP-VCI:"), "an offer of a permit, for a wallet to accept"),
    (("OPENID4VP:", "HAIP-VP:", "EUDI-OPENID4VP:"), "a counter's request, for a wallet to answer"),
    (("HC1:", "SHC:/", "JKM"), "a health code"),
    (("WIFI:",), "a wireless network"),
    (("BEGIN:VCARD", "MECARD:"), "a business card"),
    (("TEL:", "SMSTO:", "MAILTO:"), "a telephone number or an e-mail address"),
    (("HTTP://", "HTTPS://"), "a web address"),
)


def kind_of_foreign(text: str) -> str:
    """What ``text`` seems to be, as it stands in "this is ...", English."""
    beginning = text.lstrip()[:64].upper()
    for prefixes, kind in _KINDS:
        if beginning.startswith(prefixes):
            return kind
    if beginning.isdigit():
        return "a bar code of digits"
    return "some other text" if beginning else "an empty text"
