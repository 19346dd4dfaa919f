"""Mail is taken in: one desk, four doors (a pipe, LMTP, a Maildir, IMAP)."""
