"""How to use a repository from the libraries and programs that read it, always with this hub's own address."""
