"""A branch of its own on a git remote as a store: for teams with nothing but git.

Every `create` is a commit that is pushed before it counts. The remote moves a branch only from the commit that the
pusher names to the one that it offers, so of several pushers one wins; the others fetch, look, and try again. It is
all done with git's plumbing: working tree, index and branches of the clone stay as they are.
"""
