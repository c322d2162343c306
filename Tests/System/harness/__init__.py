"""What the whole-system tests stand on: the built programs, each in a directory of its own."""
