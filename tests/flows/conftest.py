"""A stage for flows: issuer, verifier and wallet as processes, with the keys of two counties."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from holder_sim.stage import SERVICES, Stage, free_ports

COUNTIES = ("330302", "330326")


@pytest.fixture(scope="session")
def new_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Stage]]:
    """Makes a stage with keys, on which nothing is started yet."""
    with ExitStack() as stages:

        def make() -> Stage:
            directory = tmp_path_factory.mktemp("stage")
            stage = stages.enter_context(closing(Stage(directory, free_ports())))
            stage.make_keys(COUNTIES)
            return stage

        yield make


@pytest.fixture(scope="session")
def stage(new_stage: Callable[[], Stage]) -> Stage:
    """Everything is up and stays so; permits are granted to all the invented people."""
    stage = new_stage()
    for service in SERVICES:
        stage.start(service)
    stage.command("issuer", "demo-data")
    return stage
