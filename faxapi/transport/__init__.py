"""How the bytes move: one shared client, split pools, deadlines, retries. Knows no vendor."""
