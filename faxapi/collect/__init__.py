"""The engine: every account's feeds at once, one bounded channel, one outcome a part."""
