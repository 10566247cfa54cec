"""The nouns: pure, synchronous, standard library only."""
