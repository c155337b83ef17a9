"""Everybody does the same thing at the same moment, in several processes: one wins each time.

Two services share a register; in each, ten officers and wallets go at the same permits and the
same code. What is checked is the outcome: one winner for each, the audit chain whole, no place
of a status list given out twice, and everybody else told in plain words that it is done already.
"""

import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from issuer.audit_log import verify_chain
from issuer.demonstration import PEOPLE, demonstration_particulars
from issuer.desk import Desk
from issuer.issuance_secrets import digest_of
from issuer.officer import ALL_ROLES, Officer
from issuer.storage import Offer
from issuer.storage_sql import SqlIssuerStorage
from keys.clock import system_clock
from schemas.civil_id import check_character
from schemas.endorsement_window import day_of
from schemas.status_list import SUSPENDED

ROOT = Path(__file__).parents[2]
LUCHENG = "330302"
PROCESSES, THREADS, PERMITS, CODES = 2, 10, 10, 5
COPIES = 3

SERVICE = """
import json, random, sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from issuer.desk import Desk, Grounds
from issuer.officer import ALL_ROLES, Officer
from issuer.errors import PermitStateError
from issuer.grants import Grants
from issuer.issuance_errors import InvalidGrantError
from issuer.settings import Settings
from issuer.storage_sql import SqlIssuerStorage
from keys.clock import system_clock

url, process, threads, numbers, codes, copies = json.loads(sys.argv[1])
storage = SqlIssuerStorage(url)
desk, grants = Desk(storage, system_clock), Grants(storage, system_clock, Settings())
why = Grounds("demonstration", "SC663 18")

def suspend(officer, number):
    try:
        desk.suspend(number, officer, why)
        return ["suspended", number]
    except PermitStateError:
        return ["too late", number]

def redeem(code):
    try:
        grants.redeem("330302", code, None)
        return ["redeemed", code]
    except InvalidGrantError:
        return ["too late", code]

def copies_of(number):
    with storage.transaction() as tx:
        return ["copies", tx.allocate_status("330302", number, copies, expires_on=date(2099, 1, 1))]

def everything(thread):
    officer = Officer(f"officer-{process}-{thread}", "330302", ALL_ROLES)
    acts = [(suspend, officer, number) for number in numbers]
    acts += [(redeem, code) for code in codes]
    acts += [(copies_of, random.choice(numbers))]
    random.shuffle(acts)
    return [act(*given) for act, *given in acts]

with ThreadPoolExecutor(threads) as pool:
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps([done for acts in pool.map(everything, range(threads)) for done in acts]))
storage.close()
"""


def prepare(storage: SqlIssuerStorage) -> tuple[list[str], list[str]]:
    """Permits to suspend, and codes to redeem."""
    now = system_clock()
    desk, li = Desk(storage, system_clock, allow_demo_ids=True), Officer("li-3", LUCHENG, ALL_ROLES)
    anybody = demonstration_particulars(PEOPLE[0], house=1, on=day_of(now))
    numbers = []
    for n in range(PERMITS):
        first17 = f"33000019900101{n:03d}"
        particulars = replace(anybody, citizen_id_number=first17 + check_character(first17))
        numbers.append(desk.grant(particulars, li).number)
    codes = [f"code-{n}" for n in range(CODES)]
    with storage.transaction() as tx:
        for code in codes:
            ends = datetime.now(UTC) + timedelta(hours=1)
            offer = Offer(f"of-{code}", numbers[0], LUCHENG, digest_of(code), None, ("a",), ends)
            tx.add_offer(offer)
    return numbers, codes


def race(url: str, numbers: list[str], codes: list[str]) -> list[tuple[str, Any]]:
    """What each act of each thread came to."""
    services = [
        subprocess.Popen(
            [
                sys.executable,
                "-c",
                SERVICE,
                json.dumps([url, process, THREADS, numbers, codes, COPIES]),
            ],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for process in range(PROCESSES)
    ]
    for service in services:
        assert service.stdout is not None
        assert service.stdout.readline() == "ready\n"
    for service in services:
        assert service.stdin is not None
        service.stdin.write("go\n")
        service.stdin.flush()
    done = [service.communicate()[0] for service in services]
    assert [service.returncode for service in services] == [0] * PROCESSES
    return [(what, about) for text in done for what, about in json.loads(text)]


def test_each_permit_is_suspended_once_each_code_redeemed_once_each_place_given_once(
    register_url: str,
) -> None:
    storage = SqlIssuerStorage(register_url)
    numbers, codes = prepare(storage)

    done = race(register_url, numbers, codes)

    outcomes = Counter(what for what, _ in done)
    racers = PROCESSES * THREADS
    won = [about for what, about in done if what in ("suspended", "redeemed")]
    places = [tuple(p) for what, about in done if what == "copies" for p in about]
    assert sorted(won) == sorted([*numbers, *codes])
    assert outcomes["too late"] == (PERMITS + CODES) * (racers - 1)
    assert len(places) == len(set(places)) == racers * COPIES
    with storage.reading() as register:
        entries = register.audit(LUCHENG)
        verify_chain(entries)
        acts = Counter(entry.act for entry in entries)
        assert acts["suspend"] == PERMITS
        suspended = register.status_values(LUCHENG, 0)
        assert suspended == {idx: SUSPENDED for _, idx in places}
    storage.close()
