"""What tests are made of: a hub in a folder, the cast, and builders of valid things."""
