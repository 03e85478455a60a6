"""The simulator of the Bland API: for trying campaigns without ringing anybody, and the only stand-in in tests.

    Ask → World.handle → Answer          world.py: authentication, routing, one transaction a request
          routes.py                      every endpoint, written out
          batches_v1 batches_v2 calls accounts    the endpoints by subject
          intake → outcomes, pacing, lifecycle    a create: who is rung, when, how it ends
          books.py                       the SQLite file, and what an oracle reads from it
    transport.py | server.py             the same world inside the process, or over HTTP
    faults.py faulty.py faultfile.py     what goes wrong on purpose, around the world's handler
    webhooks.py                          what becomes due, signed, delivered to loopback only

The future of a call is written when its create is answered, and reading compares it with the clock: so nothing
runs in the background, a killed process loses nothing, and the same seed and requests give the same outcomes.
It shares no code with the package's own writers and readers of the API, so that a mistake there is not mirrored.
Where the API reference marks a fact unknown, the choice made here says so beside the code.
"""
