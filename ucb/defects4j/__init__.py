"""Real bugs of Java projects, run by a Defects4J that the user has installed.

Nothing of Defects4J is shipped or built here: `installation` finds the command, in a folder or in
an image; `copies` keeps the working copies that it has made; `suite` makes programs of its
commands, and `runner` is what carries them out in a room.
"""
