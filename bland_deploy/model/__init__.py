"""The words of the product as frozen values. Pure: no files, sockets, clock or environment."""
