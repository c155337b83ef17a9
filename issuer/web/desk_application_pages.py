"""One application beside its documents; each look at it, and at each of them, is written down."""

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from issuer.application_record import ApplicationRecord, ApplicationRecords
from issuer.officer import Officer
from issuer.web import desk_words
from issuer.web.desk_application_view import (
    PICTURE_POLICY,
    application_page,
    document_headers,
)
from issuer.web.inline_picture import inline_picture
from issuer.web.page_rendering import render


class DeskApplicationController(Controller):
    """Looking; deciding is in ``application_act_pages``."""

    path = "/applications/{number:str}"

    @get("/", sync_to_thread=True)
    def record(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        officer: NamedDependency[Officer],
        application_records: NamedDependency[ApplicationRecords],
    ) -> Response[str]:
        """The whole record."""
        record = application_records.record(number, officer)
        return render(request, "desk_application.html", **context_of(record, officer))

    @get("/documents/{sha256:str}", sync_to_thread=True)
    def document(
        self,
        number: FromPath[str],
        sha256: FromPath[str],
        officer: NamedDependency[Officer],
        application_records: NamedDependency[ApplicationRecords],
    ) -> Response[bytes]:
        """A document as it was handed in, where it can do nothing but be looked at."""
        content = application_records.document(number, sha256, officer)
        return Response(
            content.data,
            media_type=content.media_type,
            headers=document_headers(content, sha256),
        )

    @get("/documents/{sha256:str}/picture", sync_to_thread=True)
    def picture(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        sha256: FromPath[str],
        officer: NamedDependency[Officer],
        application_records: NamedDependency[ApplicationRecords],
    ) -> Response[str]:
        """A picture at the width of its frame; browsers show one alone at its own size."""
        content = application_records.document(number, sha256, officer)
        picture = inline_picture(content.data)
        page = render(request, "desk_document.html", picture=picture)
        page.headers["Content-Security-Policy"] = PICTURE_POLICY
        return page


def context_of(record: ApplicationRecord, officer: Officer) -> dict[str, Any]:
    """What every page about one application shows of it."""
    return {
        "view": application_page(record, officer),
        "record": record,
        "application": record.application,
        "person": record.application.applicant,
        "kinds": desk_words.KINDS,
        "channels": desk_words.CHANNELS,
        "bases_names": desk_words.BASES,
        "relations": desk_words.RELATIONS,
        "identity_documents": desk_words.IDENTITY_DOCUMENTS,
        "outcomes": desk_words.OUTCOMES,
        "outcome_tones": desk_words.OUTCOME_TONES,
        "stages": desk_words.STAGES,
        "stage_tones": desk_words.STAGE_TONES,
        "sexes": desk_words.SEXES,
    }
