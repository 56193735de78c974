import callcare.core.clock
import callcare.core.fields
import callcare.core.triggers
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.serializers.json
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('directory', '0001_initial'), ('directory', '0003_search'), ('directory', '0005_search_identifiers')]

    dependencies = [
        ('accounts', '0001_squashed_0004_user_ref_letter'),
        ('directory', '0001_search_functions'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('territories', '0001_squashed_0004_vocabulary'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MergeRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=12, verbose_name='nature')),
                ('kept_id', models.PositiveBigIntegerField()),
                ('merged_id', models.PositiveBigIntegerField()),
                ('moved', models.JSONField(default=list, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='déplacé')),
                ('made_at', models.DateTimeField(default=callcare.core.clock.now, editable=False)),
                ('undo_until', models.DateTimeField(verbose_name='annulable jusqu’au')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='défaite le')),
            ],
            options={
                'verbose_name': 'fusion',
            },
        ),
        migrations.CreateModel(
            name='MergeRecordEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='directory.mergerecord')),
                ('pgh_context', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(max_length=12, verbose_name='nature')),
                ('kept_id', models.PositiveBigIntegerField()),
                ('merged_id', models.PositiveBigIntegerField()),
                ('moved', models.JSONField(default=list, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='déplacé')),
                ('made_at', models.DateTimeField(default=callcare.core.clock.now, editable=False)),
                ('undo_until', models.DateTimeField(verbose_name='annulable jusqu’au')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='défaite le')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('ref', callcare.core.fields.RefField(editable=False, letter='O', max_length=10, unique=True, verbose_name='référence')),
                ('name', models.CharField(max_length=200, verbose_name='nom')),
                ('search_name', models.TextField(default='', editable=False, verbose_name='nom cherché')),
                ('search_text', models.TextField(default='', editable=False, verbose_name='texte cherché')),
                ('kind', models.CharField(choices=[('association', 'association'), ('foundation', 'fondation'), ('company', 'entreprise'), ('local_authority', 'collectivité'), ('school', 'établissement scolaire'), ('university', 'établissement d’enseignement supérieur'), ('employment_body', 'organisme de l’emploi et de la formation'), ('social_or_health', 'service social ou de santé'), ('network', 'réseau'), ('other', 'autre')], max_length=16, verbose_name='nature')),
                ('siren', models.CharField(blank=True, max_length=9, verbose_name='SIREN')),
                ('siret', models.CharField(blank=True, max_length=14, verbose_name='SIRET')),
                ('rna', models.CharField(blank=True, max_length=10, verbose_name='numéro RNA')),
                ('commune', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territories.territory', verbose_name='commune')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='adresse')),
                ('website', models.URLField(blank=True, verbose_name='site')),
                ('networks', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), blank=True, default=list, size=None, verbose_name='réseaux')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('source', models.CharField(blank=True, max_length=80, verbose_name='source')),
                ('verified_at', models.DateTimeField(blank=True, null=True, verbose_name='vérifiée le')),
                ('merged_into', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='directory.organisation', verbose_name='fondue dans')),
                ('created_at', models.DateTimeField(default=callcare.core.clock.now, editable=False)),
            ],
            options={
                'verbose_name': 'organisation',
                'indexes': [django.contrib.postgres.indexes.GinIndex(models.Func(models.Value('simple'), models.F('search_text'), function='to_tsvector'), name='organisation_words'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.F('search_name'), name='gin_trgm_ops'), name='organisation_likeness'), models.Index(django.contrib.postgres.indexes.OpClass(models.F('search_name'), name='text_pattern_ops'), name='organisation_begins'), models.Index(condition=models.Q(('siren', ''), _negated=True), fields=['siren'], name='organisation_siren'), models.Index(condition=models.Q(('siret', ''), _negated=True), fields=['siret'], name='organisation_siret'), models.Index(condition=models.Q(('rna', ''), _negated=True), fields=['rna'], name='organisation_rna')],
                'constraints': [models.UniqueConstraint(condition=models.Q(models.Q(('siret', ''), _negated=True), ('merged_into__isnull', True)), fields=('siret',), name='organisation_siret_once', violation_error_message='Une organisation porte déjà ce SIRET.'), models.UniqueConstraint(condition=models.Q(models.Q(('rna', ''), _negated=True), ('merged_into__isnull', True)), fields=('rna',), name='organisation_rna_once', violation_error_message='Une association porte déjà ce numéro RNA.'), models.CheckConstraint(condition=models.Q(('siret', ''), ('siret__regex', '^\\d{14}$'), _connector='OR'), name='organisation_siret_spelled', violation_error_message='Un SIRET a 14 chiffres.'), models.CheckConstraint(condition=models.Q(('siren', ''), ('siren__regex', '^\\d{9}$'), _connector='OR'), name='organisation_siren_spelled', violation_error_message='Un SIREN a 9 chiffres.'), models.CheckConstraint(condition=models.Q(('siret', ''), ('siren', ''), ('siret__startswith', models.F('siren')), _connector='OR'), name='organisation_siret_of_siren', violation_error_message='Le SIRET commence par les 9 chiffres du SIREN.'), models.CheckConstraint(condition=models.Q(('rna', ''), ('rna__regex', '^W\\d[0-9AB]\\d{7}$'), _connector='OR'), name='organisation_rna_spelled', violation_error_message='Un numéro RNA est la lettre W suivie de 9 chiffres.'), models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='organisation_not_into_itself', violation_error_message='Une fiche ne se fond pas dans elle-même.')],
            },
        ),
        migrations.CreateModel(
            name='OrganisationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='directory.organisation')),
                ('pgh_context', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('ref', callcare.core.fields.RefField(editable=False, letter='O', max_length=10, verbose_name='référence')),
                ('name', models.CharField(max_length=200, verbose_name='nom')),
                ('kind', models.CharField(choices=[('association', 'association'), ('foundation', 'fondation'), ('company', 'entreprise'), ('local_authority', 'collectivité'), ('school', 'établissement scolaire'), ('university', 'établissement d’enseignement supérieur'), ('employment_body', 'organisme de l’emploi et de la formation'), ('social_or_health', 'service social ou de santé'), ('network', 'réseau'), ('other', 'autre')], max_length=16, verbose_name='nature')),
                ('siren', models.CharField(blank=True, max_length=9, verbose_name='SIREN')),
                ('siret', models.CharField(blank=True, max_length=14, verbose_name='SIRET')),
                ('rna', models.CharField(blank=True, max_length=10, verbose_name='numéro RNA')),
                ('commune', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='territories.territory', verbose_name='commune')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='adresse')),
                ('website', models.URLField(blank=True, verbose_name='site')),
                ('networks', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), blank=True, default=list, size=None, verbose_name='réseaux')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('source', models.CharField(blank=True, max_length=80, verbose_name='source')),
                ('verified_at', models.DateTimeField(blank=True, null=True, verbose_name='vérifiée le')),
                ('merged_into', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='directory.organisation', verbose_name='fondue dans')),
                ('created_at', models.DateTimeField(default=callcare.core.clock.now, editable=False)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='people', to='directory.organisation', verbose_name='organisation')),
                ('first_name', models.CharField(blank=True, max_length=60, verbose_name='prénom')),
                ('last_name', models.CharField(max_length=80, verbose_name='nom')),
                ('search_name', models.TextField(default='', editable=False, verbose_name='nom cherché')),
                ('role', models.CharField(blank=True, max_length=80, verbose_name='fonction')),
                ('do_not_contact', models.BooleanField(default=False, verbose_name='ne pas solliciter')),
                ('source', models.CharField(blank=True, max_length=80, verbose_name='source')),
                ('left_on', models.DateField(blank=True, null=True, verbose_name='partie le')),
                ('merged_into', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='directory.person', verbose_name='fondue dans')),
                ('created_at', models.DateTimeField(default=callcare.core.clock.now, editable=False)),
            ],
            options={
                'verbose_name': 'interlocuteur',
                'indexes': [django.contrib.postgres.indexes.GinIndex(models.Func(models.Value('simple'), models.F('search_name'), function='to_tsvector'), name='person_words')],
                'constraints': [models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='person_not_into_herself', violation_error_message='Une fiche ne se fond pas dans elle-même.')],
            },
        ),
        migrations.CreateModel(
            name='PersonEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='directory.person')),
                ('pgh_context', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('organisation', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='directory.organisation', verbose_name='organisation')),
                ('first_name', models.CharField(blank=True, max_length=60, verbose_name='prénom')),
                ('last_name', models.CharField(max_length=80, verbose_name='nom')),
                ('role', models.CharField(blank=True, max_length=80, verbose_name='fonction')),
                ('do_not_contact', models.BooleanField(default=False, verbose_name='ne pas solliciter')),
                ('source', models.CharField(blank=True, max_length=80, verbose_name='source')),
                ('left_on', models.DateField(blank=True, null=True, verbose_name='partie le')),
                ('merged_into', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='directory.person', verbose_name='fondue dans')),
                ('created_at', models.DateTimeField(default=callcare.core.clock.now, editable=False)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Spelling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=8, verbose_name='clé')),
                ('prefix', models.CharField(max_length=8, verbose_name='début de mot')),
            ],
            options={
                'verbose_name': 'graphie',
                'indexes': [models.Index(fields=['key'], include=('prefix',), name='spelling_key')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='compte')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='directory.organisation', verbose_name='organisation')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='directory.person')),
                ('rights', models.CharField(choices=[('read', 'lire'), ('write', 'écrire'), ('manage', 'gérer')], default='write', max_length=6, verbose_name='droits')),
            ],
            options={
                'verbose_name': 'rattachement',
                'constraints': [models.UniqueConstraint(fields=('user', 'organisation'), name='membership_once', violation_error_message='Ce compte est déjà rattaché à cette organisation.')],
            },
        ),
        migrations.CreateModel(
            name='MembershipEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='directory.membership')),
                ('pgh_context', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='compte')),
                ('organisation', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='directory.organisation', verbose_name='organisation')),
                ('person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='directory.person')),
                ('rights', models.CharField(choices=[('read', 'lire'), ('write', 'écrire'), ('manage', 'gérer')], default='write', max_length=6, verbose_name='droits')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Channel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='channels', to='directory.organisation', verbose_name='organisation')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='channels', to='directory.person', verbose_name='interlocuteur')),
                ('kind', models.CharField(choices=[('phone', 'téléphone'), ('email', 'courriel')], max_length=5, verbose_name='nature')),
                ('value', models.CharField(help_text='E.164, ou adresse en minuscules', max_length=254, verbose_name='valeur')),
                ('raw', models.CharField(blank=True, max_length=254, verbose_name='telle que donnée')),
                ('use', models.CharField(choices=[('direct', 'ligne directe'), ('switchboard', 'standard'), ('shared', 'partagée'), ('former', 'ancienne')], default='direct', max_length=11, verbose_name='usage')),
                ('certainty', models.CharField(choices=[('known', 'sûre'), ('maybe', 'possible')], default='known', max_length=5, verbose_name='certitude')),
                ('is_public', models.BooleanField(default=False, verbose_name='publique')),
                ('undeliverable_at', models.DateTimeField(blank=True, null=True, verbose_name='injoignable depuis')),
                ('source', models.CharField(blank=True, max_length=80, verbose_name='source')),
                ('last_seen_at', models.DateTimeField(blank=True, null=True, verbose_name='vue le')),
                ('created_at', models.DateTimeField(default=callcare.core.clock.now, editable=False)),
            ],
            options={
                'verbose_name': 'coordonnée',
                'indexes': [models.Index(fields=['kind', 'value'], name='channel_value'), models.Index(django.contrib.postgres.indexes.OpClass(models.F('value'), name='text_pattern_ops'), name='channel_begins'), models.Index(models.Func(models.F('value'), models.Value('@'), models.Value(2), function='split_part'), condition=models.Q(('kind', 'email')), name='channel_domain')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('organisation__isnull', False), ('person__isnull', True)), models.Q(('organisation__isnull', True), ('person__isnull', False)), _connector='OR'), name='channel_has_one_owner'), models.UniqueConstraint(fields=('person', 'organisation', 'kind', 'value'), name='channel_once', nulls_distinct=False, violation_error_message='Cette coordonnée est déjà notée.'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'phone'), ('value__regex', '^(\\+[1-9]\\d{4,14}|\\d{2,6})$')), models.Q(('kind', 'email'), ('value__regex', '^[^[:space:][:upper:]@]+@[^[:space:][:upper:]@]+$')), _connector='OR'), name='channel_value_spelled', violation_error_message='Cette coordonnée n’est pas écrite comme il faut.')],
            },
        ),
        migrations.CreateModel(
            name='ChannelEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='directory.channel')),
                ('pgh_context', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('organisation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='directory.organisation', verbose_name='organisation')),
                ('person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='directory.person', verbose_name='interlocuteur')),
                ('kind', models.CharField(choices=[('phone', 'téléphone'), ('email', 'courriel')], max_length=5, verbose_name='nature')),
                ('value', models.CharField(help_text='E.164, ou adresse en minuscules', max_length=254, verbose_name='valeur')),
                ('raw', models.CharField(blank=True, max_length=254, verbose_name='telle que donnée')),
                ('use', models.CharField(choices=[('direct', 'ligne directe'), ('switchboard', 'standard'), ('shared', 'partagée'), ('former', 'ancienne')], default='direct', max_length=11, verbose_name='usage')),
                ('certainty', models.CharField(choices=[('known', 'sûre'), ('maybe', 'possible')], default='known', max_length=5, verbose_name='certitude')),
                ('is_public', models.BooleanField(default=False, verbose_name='publique')),
                ('undeliverable_at', models.DateTimeField(blank=True, null=True, verbose_name='injoignable depuis')),
                ('source', models.CharField(blank=True, max_length=80, verbose_name='source')),
                ('last_seen_at', models.DateTimeField(blank=True, null=True, verbose_name='vue le')),
                ('created_at', models.DateTimeField(default=callcare.core.clock.now, editable=False)),
            ],
            options={
                'abstract': False,
            },
        ),
        callcare.core.triggers.AddTriggers(
            triggers={'channel': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "directory_channelevent" ("certainty", "created_at", "id", "is_public", "kind", "last_seen_at", "organisation_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "raw", "source", "undeliverable_at", "use", "value") VALUES (NEW."certainty", NEW."created_at", NEW."id", NEW."is_public", NEW."kind", NEW."last_seen_at", NEW."organisation_id", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."raw", NEW."source", NEW."undeliverable_at", NEW."use", NEW."value"); RETURN NULL;', hash='19c8efc7c3073d18d880748e7653564c50c6eca7', operation='INSERT', pgid='pgtrigger_insert_insert_1ef75', table='directory_channel', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "directory_channelevent" ("certainty", "created_at", "id", "is_public", "kind", "last_seen_at", "organisation_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "raw", "source", "undeliverable_at", "use", "value") VALUES (NEW."certainty", NEW."created_at", NEW."id", NEW."is_public", NEW."kind", NEW."last_seen_at", NEW."organisation_id", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."raw", NEW."source", NEW."undeliverable_at", NEW."use", NEW."value"); RETURN NULL;', hash='f6717225c2daa38502ab667134ad058801d5c27f', operation='UPDATE', pgid='pgtrigger_update_update_8d85b', table='directory_channel', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "directory_channelevent" ("certainty", "created_at", "id", "is_public", "kind", "last_seen_at", "organisation_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "raw", "source", "undeliverable_at", "use", "value") VALUES (OLD."certainty", OLD."created_at", OLD."id", OLD."is_public", OLD."kind", OLD."last_seen_at", OLD."organisation_id", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."raw", OLD."source", OLD."undeliverable_at", OLD."use", OLD."value"); RETURN NULL;', hash='14357de16fe98c57ddda69bc2a4ad078adbb7680', operation='DELETE', pgid='pgtrigger_delete_delete_af796', table='directory_channel', when='AFTER'))], 'channelevent': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='df379ac5a9d1695159bbf1b9e2b3a4926db187eb', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f494e', table='directory_channelevent', when='BEFORE'))], 'membership': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "directory_membershipevent" ("id", "organisation_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rights", "user_id") VALUES (NEW."id", NEW."organisation_id", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."rights", NEW."user_id"); RETURN NULL;', hash='9389d18e60196cde83a64f2de0cd97471bdf0612', operation='INSERT', pgid='pgtrigger_insert_insert_044d1', table='directory_membership', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "directory_membershipevent" ("id", "organisation_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rights", "user_id") VALUES (NEW."id", NEW."organisation_id", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."rights", NEW."user_id"); RETURN NULL;', hash='e8c58b9fe9d0684340c635fe167d77f9ed2724d4', operation='UPDATE', pgid='pgtrigger_update_update_4018c', table='directory_membership', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "directory_membershipevent" ("id", "organisation_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rights", "user_id") VALUES (OLD."id", OLD."organisation_id", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."rights", OLD."user_id"); RETURN NULL;', hash='ba5c3199469b0457c7c741ca2c214531c1d62fc2', operation='DELETE', pgid='pgtrigger_delete_delete_00ac9', table='directory_membership', when='AFTER'))], 'membershipevent': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1f4648d6f40c9f2e07adf4a66335c44e0376028c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_0ca09', table='directory_membershipevent', when='BEFORE'))], 'mergerecord': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "directory_mergerecordevent" ("id", "kept_id", "kind", "made_at", "merged_id", "moved", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "undo_until", "undone_at") VALUES (NEW."id", NEW."kept_id", NEW."kind", NEW."made_at", NEW."merged_id", NEW."moved", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."undo_until", NEW."undone_at"); RETURN NULL;', hash='8e1c6c8a04fb5b4749dec9cbb703a66d6b4f8e19', operation='INSERT', pgid='pgtrigger_insert_insert_c3e12', table='directory_mergerecord', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "directory_mergerecordevent" ("id", "kept_id", "kind", "made_at", "merged_id", "moved", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "undo_until", "undone_at") VALUES (NEW."id", NEW."kept_id", NEW."kind", NEW."made_at", NEW."merged_id", NEW."moved", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."undo_until", NEW."undone_at"); RETURN NULL;', hash='90c640f63940ffbb98e609d1f83d4dd40a72d578', operation='UPDATE', pgid='pgtrigger_update_update_440b5', table='directory_mergerecord', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "directory_mergerecordevent" ("id", "kept_id", "kind", "made_at", "merged_id", "moved", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "undo_until", "undone_at") VALUES (OLD."id", OLD."kept_id", OLD."kind", OLD."made_at", OLD."merged_id", OLD."moved", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."undo_until", OLD."undone_at"); RETURN NULL;', hash='bcafbf09049850dd252adec09535c4d3f3f86e45', operation='DELETE', pgid='pgtrigger_delete_delete_90469', table='directory_mergerecord', when='AFTER'))], 'mergerecordevent': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='240c7b71eb52ebd74628937c538807e59151f7a7', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_89820', table='directory_mergerecordevent', when='BEFORE'))], 'organisation': [pgtrigger.compiler.Trigger(name='keeps_search', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    NEW.search_name = directory_folded(NEW.name);\n    NEW.search_text = concat_ws(' ', NEW.search_name, directory_initials(NEW.name),\n        (SELECT directory_folded(name) FROM territories_territory WHERE id = NEW.commune_id));\n    PERFORM directory_learn(NEW.search_text);\n    RETURN NEW;\n", hash='68a48b6d19cdffa5053d03b2a117ad38ac440efb', operation='INSERT OR UPDATE OF "name", "commune_id"', pgid='pgtrigger_keeps_search_6210f', table='directory_organisation', when='BEFORE')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "directory_organisationevent" ("address", "commune_id", "created_at", "description", "id", "kind", "merged_into_id", "name", "networks", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "ref", "rna", "siren", "siret", "source", "verified_at", "version", "website") VALUES (NEW."address", NEW."commune_id", NEW."created_at", NEW."description", NEW."id", NEW."kind", NEW."merged_into_id", NEW."name", NEW."networks", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."ref", NEW."rna", NEW."siren", NEW."siret", NEW."source", NEW."verified_at", NEW."version", NEW."website"); RETURN NULL;', hash='322adb7134f61eb6bbba8e3116e13845000950a1', operation='INSERT', pgid='pgtrigger_insert_insert_fd0fd', table='directory_organisation', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."commune_id" IS DISTINCT FROM (NEW."commune_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."description" IS DISTINCT FROM (NEW."description") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."merged_into_id" IS DISTINCT FROM (NEW."merged_into_id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."networks" IS DISTINCT FROM (NEW."networks") OR OLD."ref" IS DISTINCT FROM (NEW."ref") OR OLD."rna" IS DISTINCT FROM (NEW."rna") OR OLD."siren" IS DISTINCT FROM (NEW."siren") OR OLD."siret" IS DISTINCT FROM (NEW."siret") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."verified_at" IS DISTINCT FROM (NEW."verified_at") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."website" IS DISTINCT FROM (NEW."website"))', func='INSERT INTO "directory_organisationevent" ("address", "commune_id", "created_at", "description", "id", "kind", "merged_into_id", "name", "networks", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "ref", "rna", "siren", "siret", "source", "verified_at", "version", "website") VALUES (NEW."address", NEW."commune_id", NEW."created_at", NEW."description", NEW."id", NEW."kind", NEW."merged_into_id", NEW."name", NEW."networks", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."ref", NEW."rna", NEW."siren", NEW."siret", NEW."source", NEW."verified_at", NEW."version", NEW."website"); RETURN NULL;', hash='138ae6bb4ff7e5411542bd11a54f0d8755906680', operation='UPDATE', pgid='pgtrigger_update_update_17175', table='directory_organisation', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "directory_organisationevent" ("address", "commune_id", "created_at", "description", "id", "kind", "merged_into_id", "name", "networks", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "ref", "rna", "siren", "siret", "source", "verified_at", "version", "website") VALUES (OLD."address", OLD."commune_id", OLD."created_at", OLD."description", OLD."id", OLD."kind", OLD."merged_into_id", OLD."name", OLD."networks", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."ref", OLD."rna", OLD."siren", OLD."siret", OLD."source", OLD."verified_at", OLD."version", OLD."website"); RETURN NULL;', hash='f16732181b7e6e6a7561facd6f72ccd189a8fb41', operation='DELETE', pgid='pgtrigger_delete_delete_d686f', table='directory_organisation', when='AFTER'))], 'organisationevent': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1c571e172646bc461d27f41a219f017fb7f4fa22', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f1b4d', table='directory_organisationevent', when='BEFORE'))], 'person': [pgtrigger.compiler.Trigger(name='keeps_search', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    NEW.search_name = directory_folded(concat_ws(' ', NEW.first_name, NEW.last_name));\n    PERFORM directory_learn(NEW.search_name);\n    RETURN NEW;\n", hash='60de765662322952bc6e2520a0069fcd4d349f58', operation='INSERT OR UPDATE OF "first_name", "last_name"', pgid='pgtrigger_keeps_search_86b4c', table='directory_person', when='BEFORE')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "directory_personevent" ("created_at", "do_not_contact", "first_name", "id", "last_name", "left_on", "merged_into_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "source", "version") VALUES (NEW."created_at", NEW."do_not_contact", NEW."first_name", NEW."id", NEW."last_name", NEW."left_on", NEW."merged_into_id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."role", NEW."source", NEW."version"); RETURN NULL;', hash='b53faac2ae7d958fed1bf642972256525b804ed8', operation='INSERT', pgid='pgtrigger_insert_insert_f1db5', table='directory_person', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."do_not_contact" IS DISTINCT FROM (NEW."do_not_contact") OR OLD."first_name" IS DISTINCT FROM (NEW."first_name") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."last_name" IS DISTINCT FROM (NEW."last_name") OR OLD."left_on" IS DISTINCT FROM (NEW."left_on") OR OLD."merged_into_id" IS DISTINCT FROM (NEW."merged_into_id") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."role" IS DISTINCT FROM (NEW."role") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func='INSERT INTO "directory_personevent" ("created_at", "do_not_contact", "first_name", "id", "last_name", "left_on", "merged_into_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "source", "version") VALUES (NEW."created_at", NEW."do_not_contact", NEW."first_name", NEW."id", NEW."last_name", NEW."left_on", NEW."merged_into_id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."role", NEW."source", NEW."version"); RETURN NULL;', hash='666c99d41286db509721ae525adf081222d9372d', operation='UPDATE', pgid='pgtrigger_update_update_45f75', table='directory_person', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "directory_personevent" ("created_at", "do_not_contact", "first_name", "id", "last_name", "left_on", "merged_into_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "source", "version") VALUES (OLD."created_at", OLD."do_not_contact", OLD."first_name", OLD."id", OLD."last_name", OLD."left_on", OLD."merged_into_id", OLD."organisation_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."role", OLD."source", OLD."version"); RETURN NULL;', hash='5b2c50ae57eff079c8cf6b75844e5f313fc416d4', operation='DELETE', pgid='pgtrigger_delete_delete_395d8', table='directory_person', when='AFTER'))], 'personevent': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ad80f81bc38fab70754c6e141cc9dfdfdba48219', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_59f78', table='directory_personevent', when='BEFORE'))]},
        ),
    ]
