"""The rule of a cellular automaton, from what is seen of its history."""
