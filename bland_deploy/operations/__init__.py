"""One verb a file: values in, values out, nothing printed. What a run needs of the world comes in as arguments.

The folders hold what the verbs are made of.
"""
