"""Paper Digest: the papers that are trending and on your topics, in your inbox once a day."""

__version__ = "0.1.0"
