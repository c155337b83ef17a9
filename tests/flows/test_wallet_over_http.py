"""A wallet from its first offer on, driven as its pages drive it, with issuer and counter real."""

from collections.abc import Callable
from typing import Any

import httpx

from holder_sim.stage import Stage
from schemas.permit_credential import CLAIM_PATHS

CITY_CLAIMS = ["name", "citizen_id_number", "residence_address"]


def error(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


def cards(phone: Any) -> dict[str, tuple[int, int]]:
    """Copies, and unused ones among them, by credential configuration."""
    assert phone.face("view").is_success
    held = phone.get("/cards").json()["cards"]
    return {card["configuration"]: (card["copies"], card["unused"]) for card in held}


def asked(stage: Stage, item: str = "vehicle_registration") -> dict[str, str]:
    """A counter's request."""
    body = {"county": "330326", "item": item}
    answer = stage.client.post(stage.urls["verifier"] + "/requests", json=body)
    request: dict[str, str] = answer.json()
    return request


def result(stage: Stage, request: dict[str, str]) -> dict[str, Any]:
    answer = stage.client.get(
        f"{stage.urls['verifier']}/requests/{request['id']}",
        headers={"authorization": f"Bearer {request['transaction_id']}"},
    )
    read: dict[str, Any] = answer.json()
    return read


def test_without_the_right_face_nothing_of_the_permit_leaves_the_wallet(
    stage: Stage, phone: Any
) -> None:
    phone.hold()
    request = asked(stage)

    mismatch = phone.face("present", sample="mismatch")
    shown = phone.post("/showings", claims=["name"])
    answered = phone.post("/presentations", url=request["authorization_url"])

    assert error(mismatch) == (403, "face_mismatch")
    assert error(shown) == error(answered) == error(phone.get("/cards")) == (403, "locked")
    assert "police counter" in shown.json()["remedy"], "there is a way without a face"
    assert all("ZJ1:" not in answer.text for answer in (mismatch, shown, answered))
    assert result(stage, request)["state"] == "requested"


def test_a_check_for_one_purpose_does_not_stand_in_for_another(phone: Any) -> None:
    acts: dict[str, Callable[[], httpx.Response]] = {
        "view": lambda: phone.get("/cards"),
        "present": lambda: phone.post("/showings", claims=["name"]),
        "collect": lambda: phone.post("/refreshes"),
    }
    phone.hold()

    for made_for in acts:
        assert phone.face(made_for).is_success
        done = {purpose for purpose, act in acts.items() if act().is_success}
        assert done == {made_for}
        phone.post("/locks")
        assert error(acts[made_for]()) == (403, "locked")


def test_an_offer_is_taken_once_and_what_was_taken_stays(phone: Any) -> None:
    offer = phone.offered()
    phone.face("collect")
    assert phone.post("/offers", **offer).is_success
    phone.code("name")
    held = cards(phone)

    again = phone.post("/offers", **offer)

    assert error(again) == (502, "issuer_refused")
    assert "invalid_grant" in again.json()["error_description"]
    assert cards(phone) == held == {"residence_permit": (5, 5), "residence_permit_pass": (5, 4)}


def test_a_wrong_transaction_code_does_not_lose_the_offer(phone: Any) -> None:
    offer = phone.offered()
    wrong = f"{(int(offer['tx_code']) + 1) % 10**6:06}"
    phone.face("collect")

    refused = phone.post("/offers", uri=offer["uri"], tx_code=wrong)

    assert error(refused) == (502, "issuer_refused")
    assert "invalid_grant" in refused.json()["error_description"]
    assert phone.post("/offers", **offer).is_success


def test_new_copies_take_the_place_of_the_old_again_and_again(phone: Any, stage: Stage) -> None:
    """The token for them is another one each time; a spent one would end the whole grant."""
    phone.take()
    phone.code("name")
    vault = next(path for path in (stage.directory / "wallet").iterdir() if "vault" in path.name)
    sealed = {vault.read_bytes()}

    for _ in range(3):
        assert phone.face("collect").is_success
        assert phone.post("/refreshes").status_code == 200
        assert cards(phone) == {"residence_permit": (5, 5), "residence_permit_pass": (5, 5)}
        sealed.add(vault.read_bytes())

    assert len(sealed) == 4
    assert check(stage, phone.code("name", "citizen_id_tail"))["verdict"] == "accepted"


def check(stage: Stage, code: str) -> dict[str, Any]:
    answer = stage.client.post(
        stage.urls["verifier"] + "/checks",
        params={"county": "330302", "item": "identity_look"},
        content=code,
    )
    verdict: dict[str, Any] = answer.json()
    return verdict


def test_a_counter_reads_what_was_agreed_to_and_nothing_else(stage: Stage, phone: Any) -> None:
    phone.hold()
    request = asked(stage)
    assert phone.face("present").is_success

    sent = phone.post("/presentations", url=request["authorization_url"], claims=CITY_CLAIMS)

    assert sent.status_code == 200, sent.text
    assert sent.json()["claims"] == CITY_CLAIMS
    answered = result(stage, request)
    assert (answered["state"], answered["result"]["verdict"]) == ("answered", "accepted")
    assert list(answered["result"]["claims"]) == CITY_CLAIMS
    again = phone.post("/presentations", url=request["authorization_url"])
    assert error(again)[0] >= 400
    assert result(stage, request) == answered


def test_less_than_the_whole_request_agreed_to_is_a_no(stage: Stage, phone: Any) -> None:
    phone.hold()
    request = asked(stage)
    assert phone.face("present").is_success

    answer = phone.post("/presentations", url=request["authorization_url"], claims=["name"])

    assert error(answer) == (400, "declined")
    told = result(stage, request)
    assert (told["state"], told["error"], told["result"]) == ("declined", "access_denied", None)


def test_a_code_shows_the_claims_chosen_and_no_others(stage: Stage, phone: Any) -> None:
    phone.hold()

    verdict = check(stage, phone.code("name", "citizen_id_tail"))

    assert set(verdict["claims"]) & set(CLAIM_PATHS) == {"name", "citizen_id_tail"}
    missing = check(stage, phone.code("name"))
    assert (missing["verdict"], missing["reason"]) == ("refused", "claims_missing")
