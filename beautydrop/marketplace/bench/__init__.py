"""Measuring (`manage.py bench`): worlds of a known size, the pages on them, and a table with their gates.

`database.py` makes and drops a database of its own, `world.py` fills it by bulk inserts that obey every
constraint, `inside.py` times pages and engine in this process, `outside.py` times gunicorn over HTTP, and
`report.py` says what is over its gate. docs/performance.md explains the method.
"""
