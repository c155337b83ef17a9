"""The story ends at the first step that goes differently, and says which one that was."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from holder_sim.stage import SERVICES, Stage, free_ports
from holder_sim.story import COUNTY_ITEM, GROUNDS, LUCHENG, OFFICERS, PINGYANG, SHOWN, Story
from holder_sim.story_actors import Actors, StoryError
from holder_sim.story_lines import STEPS


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Every test leaves it as it found it, but for the permit in the wallet."""
    with closing(Stage(tmp_path_factory.mktemp("stage"), free_ports())) as stage:
        stage.make_keys([LUCHENG, PINGYANG])
        for service in SERVICES:
            stage.start(service)
        yield stage


class Audience:
    """Hears the story, and may meddle as soon as one step has been told."""

    def __init__(self, step: str, meddle: Callable[[], object]) -> None:
        self.heard: list[str] = []
        self._outcome_of = STEPS[step].expected.zh
        self._meddle = meddle

    def __call__(self, line: str) -> None:
        self.heard.append(line)
        if len(self.heard) > 1 and self._outcome_of in self.heard[-2]:
            self._meddle()


def test_a_step_that_goes_differently_ends_the_story_and_is_named(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = Actors(stage)
    others.number = stage.command("issuer", "demo-data", "--county", LUCHENG).split()[0]

    def suspend() -> None:
        others.act("suspend", OFFICERS[0], *GROUNDS)
        assert others.until("suspended", LUCHENG, COUNTY_ITEM, *SHOWN)["reason"] == "suspended"

    audience = Audience("shown", suspend)
    try:
        with pytest.raises(StoryError, match=r"step 5 \(accepted_offline\) went differently"):
            Story(stage, "zh", audience).tell()
    finally:
        stage.start("issuer")

    assert re.match(r"    实际: 拒绝 \(suspended\) 状态信息截至 .*  \[不一致\]", audience.heard[-1])
    assert all(re.search("[一-鿿█]", line) for line in audience.heard)
    monkeypatch.setattr("holder_sim.story_actors.PATIENCE_S", 0.3)
    assert others.until("lapsed", LUCHENG, COUNTY_ITEM, *SHOWN)["reason"] == "suspended"
    others.act("restore", OFFICERS[1], *GROUNDS)


def test_a_service_that_does_not_answer_ends_the_story(stage: Stage) -> None:
    audience = Audience("taken", lambda: stage.stop("holder_sim"))
    try:
        with pytest.raises(StoryError, match="after step 2 a service did not answer"):
            Story(stage, "zh", audience).tell()
    finally:
        stage.start("holder_sim")
