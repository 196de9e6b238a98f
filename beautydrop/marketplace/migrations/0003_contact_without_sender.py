from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0002_contact_messages")]

    operations = [migrations.RemoveField(model_name="contactmessage", name="sender_hash")]
