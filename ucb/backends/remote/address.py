"""URLs and keys: where a server is, whose it is, and what must never be shown."""

from __future__ import annotations

import ipaddress
import os
from urllib.parse import urlsplit, urlunsplit

from ucb.errors import BackendError, ConfigError

_HIDDEN = "[key]"
_SHORTEST = 8
"""Characters; a shorter "key" is a placeholder whose letters occur in any sentence."""


def checked(url: str) -> str:
    """Return a base URL without a slash at its end; raise `ConfigError` if it is none."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"--base-url {shown(url)!r} is no URL such as http://localhost:8000/v1.")
    return url.rstrip("/")


def shown(url: str) -> str:
    """Return a URL without user, password and query, which may hold a key."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def is_local(url: str) -> bool:
    """Whether a server is this machine's or this network's own, so that its tokens are free."""
    host = urlsplit(url).hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".local", ".localhost", ".internal"))
    return address.is_private or address.is_loopback


def key_from(variable: str, url: str) -> str:
    """
    Return the key that the environment holds; a placeholder for a local server without one.

    Raises `BackendError` when a key is needed and there is none.
    """
    if key := os.environ.get(variable, "").strip():
        return key
    if is_local(url):
        return "none"
    raise BackendError(f"{variable} is not set. {shown(url)} asks for a key: export {variable}=…")


def redacted(text: str, key: str) -> str:
    """Return a server's words without the key, which some servers repeat in their errors."""
    return text.replace(key, _HIDDEN) if len(key) >= _SHORTEST else text
