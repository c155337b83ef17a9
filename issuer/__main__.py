"""``python -m issuer``."""

from issuer.cli import main

main(prog_name="python -m issuer")
