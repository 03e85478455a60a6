"""Values to text, one file a format. Pure: nothing here prints or opens a file."""
