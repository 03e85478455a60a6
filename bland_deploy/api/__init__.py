"""Bland's wire protocol by version, pure: values in, values out; no files, sockets, clock or environment.

`fields` is the one table of every known field; checks, schemas and explanations are derived from it. `v1` and `v2`
build requests and read what is specific to a version; `answers` reads what is common. It sends nothing.
"""
