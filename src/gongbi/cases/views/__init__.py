"""Pages: parse, authorise, call, render."""
