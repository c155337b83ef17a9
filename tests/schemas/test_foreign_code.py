"""What else people hold under a scanner, in words."""

import pytest

from schemas.foreign_code import ForeignKind, foreign_kind, kind_of_foreign


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("WXP://F2F0example", "a payment code"),
        ("wxp://f2f0example", "a payment code"),
        ("https://qr.alipay.com/fkx00000example", "a payment code"),
        ("HTTPS://QR.ALIPAY.COM/FKX00000EXAMPLE", "a payment code"),
        ("alipays://platformapi/startapp?x", "a payment code"),
        ("https://payapp.weixin.qq.com/example", "a payment code"),
        ("openid4vp://?client_id=x", "a counter's request, for a wallet to answer"),
        ("openid-credential-offer://?x", "an offer of a permit, for a wallet to accept"),
        ("HC1:6BF", "a health code"),
        ("WIFI:T:WPA;S:example;;", "a wireless network"),
        ("BEGIN:VCARD\nVERSION:3.0", "a business card"),
        ("MAILTO:someone@example.org", "a telephone number or an e-mail address"),
        ("https://example.org/menu", "a web address"),
        ("6901234567892", "a bar code of digits"),
        ("示范", "some other text"),
        (" \n", "an empty text"),
        ("", "an empty text"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    assert kind_of_foreign(text) == kind


def test_every_kind_has_its_words_and_is_told_apart() -> None:
    texts = (
        "WXP:",
        "HAIP-VCI:",
        "HAIP-VP:",
        "JKM",
        "WIFI:",
        "MECARD:",
        "TEL:",
        "HTTP://",
        "1",
        "x",
        "",
    )

    assert tuple(map(foreign_kind, texts)) == tuple(ForeignKind)
    assert len({kind_of_foreign(text) for text in texts}) == len(ForeignKind)
