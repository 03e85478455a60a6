"""The right to send, the send, and what became of it, in this order in the log."""
