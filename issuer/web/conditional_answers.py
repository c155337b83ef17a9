"""Published texts: served whole, or not at all to a caller who has them already.

Source: HTTP's conditional requests with entity tags, as status lists need [TSL §8.1].
"""

from typing import Any

from litestar import Request, Response
from litestar.status_codes import HTTP_200_OK, HTTP_304_NOT_MODIFIED


def published(
    request: Request[Any, Any, Any],
    text: str,
    *,
    media_type: str,
    entity_tag: str,
    max_age_s: int,
) -> Response[str]:
    """``text``, or 304 where the caller's copy carries ``entity_tag`` (given without quotes).

    A copy may be used for ``max_age_s`` seconds without asking again.
    """
    quoted = f'"{entity_tag}"'
    known = request.headers.getall("if-none-match", [])
    unchanged = holds(known, quoted)
    return Response(
        "" if unchanged else text,
        status_code=HTTP_304_NOT_MODIFIED if unchanged else HTTP_200_OK,
        media_type=media_type,
        headers={"ETag": quoted, "Cache-Control": f"public, max-age={max_age_s}"},
    )


def holds(if_none_match: list[str], quoted: str) -> bool:
    """Whether the headers name the entity tag; weak and strong count alike for reading."""
    named = {tag.strip().removeprefix("W/") for line in if_none_match for tag in line.split(",")}
    return quoted in named or "*" in named
