"""placeholder"""

from ucb.commands import Group

new = Group("new")
