"""`python -m tranche`: the command line."""

from tranche.cli import main

main()
