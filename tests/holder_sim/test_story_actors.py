"""The people of the story tell errors of a service from what the story is about."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from holder_sim import story_actors
from holder_sim.stage import Stage, free_ports
from holder_sim.story_actors import Actors, StoryError, printed


@pytest.fixture(scope="module")
def actors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Actors]:
    """With counter and wallet, and an issuer that nobody has started."""
    with closing(Stage(tmp_path_factory.mktemp("stage"), free_ports())) as stage:
        stage.make_keys(["330302"])
        for prefix in ("VERIFIER_", "HOLDER_"):
            stage.environ[prefix + "TRUST_LIST"] = str(stage.directory / "keys" / "trust-list.jwt")
        stage.start("verifier")
        stage.start("holder_sim")
        yield Actors(stage)


def test_an_error_of_the_wallet_ends_the_story_unless_it_is_expected(actors: Actors) -> None:
    actors.pass_face_check()

    status, answer = actors.wallet_says("/showings", claims=["name"])
    assert (status, answer["error"]) == (404, "nothing_to_show")
    with pytest.raises(StoryError, match=r"answered 404 at /showings: .*nothing_to_show"):
        actors.show_code("name")
    assert actors.wallet("/locks") == {}


def test_an_error_of_the_counter_is_not_taken_for_a_verdict(actors: Actors) -> None:
    verdict = actors.check("330302", "identity_look", "https://example.com")

    assert (verdict["verdict"], verdict["reason"]) == ("refused", "foreign_code")
    with pytest.raises(StoryError, match=r"the verifier answered 404: .*unknown_item"):
        actors.check("330302", "lottery", "https://example.com")
    with pytest.raises(StoryError, match=r"the verifier answered 400: .*not_a_picture"):
        actors.check("330302", "identity_look", b"GIF89a")
    with pytest.raises(StoryError, match=r"the verifier answered 409: .*permit_not_needed"):
        actors.present("330302", "marriage_registration")


def test_counters_that_learn_nothing_end_the_story(
    actors: Actors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(story_actors, "SYNC_TIMEOUT_S", 0.2)

    with pytest.raises(StoryError, match="did not fetch the status lists ahead"):
        actors.wait_for_status_lists()


@pytest.mark.parametrize(
    ("output", "what", "word"),
    [
        ("offer             openid-credential-offer://?a=b\n", "offer", "openid-credential-offer://?a=b"),
        ("offer  x\ntransaction code  123456\n", "transaction code", "123456"),
        ("ZJ1  usable  usable through 2027-11-25  next", "usable through", "2027-11-25"),
    ],
)  # fmt: skip
def test_what_a_command_prints_is_found_by_the_words_before_it(
    output: str, what: str, word: str
) -> None:
    assert printed(output, what) == word


def test_what_a_command_does_not_print_ends_the_story() -> None:
    with pytest.raises(StoryError, match="the command does not say 'transaction code'"):
        printed("transaction code", "transaction code")
