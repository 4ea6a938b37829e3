"""A snapshot in a SPARQL engine elsewhere: `publish` brings it there, `service` serves from there.

snapshot ── publish ──▶ engine: staged graphs ▶ verified ▶ switched, the marker says to what
                          ▲
service ── watch (marker) ┤     each answer: guard ▶ engine ▶ transcode ▶ marker as before? ▶ client
        ── ask (query) ───┘
"""
