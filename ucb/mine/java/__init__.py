"""Bugs in Java from the release history that Debian's source packages hold."""
