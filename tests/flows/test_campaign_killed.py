"""A campaign is killed three times without warning, and ends with each permit endorsed once.

The command of an officer runs as a process of its own; whenever it has come far enough it is
killed in the middle of what it does next, and run again. The last life is shared by two
processes at once. Ten thousand permits on SQLite, a thousand on PostgreSQL.
"""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from signal import SIGKILL

import pytest
from msgspec.structs import replace

from issuer.audit_log import verify_chain
from issuer.batch import Stage
from issuer.campaigns import Campaigns
from issuer.demonstration_officers import add_demonstration_officers
from issuer.officer import Officer, Role
from issuer.particulars import Resident
from issuer.permit import grant
from issuer.residence_register import ResidenceRegistration
from issuer.storage_sql import SqlIssuerStorage
from issuer.stored_residences import StoredResidences
from keys.clock import system_clock
from schemas.civil_id import Sex
from schemas.endorsement_window import day_of

ROOT = Path(__file__).parents[2]
LUCHENG = "330302"
LI = Officer("li-3", LUCHENG, frozenset({Role.APPROVER}))
SIZES = {"sqlite": 10_000, "postgresql": 1_000}
KILLS = 3
WAIT_S = 120.0
"""How long one life may take to come far enough before the test gives up."""


@pytest.fixture
def storage(register_url: str) -> Iterator[SqlIssuerStorage]:
    opened = SqlIssuerStorage(register_url)
    yield opened
    opened.close()


def fill(storage: SqlIssuerStorage, size: int) -> None:
    """Permits in their window, of residents who are registered, in one transaction."""
    issued_on = day_of(system_clock()) - timedelta(days=355)
    first = grant(
        number="ZJ",
        county=LUCHENG,
        resident=Resident(
            name="张示范",
            citizen_id_number="",
            sex=Sex.MALE,
            birthdate=date(1990, 1, 1),
            ethnic_group="01",
            registered_address="示范省示范市1号",
            portrait=b"\xff\xd8\xff",
        ),
        residence_address="示范路1号",
        registered_on=issued_on,
        on=issued_on,
        by="wang-2",
    )
    with storage.transaction() as tx:
        for n in range(size):
            person = replace(first.resident, citizen_id_number=f"{n:018d}")
            tx.add_permit(replace(first, number=f"ZJ{n:018d}", resident=person))
        tx.put_registrations(
            ResidenceRegistration(f"{n:018d}", LUCHENG, "示范路1号", issued_on) for n in range(size)
        )
    add_demonstration_officers(storage, [LUCHENG], datetime.now(UTC))


def run(url: str, campaign_id: str, folder: Path) -> subprocess.Popen[bytes]:
    environ = os.environ | {
        "ISSUER_DATABASE_URL": url,
        "ISSUER_STATE_DIR": str(folder),
        "ISSUER_ALLOW_DEMO_IDS": "true",
    }
    command = ["campaign", "run", campaign_id, "--officer", f"li-3@{LUCHENG}"]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "issuer", *command],
            cwd=ROOT,
            env=environ,
            stdout=log,
            stderr=log,
        )


def wait_until_done(storage: SqlIssuerStorage, campaign_id: str, number: int) -> None:
    give_up_at = time.monotonic() + WAIT_S
    while time.monotonic() < give_up_at:
        with storage.reading() as register:
            if register.batch_counts(campaign_id).done >= number:
                return
        time.sleep(0.05)
    pytest.fail(f"{number} were not reached")


def test_killed_three_times_each_permit_is_endorsed_exactly_once(
    storage: SqlIssuerStorage, register_url: str, tmp_path: Path
) -> None:
    seed = int(os.environ.get("TEST_SEED", time.time_ns()))
    print(f"TEST_SEED={seed}")  # shown when the test fails
    moments = random.Random(seed)
    size = SIZES["sqlite" if register_url.startswith("sqlite") else "postgresql"]
    fill(storage, size)
    campaigns = Campaigns(storage, StoredResidences(storage), system_clock)
    campaign = campaigns.start(LI)
    assert campaigns.counts(campaign.id, LI).waiting == size

    reached = []
    for life in range(1, KILLS + 1):
        process = run(register_url, campaign.id, tmp_path)
        try:
            wait_until_done(storage, campaign.id, size * life // (KILLS + 2))
            time.sleep(moments.uniform(0, 0.2))  # somewhere in a later portion
        finally:
            process.send_signal(SIGKILL)
        assert process.wait() == -SIGKILL
        reached.append(campaigns.counts(campaign.id, LI).done)
    last = [run(register_url, campaign.id, tmp_path) for _ in range(2)]

    assert [process.wait() for process in last] == [0, 0], (tmp_path / "log").read_text()
    assert 0 < reached[0] < reached[1] < reached[2] < size
    assert campaigns.campaign(campaign.id, LI).stage is Stage.FINISHED
    assert campaigns.counts(campaign.id, LI).done == size
    check_register(storage, campaign.id, size)


def check_register(storage: SqlIssuerStorage, campaign_id: str, size: int) -> None:
    """One endorsement, one audit entry and one notice for each, and the chain whole."""
    with storage.reading() as register:
        permits = {permit.number: permit for permit in register.permits(LUCHENG)}
        entries = register.audit(LUCHENG)
        notices = register.said_notices(permits, ["endorsed"])
    verify_chain(entries)
    once = dict.fromkeys(permits, 1)
    assert len(permits) == size
    assert {permit.endorsement.sequence for permit in permits.values()} == {2}
    endorsed = [entry for entry in entries if entry.act == "endorse"]
    assert Counter(entry.permit_number for entry in endorsed) == once
    assert {entry.details["batch"] for entry in endorsed} == {campaign_id}
    assert Counter(notice.permit_number for notice in notices) == once
    assert [entry.act for entry in entries].count("finish_batch") == 1
