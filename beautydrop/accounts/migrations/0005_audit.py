import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The 90 days are the least that AUDIT_KEPT_DAYS may be.
APPEND_ONLY = """
CREATE FUNCTION accounts_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.at < now() - interval '90 days' THEN
            RETURN OLD;
        END IF;
    ELSIF NEW.actor_id IS NULL AND to_jsonb(NEW) - 'actor_id' = to_jsonb(OLD) - 'actor_id' THEN
        RETURN NEW; -- the person is erased, the record stays
    END IF;
    RAISE EXCEPTION 'audit events are only ever added'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'audit_events_are_only_ever_added';
END $$;
CREATE TRIGGER audit_events_are_only_ever_added BEFORE UPDATE OR DELETE ON accounts_auditevent
    FOR EACH ROW EXECUTE FUNCTION accounts_audit_is_append_only();
"""
CHANGEABLE = """
DROP TRIGGER audit_events_are_only_ever_added ON accounts_auditevent;
DROP FUNCTION accounts_audit_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_own_account"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("signed_in", "Signed in"),
                            ("sign_in_failed", "Sign-in failed"),
                            ("signed_out", "Signed out"),
                            ("password_changed", "Password changed"),
                            ("email_changed", "E-mail address changed"),
                            ("two_factor_changed", "Two-factor sign-in changed"),
                            ("account_deleted", "Account deleted"),
                            ("rights_changed", "Rights changed"),
                            ("joined_team", "Joined a team"),
                            ("left_team", "Left a team"),
                            ("looked_as", "Looked at the site as another person"),
                            ("price_changed", "Price changed"),
                            ("terms_changed", "Terms changed"),
                        ],
                        max_length=24,
                        verbose_name="what",
                    ),
                ),
                ("subject_type", models.CharField(blank=True, max_length=40, verbose_name="kind of subject")),
                ("subject_id", models.CharField(blank=True, max_length=40, verbose_name="subject’s id")),
                ("subject", models.CharField(blank=True, max_length=120, verbose_name="subject")),
                ("address", models.GenericIPAddressField(blank=True, null=True, verbose_name="network address")),
                ("detail", models.JSONField(blank=True, default=dict, verbose_name="detail")),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "audit event",
                "verbose_name_plural": "audit events",
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(fields=["-at"], name="audit_newest_first"),
                    models.Index(fields=["subject_id", "-at"], name="audit_of_a_subject"),
                ],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, CHANGEABLE),
    ]
