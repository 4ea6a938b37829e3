"""The rows of a curated query in, a picture as marks with their places out; knows no engine and no web."""
