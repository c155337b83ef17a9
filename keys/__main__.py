"""``python -m keys``."""

from keys.cli import main

main(prog_name="python -m keys")
