"""The audit log, for the county's auditors: read it, have it proven whole, take it along.

Each of the three is itself written down. Nothing here changes an entry.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Stream
from litestar.status_codes import HTTP_200_OK
from msgspec import Struct

from issuer.audit_reports import AUDITORS, AuditPage, AuditReports
from issuer.audit_verification import AuditVerification, CheckedLog
from issuer.errors import AuditError, CriteriaError
from issuer.officer import Officer, require
from issuer.second_officers import SecondOfficers
from issuer.web.audit_view import (
    LOG_ACTS,
    actors_offered,
    audit_line,
    entry_number,
    export_name,
    filter_of,
    next_address,
    typed_filter,
)
from issuer.web.page_errors import explain, translated
from issuer.web.page_forms import Form
from issuer.web.page_rendering import render
from keys.clock import Clock
from schemas.endorsement_window import day_of
from schemas.errors import ServiceError

CHUNK_BYTES: Final = 64 * 1024
"""Lines of an export that are sent together: each piece costs a change of threads."""
FAULTS_SHOWN: Final = 100
"""Of a log that is not whole; the command ``audit verify`` names them all."""
_NOTHING: Final = AuditPage((), None)


class AuditServices(Struct, frozen=True):
    """Whose acts these pages are a face of."""

    reports: AuditReports
    verification: AuditVerification
    officers: SecondOfficers
    clock: Clock


class AuditController(Controller):
    """For auditors; the services ask for the role."""

    path = "/audit"

    @get("/", sync_to_thread=True)
    def read(
        self,
        request: Request[Any, Any, Any],
        officer: NamedDependency[Officer],
        audit_services: NamedDependency[AuditServices],
    ) -> Response[str]:
        """A page of the log, the latest first, as it was narrowed."""
        return _page(request, officer, audit_services)

    # Looking twice is no harm, so these two forms need not be sent once only.
    @post("/verify", status_code=HTTP_200_OK, sync_to_thread=True)
    def verify(
        self,
        request: Request[Any, Any, Any],
        form: NamedDependency[Form],
        officer: NamedDependency[Officer],
        audit_services: NamedDependency[AuditServices],
    ) -> Response[str]:
        """Whether the log is whole, and if not, which entry is not as it was written."""
        checked: CheckedLog = audit_services.verification.verify(officer)
        return render(
            request,
            "desk_audit_verdict.html",
            checked=checked,
            faults=checked.verdict.faults[:FAULTS_SHOWN],
            more_faults=max(0, len(checked.verdict.faults) - FAULTS_SHOWN),
        )

    @post("/export", status_code=HTTP_200_OK, sync_to_thread=True)
    def export(
        self,
        form: NamedDependency[Form],
        officer: NamedDependency[Officer],
        audit_services: NamedDependency[AuditServices],
    ) -> Stream:
        """The whole log as JSON Lines with its signed head last, sent as it is read."""
        _, lines = audit_services.reports.export(officer)
        name = export_name(officer.county, day_of(audit_services.clock()))
        return Stream(
            in_chunks(lines, CHUNK_BYTES),
            media_type="application/jsonl",
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "Cache-Control": "no-store",
            },
        )


def in_chunks(lines: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in pieces of at least ``size``, the last one excepted."""
    held = bytearray()
    for line in lines:
        held += line
        if len(held) >= size:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


def _page(
    request: Request[Any, Any, Any], officer: Officer, services: AuditServices
) -> Response[str]:
    given = typed_filter(dict(request.query_params))
    found, error = _found(services.reports, officer, given, request.query_params.get("before", ""))
    acts = sorted(LOG_ACTS, key=lambda act: translated(request, LOG_ACTS[act]))
    return render(
        request,
        "desk_audit.html",
        status_code=error.http_status if error else HTTP_200_OK,
        lines=[audit_line(entry) for entry in found.entries],
        next_page=next_address(given, found.next_before),
        given=given,
        narrowed=any(given.values()),
        acts=[(act, LOG_ACTS[act]) for act in acts],
        actors=actors_offered(services.officers.ids(officer)),
        problem=explain(request, error) if error else None,
    )


def _found(
    reports: AuditReports, officer: Officer, given: dict[str, str], before: str
) -> tuple[AuditPage, ServiceError | None]:
    """A page, or why there is none; whoever may not read the log is refused as a whole."""
    require(officer, AUDITORS)
    try:
        return reports.page(officer, filter_of(given), before=entry_number(before)), None
    except (CriteriaError, AuditError) as error:
        # The page stays: its fields are corrected there, and a damaged log is checked from there.
        return _NOTHING, error
