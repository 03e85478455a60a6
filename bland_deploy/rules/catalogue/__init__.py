"""The rules whose checks lie where the values are read: their words, by what they look at."""
