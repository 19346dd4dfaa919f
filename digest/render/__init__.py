"""From a selection to a digest to the bytes of a message. Pure."""
