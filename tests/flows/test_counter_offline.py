"""A counter without a network: as long as its services allow, and by what comes on a stick."""

import shutil
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from holder_sim.stage import SERVICES, Stage

COUNTY = "330302"
STRICT, EASY = "vehicle_registration", "identity_look"
CLAIMS = {
    STRICT: ["name", "citizen_id_number", "residence_address"],
    EASY: ["name", "citizen_id_tail"],
}


def call(stage: Stage, path: str, **body: Any) -> Any:
    answer = stage.client.post(stage.urls["holder_sim"] + path, json=body)
    assert answer.is_success, answer.text
    return answer.json()


def unlock(stage: Stage, purpose: str) -> None:
    call(stage, "/face-checks", sample="match", purpose=purpose)


def verdict(stage: Stage, item: str = STRICT) -> tuple[str, str | None]:
    """Of a fresh code that the wallet shows now."""
    unlock(stage, "present")
    code = call(stage, "/showings", claims=CLAIMS[item])["code"]
    answer = stage.client.post(
        stage.urls["verifier"] + "/checks", params={"county": COUNTY, "item": item}, content=code
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["verdict"], answer.json()["reason"]


def bundle_tag(stage: Stage) -> str:
    return str(stage.client.get(stage.urls["verifier"] + "/bundle").headers["etag"])


@pytest.fixture(scope="module")
def cut_off(new_stage: Callable[[], Stage]) -> Stage:
    """Everything was up once and a permit is in the wallet; then the issuer went away."""
    stage = new_stage()
    for service in SERVICES:
        stage.start(service)
    granted = stage.command("issuer", "demo-data", "--county", COUNTY).splitlines()
    words = stage.command("issuer", "offer", granted[1].split()[0]).split()
    unlock(stage, "collect")
    call(stage, "/offers", uri=words[1], tx_code=words[4])
    stage.start("verifier")  # lists of what was granted since are fetched ahead at start
    stage.command("verifier", "bundle", "export", str(stage.directory / "stick.bundle"))
    stage.stop("issuer")
    return stage


def test_it_goes_on_until_the_age_that_the_service_takes_and_then_cannot_say(
    cut_off: Stage,
) -> None:
    assert verdict(cut_off) == ("accepted", None)

    cut_off.move_clock(timedelta(minutes=58))
    assert verdict(cut_off) == ("accepted", None)
    cut_off.move_clock(timedelta(minutes=62))
    assert verdict(cut_off) == ("cannot_say", "status_too_old")
    assert verdict(cut_off, EASY) == ("accepted", None), "a day is what this one takes"

    cut_off.start("verifier")
    assert verdict(cut_off) == ("cannot_say", "status_too_old")
    assert verdict(cut_off, EASY) == ("accepted", None)

    cut_off.move_clock(timedelta(hours=25))
    assert verdict(cut_off, EASY) == ("cannot_say", "status_unavailable")
    cut_off.start("verifier")
    assert verdict(cut_off, EASY) == ("cannot_say", "status_unavailable")

    before = bundle_tag(cut_off)
    cut_off.start("issuer")
    give_up_at = time.monotonic() + 30
    while bundle_tag(cut_off) == before and time.monotonic() < give_up_at:
        time.sleep(0.1)  # a new bundle is made as soon as a new list is there
    assert verdict(cut_off) == ("accepted", None)
    cut_off.stop("issuer")


@pytest.fixture
def never_connected(cut_off: Stage, tmp_path: Path) -> Iterator[Stage]:
    """Another counter on the same stage, without keys for bundles, that may ask nobody."""
    before = dict(cut_off.environ)
    keys = cut_off.directory / "keys" / "verifier"
    for name in ("request.key", "request.pem"):
        shutil.copy(keys / name, tmp_path)
    cut_off.stop("verifier")
    cut_off.move_clock(timedelta())
    cut_off.environ |= {
        "VERIFIER_STATE_DIR": str(tmp_path / "state"),
        "VERIFIER_REQUEST_KEY": str(tmp_path / "request"),
        "VERIFIER_TRUST_LIST": str(tmp_path / "there-is-none"),
        "VERIFIER_OFFLINE": "true",
    }
    yield cut_off
    cut_off.stop("verifier")
    cut_off.environ = before


def test_a_counter_that_never_had_a_network_is_fed_by_a_stick(never_connected: Stage) -> None:
    stage, stick = never_connected, str(never_connected.directory / "stick.bundle")

    shown = stage.command("verifier", "bundle", "show", stick)
    imported = stage.command("verifier", "bundle", "import", stick)
    assert "trust list 1 with 2 issuers, 1 status lists" in shown
    assert "1 status lists are newer" in imported
    stage.start("verifier")
    assert verdict(stage) == ("accepted", None)
    stage.start("verifier")
    assert verdict(stage) == ("accepted", None)

    stage.move_clock(timedelta(minutes=70))
    assert verdict(stage) == ("cannot_say", "status_too_old")
