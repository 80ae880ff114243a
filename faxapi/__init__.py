"""Fax activity from every provider at once, in one vocabulary."""
