"""A slip from the county's desk to a counter's scanner, by way of paper (R-9, R-10).

Printed by the command line, rendered as a printer would, photographed, and sent to a running
verifier over HTTP. Each test that does something to a permit has a permit of its own.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from click.testing import CliRunner
from PIL import Image

from holder_sim.stage import Stage
from issuer.cli import main
from issuer.demonstration import drawn_portrait
from schemas.civil_id import check_character
from schemas.endorsement_window import SHANGHAI

LUCHENG, PINGYANG = "330302", "330326"
WANG, LI, CHEN = f"wang-2@{LUCHENG}", f"li-3@{LUCHENG}", f"chen-5@{LUCHENG}"
WHY = ("--reason", "示范原因", "--legal-basis", "示范条例第一条")
SOON_S = 20.0
PAPER_CHECKS = [
    *("signature", "paper", "revocation", "endorsement", "validity"),
    *("jurisdiction", "requested_claims"),
]


class Counter:
    """A service counter of Lucheng, unless it is said to be elsewhere."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def check(
        self, shown: bytes | str, *, county: str = LUCHENG, item: str = "identity_look"
    ) -> dict[str, Any]:
        """The verdict on a picture, or on what a scanner typed."""
        kind = "image/png" if isinstance(shown, bytes) else "text/plain"
        answer = self._stage.client.post(
            f"{self._stage.urls['verifier']}/checks",
            params={"county": county, "item": item},
            content=shown,
            headers={"content-type": kind},
        )
        assert answer.status_code == 200, answer.text
        verdict: dict[str, Any] = answer.json()
        return verdict

    def until(self, reason: str | None, shown: bytes) -> dict[str, Any]:
        """The verdict once it has this reason: lists are fetched every second."""
        give_up = time.monotonic() + SOON_S
        while (verdict := self.check(shown))["reason"] != reason:
            assert time.monotonic() < give_up, verdict
            time.sleep(0.3)
        return verdict


@pytest.fixture(scope="module")
def stage(new_stage: Callable[[], Stage]) -> Stage:
    stage = new_stage()
    stage.start("issuer")
    stage.start("verifier")
    return stage


@pytest.fixture(scope="module")
def counter(stage: Stage) -> Counter:
    return Counter(stage)


@pytest.fixture(scope="module")
def number(stage: Stage) -> str:
    """The permit of the resident whose name lies outside the BMP; officers are made with it."""
    granted = stage.command("issuer", "demo-data", "--county", LUCHENG)
    return next(line.split()[0] for line in granted.splitlines() if "𠮷示范" in line)


Grant = Callable[..., str]


@pytest.fixture
def grant(stage: Stage, number: str, tmp_path: Path) -> Grant:
    """Grants one more invented resident a permit; ``days_ago``: by a clock that far behind."""

    def granted(digits: str, *, days_ago: int = 0) -> str:
        (tmp_path / "portrait.png").write_bytes(drawn_portrait(hue=0.4))
        on = datetime.now(SHANGHAI).date() - timedelta(days=days_ago + 200)
        listed = command(
            stage,
            *("grant", "--officer", LI, "--name", "林样例"),
            *("--citizen-id", digits + check_character(digits), "--ethnic-group", "01"),
            *("--registered-address", "贵州省贵阳市示范路1号"),
            *("--residence-address", "浙江省温州市鹿城区示范路1号"),
            *("--registered-on", on.isoformat(), "--portrait", str(tmp_path / "portrait.png")),
            days_ago=days_ago,
        )
        return listed.split()[0]

    return granted


def command(stage: Stage, *words: str, days_ago: int = 0) -> str:
    """An issuer's command, typed at a machine whose clock is ``days_ago`` behind.

    In this process: starting one for each would take most of the time.
    """
    clock = stage.directory / f"clock-{days_ago}"
    clock.write_text(str(-86400 * days_ago), encoding="ascii")
    environ = stage.environ | {"ISSUER_CLOCK_FILE": str(clock)}
    done = CliRunner(env=environ).invoke(main, words)
    assert done.exit_code == 0, done.output
    return done.stdout


def printed(stage: Stage, number: str, folder: Path, *, days_ago: int = 0) -> bytes:
    """A page, as PNG at the resolution of an office printer's draft."""
    pdf = folder / f"{number}.pdf"
    words = ("slip", number, "--officer", WANG, "--shown", "id_card", "--output", str(pdf))
    command(stage, *words, days_ago=days_ago)
    page: Image.Image = pypdfium2.PdfDocument(pdf)[0].render(scale=150 / 72).to_pil()
    stream = BytesIO()
    page.save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture(scope="module")
