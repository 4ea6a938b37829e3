"""The data catalogue (DCAT-AP.de 3.0): a manifest and the settings in, RDF and schema.org out; knows no HTTP."""
