"""How people prove who they are: passwords, passkeys, codes, links, and the limits on guessing."""
