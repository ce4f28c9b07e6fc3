"""Servers on loopback that tests and benchmarks talk to."""
