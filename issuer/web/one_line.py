"""Text from a box with several lines, on one line: reasons are kept so in the audit log."""


def one_line(text: str) -> str:
    """``text`` with every run of spaces and line breaks as one space."""
    return " ".join(text.split())
