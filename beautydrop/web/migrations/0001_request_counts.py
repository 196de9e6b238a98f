"""Counts of the rate limits (beautydrop/web/counting.py). Unlogged: a crash may forget them, and nobody waits for the disk."""

from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(
            "CREATE UNLOGGED TABLE web_requestcount ("
            " key text PRIMARY KEY, number integer NOT NULL, ends_at timestamptz NOT NULL"
            ") WITH (fillfactor = 50)",
            "DROP TABLE web_requestcount",
        )
    ]
