"""The providers: one folder each, found by their entry points."""
