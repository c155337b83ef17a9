"""The drawn rows are the code that a wallet reads."""

import zxingcpp
from PIL import Image

from verifier.web.request_picture import QUIET_ZONE, rows_of_link

LINK = "openid4vp://?client_id=x509_hash%3Aabc&request_uri=https%3A%2F%2Fv.example%2Frequests%2F7"


def test_the_rows_are_read_back() -> None:
    rows = rows_of_link(LINK)
    edge = len(rows) + 2 * QUIET_ZONE
    picture = Image.new("L", (edge, edge), 255)
    for y, row in enumerate(rows):
        for x, module in enumerate(row):
            picture.putpixel((x + QUIET_ZONE, y + QUIET_ZONE), 0 if module == "1" else 255)
    large = picture.resize((edge * 4, edge * 4), Image.Resampling.NEAREST)

    assert {len(row) for row in rows} == {len(rows)}
    assert [code.text for code in zxingcpp.read_barcodes(large)] == [LINK]
