"""What can be typed: each command with its options, and nothing imported that `--help` does not show."""
