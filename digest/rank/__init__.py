"""Information retrieval: which papers matter to whom. Pure."""
