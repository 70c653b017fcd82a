"""What all faces share: who is asking, errors, byte ranges, paging."""
