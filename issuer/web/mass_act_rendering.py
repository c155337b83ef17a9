"""The two pages of mass acts: the cohort's form with its preview, and one act.

Shown as they are, and again with what was typed where a form was refused.
"""

from typing import Any, Final

from litestar import Request, Response
from litestar.status_codes import HTTP_200_OK
from msgspec import Struct

from issuer.batch import Preview
from issuer.campaign_runner import CampaignRunner
from issuer.mass_acts import MassActs
from issuer.officer import DECIDERS, Officer, require
from issuer.second_officers import SecondOfficers
from issuer.web.batch_view import (
    ITEMS_SHOWN,
    STAGE_TONES,
    STAGES,
    BatchProgress,
    item_page,
    known_outcome,
    left_lines,
    progress_of,
)
from issuer.web.desk_words import BASES, LEGAL_BASES
from issuer.web.form_once import new_name
from issuer.web.mass_act_view import (
    act_choices,
    act_events,
    barred,
    cohort_lines,
    short,
    undo_waiting,
)
from issuer.web.page_errors import explain
from issuer.web.page_rendering import render
from schemas.errors import ServiceError

NO_WORDS: Final = {"reason": "", "legal_basis": ""}
"""Of a form that nobody has filled in yet."""


class MassActServices(Struct, frozen=True):
    """Whose acts these pages are a face of."""

    mass_acts: MassActs
    runner: CampaignRunner
    seconds: SecondOfficers

    def progress(self, act_id: str, officer: Officer) -> BatchProgress:
        """How far it has come. Raises as ``MassActs.mass_act``."""
        runs = self.runner.runs(act_id)
        held = self.mass_acts.mass_act(act_id, officer)
        return progress_of(held.stage, self.mass_acts.counts(act_id, officer), runs=runs)


def cohort_page(
    request: Request[Any, Any, Any],
    officer: Officer,
    services: MassActServices,
    given: dict[str, str],
    *,
    preview: Preview | None = None,
    words: dict[str, str] = NO_WORDS,
    error: ServiceError | None = None,
) -> Response[str]:
    """The form that chooses a cohort; with a preview, also the one that proposes.

    Raises:
        issuer.errors.DeskError: the officer may not propose.
    """
    require(officer, DECIDERS)
    keys = services.mass_acts.signing_keys(officer)
    return render(
        request,
        "desk_mass_act_new.html",
        status_code=error.http_status if error else HTTP_200_OK,
        given=given,
        words=words,
        preview=preview,
        left=left_lines(preview.left_out) if preview else (),
        bases=BASES,
        officers=services.seconds.ids(officer),
        signing_keys=[(key, short(key), copies) for key, copies in keys.items() if key],
        legal_bases=LEGAL_BASES,
        problem=explain(request, error) if error else None,
        once=new_name(),
    )


def act_page(
    request: Request[Any, Any, Any],
    act_id: str,
    officer: Officer,
    services: MassActServices,
    *,
    words: dict[str, str] = NO_WORDS,
    error: ServiceError | None = None,
) -> Response[str]:
    """One mass act with what this officer may do about it; raises as ``MassActs.mass_act``."""
    acts = services.mass_acts
    progress = services.progress(act_id, officer)
    act = acts.mass_act(act_id, officer)
    undone = acts.mass_act(act.undoes, officer) if act.undoes else None
    open_undo = undo_waiting(act, acts.mass_acts(officer))
    outcome = known_outcome(request.query_params.get("outcome", ""))
    after = request.query_params.get("after", "")
    items = acts.items(act_id, officer, after=after, limit=ITEMS_SHOWN + 1, outcome=outcome)
    trouble = error or services.runner.trouble(act_id)
    return render(
        request,
        "desk_mass_act.html",
        status_code=error.http_status if error else HTTP_200_OK,
        act=act,
        cohort=cohort_lines(undone.criteria if undone else act.criteria),
        undone=undone,
        undone_count=acts.counts(undone.id, officer).done if undone else 0,
        open_undo=open_undo,
        events=act_events(act),
        choices=act_choices(act, officer, undone=undone, open_undo=open_undo),
        seconds=services.seconds.deciding(officer, without=barred(act, undone)),
        progress=progress,
        left=left_lines(acts.counts(act_id, officer).left_out),
        items=item_page(items, outcome=outcome, after=after),
        words=words,
        legal_bases=LEGAL_BASES,
        stages=STAGES,
        stage_tones=STAGE_TONES,
        problem=explain(request, trouble) if trouble else None,
        once=new_name(),
    )
