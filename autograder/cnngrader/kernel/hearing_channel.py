"""A channel to a kernel that hears what comes while it sends."""

from typing import Any

from jupyter_client.channels import AsyncZMQSocketChannel


class HearingChannel(AsyncZMQSocketChannel):
    """jupyter_client sends past the socket that waits for a message, by another on its descriptor; what has come by
    then is told once, to the other, and the waiting never ends. nbclient sends so for each change of a widget's
    Output."""

    def send(self, msg: dict[str, Any]) -> None:
        self.socket.send_multipart([*self.session.serialize(msg), *msg.get("buffers", ())])
