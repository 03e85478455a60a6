"""A new workspace: `init` and the files it writes. It touches no file that exists, but for a line in `.gitignore`."""
