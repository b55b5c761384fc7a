// Filled by the next slice.
