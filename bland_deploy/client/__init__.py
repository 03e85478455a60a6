"""The provider over HTTP: what may be sent only once, what may be asked again, and secrets kept out of every text."""
