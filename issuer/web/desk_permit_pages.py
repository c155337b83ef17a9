"""The county's permits: the list, the search, and the record of one."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from issuer.officer import Officer
from issuer.permit_records import Chosen, PermitRecords
from issuer.web import desk_words
from issuer.web.desk_permit_view import CHOICES, permit_page
from issuer.web.form_once import new_name
from issuer.web.page_errors import explain
from issuer.web.page_forms import Form
from issuer.web.page_rendering import render
from keys.clock import Clock
from schemas.errors import ServiceError

WORDS: dict[str, Any] = {
    "standings": desk_words.STANDINGS,
    "standing_tones": desk_words.STANDING_TONES,
}
"""What templates of permits need to name a standing."""
_NOTHING_LISTED: dict[str, Any] = {"lines": (), "choices": (), "chosen": "", "page": 1, "pages": 1}


class DeskPermitController(Controller):
    """Looking up; what is done to a permit is in ``permit_act_pages``."""

    path = "/permits"

    @get("/", sync_to_thread=True)
    def listed(
        self,
        request: Request[Any, Any, Any],
        officer: NamedDependency[Officer],
        permit_records: NamedDependency[PermitRecords],
        show: FromQuery[str] = "",
        page: FromQuery[str] = "",
    ) -> Response[str]:
        """The permits of the officer's county that are chosen, a page at a time."""
        chosen = Chosen(show) if show in set(Chosen) else Chosen.ALL
        wanted = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
        found = permit_records.listed(officer, chosen, page=wanted)
        return render(
            request,
            "desk_permits.html",
            lines=found.permits,
            choices=tuple(CHOICES.items()),
            chosen=chosen,
            counts=found.counts,
            page=found.page,
            pages=found.pages,
            given="",
            searched=False,
            problem=None,
            **WORDS,
        )

    @post("/search", status_code=HTTP_200_OK, sync_to_thread=True)
    def search(
        self,
        request: Request[Any, Any, Any],
        form: NamedDependency[Form],
        officer: NamedDependency[Officer],
        permit_records: NamedDependency[PermitRecords],
    ) -> Response[Any]:
        """By permit number or citizen number: never in an address, which others can read."""
        typed = form.text("number")
        try:
            found = permit_records.found(typed, officer)
        except ServiceError as error:
            return render(
                request,
                "desk_permits.html",
                status_code=error.http_status,
                problem=explain(request, error),
                given=typed,
                searched=True,
                **_NOTHING_LISTED,
                **WORDS,
            )
        if len(found) == 1:
            return Redirect(f"/desk/permits/{found[0].number}", status_code=HTTP_303_SEE_OTHER)
        context = {**_NOTHING_LISTED, "lines": found, "given": typed, "searched": True}
        return render(request, "desk_permits.html", problem=None, **context, **WORDS)

    @get("/{number:str}", sync_to_thread=True)
    def record(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        officer: NamedDependency[Officer],
        permit_records: NamedDependency[PermitRecords],
        clock: NamedDependency[Clock],
    ) -> Response[str]:
        """The record view of one permit; the look is written down."""
        record = permit_records.record(number, officer)
        return render(
            request,
            "desk_permit.html",
            view=permit_page(record, officer, clock()),
            permit=record.permit,
            resident=record.permit.resident,
            sexes=desk_words.SEXES,
            kinds=desk_words.KINDS,
            stages=desk_words.STAGES,
            stage_tones=desk_words.STAGE_TONES,
            once=new_name(),
            **WORDS,
        )
