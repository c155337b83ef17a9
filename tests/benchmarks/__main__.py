"""``make bench``: prints figures, each beside a floor or a peer measured in the same run.

Nothing here passes or fails: a missed aim is printed as such, with where the time goes.
"""

from tests.benchmarks import credential_figures, peer_figures, qr_figures, status_figures
from tests.benchmarks.credential_figures import raw_floor
from tests.benchmarks.scene import build


def main() -> None:
    """Measure and print."""
    scene = build()
    _, verify_us = raw_floor()
    print("Signing and verifying")
    for figure in credential_figures.figures(scene):
        print(" ", figure.line())
    print("\nThe reference library sd-jwt on the same permit: no trust, no status, no jurisdiction")
    for figure in peer_figures.figures(scene):
        print(" ", figure.line())
    print("\nThe code at the counter")
    for line in qr_figures.sizes(scene):
        print(" ", line)
    for figure in qr_figures.figures(scene, verify_us):
        print(" ", figure.line())
    print("\nStatus lists")
    lines, taken = status_figures.figures(scene, verify_us)
    for line in lines:
        print(" ", line)
    for figure in taken:
        print(" ", figure.line())


if __name__ == "__main__":
    main()
