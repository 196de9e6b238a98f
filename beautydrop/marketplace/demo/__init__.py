"""Demo data: a small marketplace on several continents, made through the actions (see build.py).

`plan.py` decides everything that is the same for a seed and a date, without the database; `build.py`
carries it out; `diary.py` and `clara.py` make the appointments.
"""
