"""What the wallet says over HTTP, to its own pages on the same machine."""
