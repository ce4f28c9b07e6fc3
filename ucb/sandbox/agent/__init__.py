"""
What runs inside a room: standard library only, Python 3.9 and newer.

The host sends these modules over the room's stdin when it opens, so an image
needs nothing but `python3`, nothing is mounted, and versions never mismatch.

Three processes, and a fourth for some languages, each with one job:

* the *broker* talks to the host. It knows the tests and the nonces, watches the
  limits, and is never an ancestor of a program;
* the *zygote* was forked before the first program arrived and has the standard
  library loaded. Programs are forked from it, so a program's memory holds
  nothing of any other program, of the tests or of the agent's secrets;
* the *judge* runs tests, calling the program's functions across a socket;
* the *compiler* is a language's own, and stays because starting it takes long.
"""
