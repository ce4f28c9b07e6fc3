"""Build project problems from real release history.

This package reads releases as data: nothing of a mined package is imported, built or run by
`index`, `sdist`, `functions`, `releases` and `environment`.
"""
