"""The queue of the county's applications."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from issuer.application import Channel, Kind
from issuer.application_queue import ApplicationQueue
from issuer.officer import Officer
from issuer.web import desk_words
from issuer.web.desk_queue_view import STAGES_SHOWN, choice_of, page_number, page_of, urgency
from issuer.web.page_rendering import render
from keys.clock import Clock
from schemas.endorsement_window import day_of


@get("/applications", sync_to_thread=True)
def queue_page(
    request: Request[Any, Any, Any],
    officer: NamedDependency[Officer],
    application_queue: NamedDependency[ApplicationQueue],
    clock: NamedDependency[Clock],
) -> Response[str]:
    """What is open, the most pressing first; or what was chosen."""
    given = dict(request.query_params)
    choice = choice_of(given)
    lines, page, pages = page_of(
        found := application_queue.lines(officer, choice.wanted), page_number(given.get("page", ""))
    )
    today = day_of(clock())
    return render(
        request,
        "desk_applications.html",
        lines=[(line, urgency(line, today)) for line in lines],
        total=len(found),
        choice=choice,
        page=page,
        pages=pages,
        stage_names=STAGES_SHOWN,
        kind_names=tuple(Kind),
        channel_names=tuple(Channel),
        kinds=desk_words.KINDS,
        channels=desk_words.CHANNELS,
        stages=desk_words.STAGES,
        stage_tones=desk_words.STAGE_TONES,
    )