def page(stage: Stage, number: str, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return printed(stage, number, tmp_path_factory.mktemp("slips"))


def test_a_counter_accepts_the_paper(counter: Counter, page: bytes) -> None:
    verdict = counter.check(page)

    assert (verdict["verdict"], verdict["reason"]) == ("accepted", None)
    assert verdict["on_paper"] is True
    assert [check["check"] for check in verdict["checks"]] == PAPER_CHECKS
    assert verdict["claims"] == {"name": "𠮷示范", "citizen_id_tail": "0017"}
    assert "身份证" in verdict["tell"]["zh"]


def test_and_again_for_paper_is_not_used_up(counter: Counter, page: bytes) -> None:
    assert [counter.check(page)["verdict"] for _ in range(3)] == ["accepted"] * 3


def test_a_photograph_of_the_paper_on_a_table(counter: Counter, page: bytes) -> None:
    photo = Image.open(BytesIO(page)).rotate(9, expand=True, fillcolor="#6b5b4b")
    stream = BytesIO()
    photo.convert("RGB").save(stream, "PNG")

    assert counter.check(stream.getvalue())["verdict"] == "accepted"


def test_in_another_county_it_is_told_where_it_works(counter: Counter, page: bytes) -> None:
    verdict = counter.check(page, county=PINGYANG)

    assert (verdict["verdict"], verdict["reason"]) == ("refused", "out_of_area")
    assert "鹿城区" in verdict["tell"]["zh"]


@pytest.mark.parametrize(
    ("item", "verdict", "reason"),
    [
        ("library_card", "accepted", None),
        ("status_only", "accepted", None),
        ("social_insurance", "cannot_say", "not_on_slip"),
        ("elder_transport_card", "cannot_say", "not_on_slip"),
    ],
)
def test_what_it_is_good_for(
    counter: Counter, page: bytes, item: str, verdict: str, reason: str | None
) -> None:
    told = counter.check(page, item=item)

    assert (told["verdict"], told["reason"]) == (verdict, reason)


def test_a_code_that_was_tampered_with(counter: Counter, page: bytes) -> None:
    text = zxingcpp.read_barcodes(Image.open(BytesIO(page)))[0].text
    assert counter.check(text)["verdict"] == "accepted"

    for at in range(5, len(text) - 1, 11):
        other = "A" if text[at] != "A" else "B"
        verdict = counter.check(text[:at] + other + text[at + 1 :])
        assert verdict["verdict"] != "accepted"
        assert verdict["claims"] == {}


def test_the_print_is_in_the_audit_log(stage: Stage, number: str, page: bytes) -> None:
    history = command(stage, "show", number)

    assert "print_slip  wang-2" in history
    assert "shown: id_card" in history
    command(stage, "audit", "verify")


def test_suspended_restored_and_revoked(
    stage: Stage, counter: Counter, grant: Grant, tmp_path: Path
) -> None:
    number = grant("44000019880808000")
    page = printed(stage, number, tmp_path)
    assert counter.until(None, page)["verdict"] == "accepted"

    command(stage, "suspend", number, "--officer", LI, *WHY)
    assert counter.until("suspended", page)["verdict"] == "refused"

    command(stage, "restore", number, "--officer", CHEN, *WHY)
    assert counter.until(None, page)["verdict"] == "accepted"

    by = ("--proposed-by", LI, "--confirmed-by", CHEN)
    command(stage, "revoke", number, *by, *WHY)
    verdict = counter.until("revoked", page)
    assert (verdict["verdict"], verdict["on_paper"]) == ("refused", True)


def test_it_dies_with_the_endorsement(
    stage: Stage, counter: Counter, grant: Grant, tmp_path: Path
) -> None:
    """Printed more than a year ago, and nobody had to do anything since."""
    number = grant("36000019850617000", days_ago=370)
    page = printed(stage, number, tmp_path, days_ago=370)

    verdict = counter.check(page)

    assert (verdict["verdict"], verdict["reason"]) == ("refused", "lapsed")
    assert "补办签注" in verdict["tell"]["zh"]
    assert "重新打印" in verdict["tell"]["zh"]


def test_with_the_issuer_gone_the_lists_that_are_held_do(
    stage: Stage, counter: Counter, page: bytes
) -> None:
    # The last test of all: nothing after it needs the issuer.
    assert counter.until(None, page)["verdict"] == "accepted"
    stage.stop("issuer")
    assert counter.check(page)["verdict"] == "accepted"
