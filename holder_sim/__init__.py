"""A wallet simulator: takes a permit, keeps it sealed, shows it behind a face check."""
