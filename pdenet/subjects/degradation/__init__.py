"""What depth does to stacks of one channel, with and without skips, from several starts."""
