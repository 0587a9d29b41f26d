"""The server's outside: REST, the stream, who may come in, and the page."""
