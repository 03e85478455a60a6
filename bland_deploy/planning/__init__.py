"""Calls to requests, and what a reviewer approves. Pure: who was called comes from the caller."""
