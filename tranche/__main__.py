"""`python -m tranche`: the command line."""

from tranche.cli import main

if __name__ == "__main__":
    main()
