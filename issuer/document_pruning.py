"""Documents that no application names any more are let go: what is not needed is not kept.

A draft that was given up, a file taken out again, an upload whose page was closed. Only what
lies there for a day goes: somebody may just be handing in the same bytes [SC663 §17].
"""

from datetime import timedelta
from itertools import islice
from typing import Final

from issuer.document_store import DocumentStore
from issuer.storage import IssuerStorage
from keys.clock import Clock

KEPT_UNNAMED: Final = timedelta(days=1)
_AT_ONCE: Final = 500


def prune_documents(storage: IssuerStorage, documents: DocumentStore, clock: Clock) -> int:
    """Discard what was put a day ago or earlier and is named nowhere; blocks.

    Gives how many were discarded. Run it as often as wanted.
    """
    old = documents.kept_before(clock() - KEPT_UNNAMED)
    gone = 0
    while some := list(islice(old, _AT_ONCE)):
        with storage.reading() as register:
            named = register.documents_named(some)
        for digest in some:
            if digest not in named:
                documents.discard(digest)
                gone += 1
    return gone
