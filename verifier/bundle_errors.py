"""What can be wrong with a counter bundle; each says what to do, and that nothing was lost.

BundleError
├── BundleTooLargeError, BundleTruncatedError, BundleSpoiltError     not the file that was made
├── BundleForeignError, BundleFromTheFutureError, BundleOutdatedError  not for here, or now
├── BundleBaseMissingError   changes to a bundle that is not held
├── BundleNotKeptError       no room on the disk
└── NoBundleError            there is none here, and none can be made
"""

from typing import ClassVar

from schemas.errors import ServiceError


class BundleError(ServiceError):
    """A counter bundle that is not taken; what was held before stays in use."""

    code = "bad_bundle"
    http_status = 400
    usual_remedy: ClassVar[str] = "Fetch or copy the bundle once more; the one held stays in use."

    def __init__(self, detail: str, *, remedy: str = "") -> None:
        super().__init__(detail, remedy=remedy or self.usual_remedy)


class BundleTooLargeError(BundleError):
    """More bytes or parts than any bundle of ours has; refused before it is read."""

    code = "bundle_too_large"
    http_status = 413


class BundleTruncatedError(BundleError):
    """Not all of it is there: a copy that was broken off, or a stick pulled out too early."""

    code = "bundle_truncated"


class BundleSpoiltError(BundleError):
    """No counter bundle, or one of which bytes have changed."""

    code = "bundle_spoilt"


class BundleForeignError(BundleError):
    """Signed by somebody whom the province here did not certify for it."""

    code = "bundle_foreign"
    usual_remedy = (
        "Use a bundle of this province, and see that VERIFIER_ROOT_CERTIFICATE is its root;"
        " the one held stays in use."
    )


class BundleFromTheFutureError(BundleError):
    """Made later than now: one of the two clocks is wrong."""

    code = "bundle_from_the_future"
    usual_remedy = "Set this machine's clock; the bundle held stays in use."


class BundleOutdatedError(BundleError):
    """Older than the one held, or a part of it is: nothing is taken back."""

    code = "bundle_outdated"
    http_status = 409
    usual_remedy = "Export a new one; the one held is newer and stays in use."


class BundleBaseMissingError(BundleError):
    """Changes to a bundle that is not the one held here."""

    code = "bundle_base_missing"
    http_status = 409
    usual_remedy = "Take a whole bundle: export one to a file."


class BundleNotKeptError(BundleError):
    """The disk has no room for it, or the folder may not be written."""

    code = "bundle_not_kept"
    http_status = 507
    usual_remedy = "Make room on the disk, then take it again; the bundle held stays in use."


class NoBundleError(BundleError):
    """This verifier holds no bundle and cannot make one."""

    code = "no_bundle"
    http_status = 404
    usual_remedy = (
        "Import one, set VERIFIER_BUNDLE_SOURCE, or make a key with: python -m keys add-bundle-key"
    )
