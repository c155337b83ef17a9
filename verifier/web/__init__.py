"""What the verifier says over HTTP. No rule lives here: a handler asks a service."""
