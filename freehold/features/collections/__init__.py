"""Named lists of repositories, papers and other lists, with notes and an order, kept by a person or an organisation."""
