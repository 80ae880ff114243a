"""Measurements, run by `nox -s bench`; no test."""
