"""The issuer's HTTP face: handlers read a request, call one service, shape the answer."""
