"""`python -m cnngrader`: the command line, where its script is on no PATH."""

import sys

from cnngrader.commands.main import main

if __name__ == "__main__":
    sys.exit(main())
