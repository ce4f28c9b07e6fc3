"""The five kinds of work inside projects, whatever language these are written in.

A benchmark over the projects of a language is a `Kit`, which knows the language, its sets and
its tests, and a prompt in either style for each task.
"""
