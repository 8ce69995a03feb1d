"""Notes → Facts: what the pasted text says, whose each thing is, and where it stands."""
