"""``cancel`` and ``replace``, and that every act of an officer has a command."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
import pytest
from argon2.profiles import CHEAPEST
from click.testing import CliRunner, Result

from issuer.application_desk import ApplicationDesk
from issuer.campaigns import Campaigns
from issuer.cancel_cause import CancelCause
from issuer.cli import main
from issuer.demonstration_officers import add_demonstration_officers
from issuer.desk import Desk
from issuer.mass_acts import MassActs
from issuer.offers import Offers
from issuer.officers import Officers
from issuer.outbox_storage import MessageState
from issuer.passwords import Passwords
from issuer.proposals import Proposals
from issuer.slips import Slips
from issuer.storage import IssuerStorage

LUCHENG = "330302"
LI = ("--officer", f"li-3@{LUCHENG}")
WHY = ("--reason", "示范原因", "--legal-basis", "示范条例")
PHONE = "13800138000"

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    environment = {
        "ISSUER_STATE_DIR": str(tmp_path),
        "ISSUER_CLOCK_FILE": str(tmp_path / "clock"),
        "ISSUER_ALLOW_DEMO_IDS": "true",
    }
    return lambda *arguments: CliRunner(env=environment).invoke(main, arguments)


@pytest.fixture
def number(run: Run, storage: IssuerStorage) -> str:
    """A permit whose holder has left a telephone number, and a copy of it."""
    add_demonstration_officers(storage, [LUCHENG, "330304"], datetime.now(UTC), Passwords(CHEAPEST))
    number = run("demo-data", "--county", LUCHENG).output.split()[0]
    with storage.transaction() as tx:
        held = tx.permit(number)
        tx.put_contact(held.resident.citizen_id_number, PHONE)
        tx.allocate_status(LUCHENG, number, 1, expires_on=held.usable_through)
    return number


def invalid_copies(storage: IssuerStorage) -> int:
    with storage.reading() as register:
        return len(register.status_values(LUCHENG, 0))


@pytest.mark.parametrize("cause", CancelCause)
def test_a_permit_ends_and_the_cause_is_recorded(
    run: Run, storage: IssuerStorage, number: str, cause: CancelCause
) -> None:
    ended = run("cancel", number, *LI, "--cause", cause.value, *WHY)

    assert ended.exit_code == 0, ended.output
    assert ended.output.split()[2] == "cancelled"
    assert invalid_copies(storage) == 1
    assert f"cause: {cause}  legal_basis: 示范条例" in run("show", number).output
    with storage.reading() as register:
        message = register.messages_about(number)[-1]
        contact = register.contact(register.permit(number).resident.citizen_id_number)
    told = cause is not CancelCause.DEATH
    assert message.kind == "cancelled"
    assert message.state is (MessageState.QUEUED if told else MessageState.NO_PHONE)
    assert (message.phone, contact) == ((PHONE, PHONE) if told else ("", None))


def test_after_a_death_nothing_that_waits_goes_out_either(
    run: Run, storage: IssuerStorage, number: str
) -> None:
    run("suspend", number, *LI, *WHY)  # its message waits in the outbox
    run("cancel", number, *LI, "--cause", "death", *WHY)

    with storage.reading() as register:
        assert {m.state for m in register.messages_about(number)} == {MessageState.NO_PHONE}
        assert [notice.kind for notice in register.notices(number)][-1] == "cancelled"


def test_a_cause_is_needed_and_is_one_of_four(run: Run, number: str) -> None:
    assert run("cancel", number, *LI, *WHY).exit_code == 2
    assert run("cancel", number, *LI, "--cause", "other", *WHY).exit_code == 2
    assert "  usable  " in run("show", number).output


def test_all_copies_die_and_the_permit_goes_on(
    run: Run, storage: IssuerStorage, number: str
) -> None:
    replaced = run("replace", number, *LI, *WHY)

    assert replaced.exit_code == 0, replaced.output
    assert replaced.output.split()[2] == "usable"
    assert invalid_copies(storage) == 1
    assert "replace  li-3  legal_basis" in run("show", number).output


@pytest.mark.parametrize("act", [("cancel", "--cause", "death"), ("replace",)], ids=lambda a: a[0])
def test_nobody_ends_what_is_another_countys(run: Run, number: str, act: tuple[str, ...]) -> None:
    name, *options = act
    refused = run(name, number, "--officer", "chen-5@330304", *options, *WHY)

    assert refused.exit_code == 1
    assert "not_allowed_at_desk" in refused.output
    assert "  usable  " in run("show", number).output


COMMAND_OF: Final[dict[type, dict[str, str]]] = {
    Desk: {
        "grant": "grant",
        "endorse": "endorse",
        "suspend": "suspend",
        "restore": "restore",
        "revoke": "revoke",
        "cancel": "cancel",
        "replace": "replace",
        "look": "show",
    },
    ApplicationDesk: {
        "request_supplement": "application ask",
        "findings": "application show",
        "grant": "application grant",
        "second_opinion": "application second-opinion",
        "confirm": "application confirm",
        "disagree": "application disagree",
        "refuse": "application refuse",
    },
    Campaigns: {
        "preview": "campaign preview",
        "start": "campaign start",
        "run": "campaign run",
        "stop": "campaign stop",
        "campaigns": "campaign list",
        "campaign": "campaign show",
        "counts": "campaign show",
        "items": "campaign show",
    },
    MassActs: {
        "preview": "mass-act preview",
        "signing_keys": "mass-act keys",
        "propose": "mass-act propose",
        "confirm": "mass-act confirm",
        "reject": "mass-act reject",
        "undo_propose": "mass-act undo",
        "undo_confirm": "mass-act confirm-undo",
        "run": "mass-act run",
        "mass_acts": "mass-act list",
        "mass_act": "mass-act show",
        "counts": "mass-act show",
        "items": "mass-act show",
    },
    Proposals: {
        "propose_revocation": "proposal propose",
        "confirm": "proposal confirm",
        "reject": "proposal reject",
        "proposals": "proposal list",
        "proposal": "proposal list",
    },
    # ``create_for_holder`` and ``behind`` are the holder's and the wallet's, not an officer's.
    Offers: {"create": "offer", "create_for_holder": "", "behind": ""},
    Slips: {"print_slip": "slip", "print_again": "slip"},
    Officers: {
        # Asked by every command that takes ``--officer``.
        "acting": "show",
        "accounts": "officer list",
        "account": "officer list",
        "add": "officer add",
        "change_roles": "officer roles",
        "disable": "officer disable",
        "enable": "officer enable",
        "reset_password": "officer password",
        "forget_passkeys": "officer forget-passkeys",
    },
}


@pytest.mark.parametrize("service", COMMAND_OF, ids=lambda service: service.__name__)
def test_every_act_has_a_command(service: type) -> None:
    acts = {name for name in dir(service) if not name.startswith("_")}
    assert acts == set(COMMAND_OF[service])
    for command in filter(None, COMMAND_OF[service].values()):
        found: click.Command = main
        for word in command.split():
            assert isinstance(found, click.Group)
            found = found.commands[word]
