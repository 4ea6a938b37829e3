"""Run by a Python that has ckanext-dcat: a feed on stdin and its media type in, what CKAN reads of it out as JSON."""

import json
import sys

from ckanext.dcat.processors import RDFParser

parser = RDFParser(profiles=["euro_dcat_ap_3"])
parser.parse(sys.stdin.buffer.read().decode("utf-8"), _format=sys.argv[1])
print(json.dumps({"next": parser.next_page(), "datasets": list(parser.datasets())}))
