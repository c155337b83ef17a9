"""Whom we believe: signatures, certificates, the trust list, values that count once.

Code only. Key material lives where a setting points and is never tracked.
"""
