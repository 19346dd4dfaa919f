"""How a page looks in clients that change it: HTML → HTML. Pure."""
