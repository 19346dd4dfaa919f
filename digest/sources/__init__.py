"""Where papers are listed: pure readers, and the one module that speaks HTTP."""
