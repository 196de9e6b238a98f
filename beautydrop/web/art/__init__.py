"""Generated "lacquer" pictures for shops without photos: arched mirrors in a shop's two categories.

Pure functions from a shop's id to inline SVG, without Django and without chance: the id is the seed.
`scenes.picture` is the way in for shops, `portraits` for people and doors; the tones are in
static/css/src/art.css.
"""
