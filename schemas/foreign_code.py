"""Saying what a scanned text is when it is no permit, in words a clerk can use.

Kinds are told apart by how they begin; the text itself is not repeated, for it may be
someone's payment code.
"""

from enum import StrEnum
from typing import Final


class ForeignKind(StrEnum):
    """What else people hold under a scanner."""

    PAYMENT = "payment"
    OFFER = "offer"
    REQUEST = "request"
    HEALTH = "health"
    WIRELESS = "wireless"
    CARD = "card"
    CONTACT = "contact"
    ADDRESS = "address"
    DIGITS = "digits"
    TEXT = "text"
    NOTHING = "nothing"


_BEGINNINGS: Final = (
    (
        ("WXP:", "ALIPAY", "HTTPS://QR.ALIPAY.COM", "HTTPS://PAYAPP.", "HTTPS://WX.TENPAY.COM"),
        ForeignKind.PAYMENT,
    ),
    (("OPENID-CREDENTIAL-OFFER:", "HAIP-VCI:"), ForeignKind.OFFER),
    (("OPENID4VP:", "HAIP-VP:", "EUDI-OPENID4VP:"), ForeignKind.REQUEST),
    (("HC1:", "SHC:/", "JKM"), ForeignKind.HEALTH),
    (("WIFI:",), ForeignKind.WIRELESS),
    (("BEGIN:VCARD", "MECARD:"), ForeignKind.CARD),
    (("TEL:", "SMSTO:", "MAILTO:"), ForeignKind.CONTACT),
    (("HTTP://", "HTTPS://"), ForeignKind.ADDRESS),
)
_IN_ENGLISH: Final = {
    ForeignKind.PAYMENT: "a payment code",
    ForeignKind.OFFER: "an offer of a permit, for a wallet to accept",
    ForeignKind.REQUEST: "a counter's request, for a wallet to answer",
    ForeignKind.HEALTH: "a health code",
    ForeignKind.WIRELESS: "a wireless network",
    ForeignKind.CARD: "a business card",
    ForeignKind.CONTACT: "a telephone number or an e-mail address",
    ForeignKind.ADDRESS: "a web address",
    ForeignKind.DIGITS: "a bar code of digits",
    ForeignKind.TEXT: "some other text",
    ForeignKind.NOTHING: "an empty text",
}


def foreign_kind(text: str) -> ForeignKind:
    """What ``text`` seems to be."""
    beginning = text.lstrip()[:64].upper()
    for prefixes, kind in _BEGINNINGS:
        if beginning.startswith(prefixes):
            return kind
    if beginning.isdigit():
        return ForeignKind.DIGITS
    return ForeignKind.TEXT if beginning else ForeignKind.NOTHING


def kind_of_foreign(text: str) -> str:
    """What ``text`` seems to be, as it stands in "this is ...", English."""
    return _IN_ENGLISH[foreign_kind(text)]
