"""The pages of things: what is said of one in, a page with sections for its kind and footnotes for its sources out."""
