"""A kernel that cannot be had is told of in words."""

import socket
import threading

import pytest

from cnngrader.errors import ConfinementError
from cnngrader.kernel.warm_kernel import WarmKernel
from cnngrader.sandbox.confine import Limits


def test_a_keeper_that_ends_before_it_tells_anything_is_no_traceback(tmp_path):
    address = tmp_path / "warm"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(address))
        listener.listen()
        keeper = threading.Thread(target=lambda: listener.accept()[0].close())
        keeper.start()
        with pytest.raises(ConfinementError, match=r"has ended\. `cnnkit doctor` tells"):
            WarmKernel(str(address), Limits())
        keeper.join()
    assert [path.name for path in tmp_path.iterdir()] == ["warm"], "its scratch folder is gone"
