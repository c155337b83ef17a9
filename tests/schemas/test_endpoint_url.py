"""Addresses: which are taken, and where an issuer's documents stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.endpoint_url import MAX_URL_CHARACTERS, UrlError, check_https_url, well_known_url

NAME = "openid-credential-issuer"


@pytest.mark.parametrize(
    "url",
    [
        "https://permits.example",
        "https://permits.example/330302",
        "https://permits.example:8443/330302/",
        "HTTPS://Permits.Example/330302",
        "https://[2001:db8::1]:8443/a",
        "http://127.0.0.1:8101/330302",
        "http://localhost/330302",
        "http://LOCALHOST:8101",
        "http://[::1]:8101/330302",
    ],
)
def test_https_anywhere_and_http_on_this_machine(url: str) -> None:
    assert check_https_url(url, identifier=True).geturl().lower() == url.lower()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "permits.example/330302",
        "//permits.example/330302",
        "https:",
        "https://",
        "https:///330302",
        "https://:8443/",
        "http://permits.example/330302",
        "http://127.0.0.1.evil.example/",
        "http://localhost.evil.example/",
        "http://127.0.0.2/",
        "http://10.0.0.1/",
        "http://0.0.0.0/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:text/html,x",
        "openid-credential-offer://permits.example",
        "https://clerk@permits.example/",
        "https://clerk:secret@permits.example/",
        "https://@permits.example/",
        "https://permits.example@evil.example/",
        "https://permits.example\\@evil.example/",
        "https://evil.example\\.permits.example/",
        "https://permits.example/a b",
        "https://permits.example/\n330302",
        "https://permits.example/\t330302",
        "https://permits.example/\x7f",
        " https://permits.example/",
        "https://permits.example:port/",
        "https://permits.example:65536/",
        "https://permits.example:-1/",
        "https://[::1/",
        "https://[permits.example]/",
        "https://pérmits.example/",
        "https://permits。example/",
        "https://permits.example/#330302",
        "https://permits.example/#",
    ],
)
def test_other_addresses_are_not_taken(url: str) -> None:
    with pytest.raises(UrlError) as caught:
        check_https_url(url)

    assert caught.value.code == "bad_url"
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("query", ["?a=1", "?"])
def test_an_identifier_has_no_query_and_an_endpoint_may(query: str) -> None:
    url = f"https://permits.example/330302{query}"

    check_https_url(url)
    with pytest.raises(UrlError, match="no query"):
        check_https_url(url, identifier=True)


def test_addresses_have_a_longest_length() -> None:
    stem = "https://permits.example/"
    longest = stem + "a" * (MAX_URL_CHARACTERS - len(stem))

    check_https_url(longest)
    with pytest.raises(UrlError, match=str(MAX_URL_CHARACTERS)):
        check_https_url(longest + "a")


@given(st.text(max_size=60) | st.text(max_size=40).map("https://permits.example/{}".format))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        parts = check_https_url(text)
    except UrlError:
        return
    assert parts.hostname
    assert parts.scheme in ("https", "http")


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("https://permits.example", f"https://permits.example/.well-known/{NAME}"),
        ("https://permits.example/", f"https://permits.example/.well-known/{NAME}"),
        ("https://permits.example/330302", f"https://permits.example/.well-known/{NAME}/330302"),
        ("https://permits.example/330302/", f"https://permits.example/.well-known/{NAME}/330302"),
        ("https://permits.example/a/b", f"https://permits.example/.well-known/{NAME}/a/b"),
        ("http://[::1]:8101/330302", f"http://[::1]:8101/.well-known/{NAME}/330302"),
    ],
)
def test_vci_1_the_words_go_between_host_and_path(identifier: str, expected: str) -> None:
    assert well_known_url(identifier, NAME) == expected


@pytest.mark.parametrize("identifier", ["http://permits.example", "https://permits.example?a=1"])
def test_what_is_no_identifier_has_no_documents(identifier: str) -> None:
    with pytest.raises(UrlError):
        well_known_url(identifier, NAME)
