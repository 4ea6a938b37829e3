"""The lists with facets: a kind of thing and what is wanted of it in, the things that fit with counts per facet out."""
