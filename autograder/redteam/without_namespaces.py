"""Run a command in which no process can make a namespace, as in most containers: python -m
redteam.without_namespaces COMMAND..."""

import os
import sys

from cnngrader.sandbox.seccomp import refuse_unsharing
from cnngrader.sandbox.system import PR_SET_NO_NEW_PRIVS, prctl

if __name__ == "__main__":
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    refuse_unsharing()
    os.execvp(sys.argv[1], sys.argv[1:])
