"""The counter bundle over HTTP, for counters that reach this verifier and no issuer.

Nothing in it is secret: the lists are public, and what is signed needs no other guard.
"""

from typing import Annotated, Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, HeaderParameter

from verifier.bundle_delta import delta_of
from verifier.bundle_manifest import BUNDLE_MEDIA_TYPE
from verifier.bundle_store import BundleStore


class BundleController(Controller):
    """The path other counters fetch from."""

    @get("/bundle", sync_to_thread=True)
    def bundle(
        self,
        bundles: NamedDependency[BundleStore],
        base: FromQuery[str] = "",
        if_none_match: Annotated[str, HeaderParameter(name="if-none-match")] = "",
    ) -> Response[Any]:
        """The bundle held, or only what changed since the one whose entity tag is ``base``.

        The base stands in the address, so that no cache on the way hands out the changes to
        somebody who holds another bundle.

        Raises:
            verifier.bundle_errors.NoBundleError: none is held.
        """
        bundle = bundles.current()
        headers = {"etag": f'"{bundle.etag}"', "cache-control": "no-cache"}
        if bundle.etag in if_none_match:
            return Response(None, status_code=304, headers=headers)
        parts = bundles.parts_of(base) if base else None
        data = bundle.whole() if parts is None else delta_of(bundle.signed, bundle.lines, parts)
        return Response(data, media_type=BUNDLE_MEDIA_TYPE, headers=headers)
