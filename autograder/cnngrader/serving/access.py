"""Who may see the pages: whoever has the token, at an address of this machine, and from no page of others."""

import hmac
import secrets
from urllib.parse import urlsplit

HOSTS = ("127.0.0.1", "localhost")
"""Names by which a browser on this machine knows it. Another name that leads here is somebody's trap."""


class Access:
    """token: what the address that is printed ends in. session: what a browser that had it is known by."""

    def __init__(self) -> None:
        self.token, self.session = secrets.token_hex(24), secrets.token_hex(24)

    def opens(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self.token.encode())

    def knows(self, session: str | None) -> bool:
        return session is not None and hmac.compare_digest(session.encode(), self.session.encode())


def is_here(host: str) -> bool:
    """Whether a request's Host names this machine. Its port may be another one, as through a tunnel."""
    try:
        return urlsplit(f"//{host}").hostname in HOSTS
    except ValueError:
        return False


def is_from_us(origin: str | None, host: str) -> bool:
    """Whether what changes something comes from a page of ours: a browser says it with each form."""
    return origin == f"http://{host}"
