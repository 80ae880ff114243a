"""Hostile input: a few of it in every run of the tests, very much of it by `nox -s fuzz`."""
