"""What the bytes mean: SOAP, JSON and the vendors' scalars. Synchronous, no I/O."""
