"""Word vectors for the ranking core: the optional extra, loaded from an installed wheel."""
