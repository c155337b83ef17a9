"""The county police's side: decides applications, keeps permits, signs credentials."""
