"""What channels and templates say in English, in Japanese: recognised where it is shown."""
