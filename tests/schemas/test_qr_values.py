"""Forms of values: exact both ways, or not taken."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.qr_values import FORM_OF, FORMS, decode_name, encode_name, last_day_before

SHANGHAI = timezone(timedelta(hours=8))
MIDNIGHT = int(datetime(2027, 11, 24, tzinfo=SHANGHAI).timestamp())


def bytes_of(kind: str, text: str) -> bytes | None:
    """What the first fitting form makes of ``text``, which comes back exactly."""
    for form in FORMS[kind]:
        raw = form.encode(text.encode())
        if raw is not None:
            assert form.decode(raw) == text.encode()
            assert len(raw) == form.width
            return raw
    return None


@pytest.mark.parametrize(
    ("kind", "text", "width"),
    [
        pytest.param("instant", str(MIDNIGHT), 2, id="start of a day in Shanghai"),
        pytest.param("instant", str(MIDNIGHT + 1), 4, id="a second later"),
        pytest.param("instant", str(MIDNIGHT + 8 * 3600), 4, id="start of a day in Greenwich"),
        pytest.param("instant", "4294967295", 4, id="the last in four bytes"),
        pytest.param("date", '"1900-01-01"', 2, id="the first date"),
        pytest.param("date", '"2028-02-29"', 2, id="a leap day"),
        pytest.param("date", '"2079-06-06"', 2, id="the last date"),
        pytest.param("index", "0", 3, id="index 0"),
        pytest.param("index", "16777215", 3, id="the last index"),
        pytest.param("sequence", "255", 1, id="the last sequence"),
        pytest.param("county", "330302", 2, id="Lucheng"),
        pytest.param("county", "330000", 2, id="the province"),
        pytest.param("id_tail", '"000X"', 2, id="tail with X"),
        pytest.param("id_tail", '"9999"', 2, id="tail with digits only"),
        pytest.param("id_number", '"65000019880103001X"', 8, id="whole number"),
        pytest.param("id_number", '"000000000000000000"', 8, id="zeroes are kept"),
        pytest.param("id_number", '"99999999999999999X"', 8, id="the largest"),
    ],
)
def test_taken(kind: str, text: str, width: int) -> None:
    raw = bytes_of(kind, text)

    assert raw is not None
    assert len(raw) == width


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        pytest.param("instant", "4294967296", id="beyond four bytes"),
        pytest.param("date", '"2027-02-29"', id="no such day"),
        pytest.param("date", '"0000-00-00"', id="no date"),
        pytest.param("date", '"1899-12-31"', id="before the first"),
        pytest.param("date", '"2079-06-07"', id="after the last"),
        pytest.param("index", "007", id="leading zeroes"),
        pytest.param("index", "16777216", id="beyond three bytes"),
        pytest.param("sequence", "256", id="beyond one byte"),
        pytest.param("sequence", "01", id="a leading zero"),
    ],
)
def test_not_taken(kind: str, text: str) -> None:
    assert bytes_of(kind, text) is None


@given(st.sampled_from(sorted(FORM_OF)), st.binary(min_size=8, max_size=8))
def test_any_bytes_stand_for_some_text(marker: bytes, raw: bytes) -> None:
    """A reader meets bytes that no writer made; they must not break it."""
    form = FORM_OF[marker]

    assert form.decode(raw[: form.width]).isascii()


@given(st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_last_day_over(instant: datetime) -> None:
    yesterday = instant.astimezone(SHANGHAI).date() - timedelta(days=1)
    seconds = b"%d" % int(instant.timestamp())

    assert last_day_before(seconds).decode() == f'"{yesterday.isoformat()}"'


@pytest.mark.parametrize("name", ["林样例", "阿依样·示例江", "王𠮷", "·"])
def test_names_come_back(name: str) -> None:
    text = f'"{name}"'.encode()

    assert decode_name(encode_name(text)) == text
    assert encode_name(text)[0] == len(encode_name(text)) - 1


@pytest.mark.parametrize("raw", [b"\x03\x67\x97\x67", b"\x02\xd8\x00"], ids=["odd", "half a pair"])
def test_no_utf_16(raw: bytes) -> None:
    with pytest.raises(ValueError, match="utf-16"):
        decode_name(raw)
