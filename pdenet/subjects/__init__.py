"""One file or folder for each system or question of the book; none knows another."""
