"""What the RFCs say of mail, as pure functions and values."""
