"""`python -m ucb` is `ucb`."""

from ucb.cli import main

main()
