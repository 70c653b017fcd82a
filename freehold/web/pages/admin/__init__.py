"""The pages `admin`."""
