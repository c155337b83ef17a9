"""What the bytes mean: shapes, codecs, and the arithmetic issuer and verifier share.

No input or output, no key, no clock.
"""
