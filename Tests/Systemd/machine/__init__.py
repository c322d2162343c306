"""A small Debian with systemd as process 1, and the package in it."""
