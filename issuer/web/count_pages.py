"""The county in numbers: a page that prints, and the same as CSV."""

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency

from issuer.county_counts import WEEKS, CountyCounts, CountyNumbers
from issuer.officer import Officer
from issuer.web.count_view import (
    STAGES_COUNTED,
    counts_csv,
    kind_lines,
    message_parts,
    percent,
    stage_totals,
    standing_parts,
    week_bars,
    weeks_asked,
)
from issuer.web.desk_words import STAGES
from issuer.web.page_errors import translated
from issuer.web.page_rendering import render


class CountController(Controller):
    """For whoever may look at records; nobody is named here."""

    path = "/counts"

    @get("/", sync_to_thread=True)
    def counts(
        self,
        request: Request[Any, Any, Any],
        officer: NamedDependency[Officer],
        county_numbers: NamedDependency[CountyNumbers],
    ) -> Response[str]:
        """The numbers, over the weeks that were chosen."""
        counts = _counts(request, officer, county_numbers)
        kinds = kind_lines(counts)
        return render(
            request,
            "desk_counts.html",
            counts=counts,
            weeks=len(counts.weeks),
            weeks_offered=WEEKS,
            week_bars=week_bars(counts.weeks),
            kinds=kinds,
            totals=stage_totals(kinds),
            stage_names=[STAGES[stage] for stage in STAGES_COUNTED],
            standings=standing_parts(counts),
            messages=message_parts(counts),
            in_time_percent=percent(counts.speed.in_time, counts.speed.decided),
        )

    @get("/csv", sync_to_thread=True)
    def table(
        self,
        request: Request[Any, Any, Any],
        officer: NamedDependency[Officer],
        county_numbers: NamedDependency[CountyNumbers],
    ) -> Response[bytes]:
        """The same for a spreadsheet."""
        counts = _counts(request, officer, county_numbers)
        name = f"counts-{counts.county}-{counts.since:%Y%m%d}.csv"
        return Response(
            counts_csv(counts, lambda msgid: translated(request, msgid)),
            media_type="text/csv",
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "Cache-Control": "no-store",
            },
        )


def _counts(
    request: Request[Any, Any, Any], officer: Officer, numbers: CountyNumbers
) -> CountyCounts:
    return numbers.counts(officer, weeks_asked(request.query_params.get("weeks", "")))
