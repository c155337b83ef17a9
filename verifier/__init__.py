"""The counter's side: takes a presentation, gives a verdict with every reason."""
