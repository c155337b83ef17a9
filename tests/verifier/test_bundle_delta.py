"""Only what changed travels, and what is put together is what was signed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier import bundle_delta
from verifier.bundle_delta import BLOCK, delta_of, restored
from verifier.bundle_errors import (
    BundleBaseMissingError,
    BundleError,
    BundleSpoiltError,
    BundleTooLargeError,
)
from verifier.bundle_manifest import Manifest, Part, Signed, digest, split_lines
from verifier.counter_bundle import read_bundle

TEXT = st.text("abc.-_", max_size=4 * BLOCK)
LINES = st.dictionaries(st.sampled_from("pqrst"), TEXT, min_size=1)


def signed(lines: dict[str, str]) -> Signed:
    parts = tuple(Part(name, digest(line)) for name, line in lines.items())
    return Signed(Manifest(sequence=1, iat=0, parts=parts), "token")


def sent(lines: dict[str, str], base: dict[str, str]) -> tuple[str, ...]:
    return split_lines(delta_of(signed(lines), tuple(lines.values()), base))[1]


@given(lines=LINES, base=LINES)
def test_whoever_holds_the_base_gets_the_whole(lines: dict[str, str], base: dict[str, str]) -> None:
    lines = {name: line or "x" for name, line in lines.items()}  # no line of ours is empty

    assert restored(signed(lines), sent(lines, base), base) == tuple(lines.values())


@given(lines=LINES, line=st.text("=:,0123456789ab", max_size=40))
def test_any_change_is_an_error_or_the_signed_line(lines: dict[str, str], line: str) -> None:
    made = signed(lines)
    try:
        whole = restored(made, (line,) * len(lines), lines)
    except BundleError:
        return
    assert all(
        text == line or digest(text) == part.sha256
        for text, part in zip(whole, made.manifest.parts, strict=True)
    )


def test_what_did_not_change_is_not_sent() -> None:
    before = {"p": "a" * 1000, "q": "b" * 1000, "r": "c" * 1000}
    after = before | {"q": "b" * 700 + "x" + "b" * 299, "r": "c" * 1001}

    assert sent(after, before) == (
        "",
        f"=10:{'b' * 60}x{'b' * 3}",
        "c" * 1001,
    )


def test_a_list_that_was_only_signed_anew_costs_little(bundles: Any) -> None:
    world = bundles.world
    values = {idx: 1 for idx in range(0, 16000, 3)}
    now_s = int(world.now.timestamp())
    first = bundles.lines(**{"1": world.status_token(values=values)})
    second = first | {world.lucheng.status_uri: world.status_token(values=values, iat=now_s)}
    data = bundles.bundle(second)
    bundle = read_bundle(data, root=world.root, at=world.now)

    delta = delta_of(bundle.signed, bundle.lines, first)

    assert len(delta) < len(bundle.signed.token) + 700
    assert read_bundle(delta, root=world.root, at=world.now, base=first) == bundle


def test_changes_to_what_is_not_held(bundles: Any) -> None:
    lines = {"p": "a" * 200}

    with pytest.raises(BundleBaseMissingError, match="not held"):
        restored(signed(lines), ("",), {})
    with pytest.raises(BundleBaseMissingError, match="another one"):
        restored(signed(lines), ("",), {"p": "b" * 200})


@pytest.mark.parametrize(
    "line",
    [
        "=",
        "=x:" + "a" * BLOCK,
        "=-1:" + "a" * BLOCK,
        "=²:" + "a" * BLOCK,
        "=9:" + "a" * BLOCK,
        "=000000000:" + "a" * BLOCK,
        "=0:a",
        "=0:" + "a" * BLOCK + ",",
    ],
)
def test_what_is_no_change(line: str) -> None:
    lines = {"p": "a" * 200}

    with pytest.raises(BundleSpoiltError):
        restored(signed(lines), (line,), lines)


def test_a_small_file_does_not_swell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle_delta, "MAX_BUNDLE_BYTES", 300)
    lines = {"p": "a" * 200, "q": "b" * 200}

    with pytest.raises(BundleTooLargeError):
        restored(signed(lines), ("", ""), lines)
