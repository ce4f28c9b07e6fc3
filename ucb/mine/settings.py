"""What pip is configured to do about its package index."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import Self

from ucb.errors import DataError

_LISTED = re.compile(r"(?P<section>:env:|[\w-]+)\.(?P<key>[\w-]+)=(?P<value>['\"].*['\"])")
# Later ones win, as in pip.
_SECTIONS = ("global", "download", ":env:")


@dataclass(frozen=True, slots=True)
class Settings:
    """What pip is configured to do about its index."""

    index: str = ""
    """Empty for pip's default."""
    more: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    no_index: bool = False
    trusted: tuple[str, ...] = ()
    cert: str = ""
    """A file or a folder of certificates; empty for the system's."""
    client_cert: str = ""
    proxy: str = ""
    timeout: float = 60.0
    """Seconds."""

    @classmethod
    def of_pip(cls) -> Self:
        """
        Read pip's files and environment, as `pip config list` shows them.

        Raises:
            DataError: pip is not installed or its configuration cannot be read.

        """
        argv = [sys.executable, "-m", "pip", "config", "list", "--disable-pip-version-check"]
        done = subprocess.run(argv, capture_output=True, text=True, errors="replace", check=False)
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
            raise DataError(
                f"pip's index settings cannot be read: {reason.rstrip('.')}. Look at what "
                f"`{sys.executable} -m pip config list` says."
            )
        return cls._parsed(done.stdout)

    @classmethod
    def _parsed(cls, listed: str) -> Self:
        found: dict[str, dict[str, str]] = {section: {} for section in _SECTIONS}
        for line in listed.splitlines():
            if (match := _LISTED.fullmatch(line.strip())) and match["section"] in found:
                found[match["section"]][match["key"]] = str(ast.literal_eval(match["value"]))
        merged = {key: value for section in _SECTIONS for key, value in found[section].items()}
        bundle = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or ""
        return cls(
            index=merged.get("index-url", ""),
            more=tuple(merged.get("extra-index-url", "").split()),
            find_links=tuple(merged.get("find-links", "").split()),
            no_index=merged.get("no-index", "").lower() in {"1", "true", "yes", "on"},
            trusted=tuple(merged.get("trusted-host", "").split()),
            cert=merged.get("cert", bundle),
            client_cert=merged.get("client-cert", ""),
            proxy=merged.get("proxy", ""),
            timeout=float(merged.get("timeout") or merged.get("default-timeout") or 60.0),
        )
