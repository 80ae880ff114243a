"""How the bytes move: one shared client, kept connections, deadlines, retries. Knows no vendor."""
