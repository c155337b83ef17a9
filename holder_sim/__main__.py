"""``python -m holder_sim``."""

from holder_sim.cli import main

main(prog_name="python -m holder_sim")
