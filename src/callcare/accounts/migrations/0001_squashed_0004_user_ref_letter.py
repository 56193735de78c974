import callcare.core.clock
import callcare.core.fields
import callcare.core.triggers
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('accounts', '0001_initial'), ('accounts', '0002_ref'), ('accounts', '0003_every_account_has_a_ref'), ('accounts', '0004_user_ref_letter')]

    initial = True

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('ref', callcare.core.fields.RefField(editable=False, letter='U', max_length=10, unique=True, verbose_name='référence')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='courriel')),
                ('display_name', models.CharField(max_length=80, verbose_name='nom affiché')),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('operator', 'opératrice ou opérateur'), ('steward', 'pilote du collectif'), ('admin', 'administratrice ou administrateur'), ('partner', 'partenaire')], max_length=10), size=None, verbose_name='rôles')),
                ('is_active', models.BooleanField(default=True, verbose_name='actif')),
                ('shortcuts', models.BooleanField(default=True, verbose_name='raccourcis d’une lettre')),
                ('created_at', models.DateTimeField(default=callcare.core.clock.now, editable=False)),
            ],
            options={
                'verbose_name': 'compte',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='user_email_once', violation_error_message='Un compte existe déjà à cette adresse.'), models.CheckConstraint(condition=models.Q(('roles__len__gt', 0)), name='user_has_a_role', violation_error_message='Un compte a au moins un rôle.')],
            },
        ),
        migrations.CreateModel(
            name='UserEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('ref', callcare.core.fields.RefField(editable=False, letter='U', max_length=10, verbose_name='référence')),
                ('email', models.EmailField(max_length=254, verbose_name='courriel')),
                ('display_name', models.CharField(max_length=80, verbose_name='nom affiché')),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('operator', 'opératrice ou opérateur'), ('steward', 'pilote du collectif'), ('admin', 'administratrice ou administrateur'), ('partner', 'partenaire')], max_length=10), size=None, verbose_name='rôles')),
                ('is_active', models.BooleanField(default=True, verbose_name='actif')),
                ('shortcuts', models.BooleanField(default=True, verbose_name='raccourcis d’une lettre')),
                ('created_at', models.DateTimeField(default=callcare.core.clock.now, editable=False)),
            ],
            options={
                'abstract': False,
            },
        ),
        callcare.core.triggers.AddTriggers(
            triggers={'user': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_userevent" ("created_at", "display_name", "email", "id", "is_active", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "ref", "roles", "shortcuts") VALUES (NEW."created_at", NEW."display_name", NEW."email", NEW."id", NEW."is_active", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."ref", NEW."roles", NEW."shortcuts"); RETURN NULL;', hash='0324b239a6d198a351e7cbbe54ce56a87feb8acd', operation='INSERT', pgid='pgtrigger_insert_insert_3867c', table='accounts_user', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."display_name" IS DISTINCT FROM (NEW."display_name") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."ref" IS DISTINCT FROM (NEW."ref") OR OLD."roles" IS DISTINCT FROM (NEW."roles") OR OLD."shortcuts" IS DISTINCT FROM (NEW."shortcuts"))', func='INSERT INTO "accounts_userevent" ("created_at", "display_name", "email", "id", "is_active", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "ref", "roles", "shortcuts") VALUES (NEW."created_at", NEW."display_name", NEW."email", NEW."id", NEW."is_active", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."ref", NEW."roles", NEW."shortcuts"); RETURN NULL;', hash='2368e7aacbd9cc43879c26bde977b243ed6c5c6c', operation='UPDATE', pgid='pgtrigger_update_update_0e890', table='accounts_user', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_userevent" ("created_at", "display_name", "email", "id", "is_active", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "ref", "roles", "shortcuts") VALUES (OLD."created_at", OLD."display_name", OLD."email", OLD."id", OLD."is_active", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."ref", OLD."roles", OLD."shortcuts"); RETURN NULL;', hash='43b0f89e60f2a4db530e952d34d8de28aed303e3', operation='DELETE', pgid='pgtrigger_delete_delete_19f14', table='accounts_user', when='AFTER'))], 'userevent': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='9e9498e73f6fbdf2642fb33fa14189f1ad2382c8', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_45b21', table='accounts_userevent', when='BEFORE'))]},
        ),
    ]
