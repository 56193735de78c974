"""The triggers that keep `matching_offered` and `matching_wanted` true to the lines, whoever writes them.

They hang on the tables of the floors below and are removed with this app. Nothing here reads the clock: the demo
replays a month at its own dates.
"""

from django.db import migrations

from callcare.core.keys import same_desk

WORDS = """
CREATE FUNCTION matching_times(every text) RETURNS smallint LANGUAGE sql IMMUTABLE AS $$
    SELECT (CASE every WHEN 'week' THEN 52 WHEN 'month' THEN 12 WHEN 'quarter' THEN 4 WHEN 'year' THEN 1
        ELSE 0 END)::smallint
$$;
CREATE FUNCTION matching_point(lat float8, lon float8, OUT x float8, OUT y float8, OUT z float8)
LANGUAGE sql IMMUTABLE AS $$
    SELECT 6371.0 * cos(radians(lat)) * cos(radians(lon)), 6371.0 * cos(radians(lat)) * sin(radians(lon)),
        6371.0 * sin(radians(lat))
$$;
CREATE FUNCTION matching_text(value jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT value #>> '{}' $$;
CREATE FUNCTION matching_spec_agrees(wanted jsonb, offered jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN 'boolean' IN (jsonb_typeof(wanted), jsonb_typeof(offered)) THEN wanted = offered
        WHEN jsonb_typeof(wanted) = 'number' AND jsonb_typeof(offered) = 'number'
            THEN (offered #>> '{}')::numeric >= (wanted #>> '{}')::numeric
        WHEN jsonb_typeof(wanted) = 'array' THEN
            (SELECT coalesce(array_agg(v), '{}') FROM jsonb_array_elements_text(wanted) v)
            <@ CASE WHEN jsonb_typeof(offered) = 'array'
                THEN (SELECT coalesce(array_agg(v), '{}') FROM jsonb_array_elements_text(offered) v)
                ELSE ARRAY[matching_text(offered)] END
        ELSE matching_text(wanted) = matching_text(offered) END
$$;
CREATE FUNCTION matching_specs_agree(wanted jsonb, offered jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT NOT EXISTS (
        SELECT FROM jsonb_each(wanted) want
        WHERE offered ? want.key AND NOT matching_spec_agrees(want.value, offered -> want.key))
$$;
"""

OFFER = """
CREATE FUNCTION matching_offer(lines bigint[]) RETURNS void LANGUAGE sql AS $$
    DELETE FROM matching_offered o WHERE o.line_id = ANY(lines) AND NOT EXISTS (
        SELECT FROM commitments_commitmentline l JOIN commitments_commitment c ON c.id = l.commitment_id
        WHERE l.id = o.line_id AND c.state <> 'closed');
    INSERT INTO matching_offered (line_id, commitment_id, giver_id, free, is_countable, confirmed_on, radius_km, travel, sharing, is_reachable, max_live,
        desk_id, category_id, kind, measure, mode, times, starts_on, ends_on, opened_on, commune_id, epci_id, x, y, z, is_rough, is_open, specs, revision)
    SELECT l.id, c.id, c.organisation_id, l.qty_free, l.is_countable,
        (c.confirmed_at AT TIME ZONE 'Europe/Paris')::date, c.radius_km, c.travel, c.sharing,
        NOT coalesce(somebody.do_not_contact, false), c.max_open_introductions,
        l.desk_id, l.category_id, l.kind, l.measure, l.mode, matching_times(l.every), c.starts_on, c.ends_on,
        (c.opened_at AT TIME ZONE 'Europe/Paris')::date, c.commune_id, t.epci_id, p.x, p.y, p.z,
        coalesce(t.precision <> 'exact', false), c.state = 'open', l.specs, l.revision
    FROM commitments_commitmentline l
    JOIN commitments_commitment c ON c.id = l.commitment_id AND c.state <> 'closed'
    LEFT JOIN territories_territory t ON t.id = c.commune_id
    LEFT JOIN LATERAL matching_point(t.lat, t.lon) p ON true
    LEFT JOIN directory_person somebody ON somebody.id = c.person_id
    WHERE l.id = ANY(lines) ORDER BY l.id
    ON CONFLICT (line_id) DO UPDATE SET
        commitment_id = EXCLUDED.commitment_id,
        giver_id = EXCLUDED.giver_id,
        free = EXCLUDED.free,
        is_countable = EXCLUDED.is_countable,
        confirmed_on = EXCLUDED.confirmed_on,
        radius_km = EXCLUDED.radius_km,
        travel = EXCLUDED.travel,
        sharing = EXCLUDED.sharing,
        is_reachable = EXCLUDED.is_reachable,
        max_live = EXCLUDED.max_live,
        desk_id = EXCLUDED.desk_id,
        category_id = EXCLUDED.category_id,
        kind = EXCLUDED.kind,
        measure = EXCLUDED.measure,
        mode = EXCLUDED.mode,
        times = EXCLUDED.times,
        starts_on = EXCLUDED.starts_on,
        ends_on = EXCLUDED.ends_on,
        opened_on = EXCLUDED.opened_on,
        commune_id = EXCLUDED.commune_id,
        epci_id = EXCLUDED.epci_id,
        x = EXCLUDED.x,
        y = EXCLUDED.y,
        z = EXCLUDED.z,
        is_rough = EXCLUDED.is_rough,
        is_open = EXCLUDED.is_open,
        specs = EXCLUDED.specs,
        revision = EXCLUDED.revision;
$$;
CREATE FUNCTION matching_offered_line() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM matching_offered WHERE line_id = OLD.id;
    ELSIF TG_OP = 'UPDATE' AND (to_jsonb(OLD) - ARRAY['qty_free', 'qty_reserved', 'qty_fulfilled'])
            = (to_jsonb(NEW) - ARRAY['qty_free', 'qty_reserved', 'qty_fulfilled']) THEN
        UPDATE matching_offered SET free = NEW.qty_free WHERE line_id = NEW.id AND free <> NEW.qty_free;
    ELSE
        PERFORM matching_offer(ARRAY[NEW.id]);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION matching_offered_commitment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM matching_offer(array_agg(id)) FROM commitments_commitmentline WHERE commitment_id = NEW.id HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE FUNCTION matching_offered_person() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM matching_offer(array_agg(l.id)) FROM commitments_commitmentline l
        JOIN commitments_commitment c ON c.id = l.commitment_id WHERE c.person_id = NEW.id HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER matching_offered AFTER INSERT OR UPDATE OR DELETE ON commitments_commitmentline
    FOR EACH ROW EXECUTE FUNCTION matching_offered_line();
CREATE TRIGGER matching_offered AFTER UPDATE OF state, organisation_id, person_id, commune_id, starts_on, ends_on,
    opened_at, confirmed_at, radius_km, travel, sharing, max_open_introductions ON commitments_commitment
    FOR EACH ROW EXECUTE FUNCTION matching_offered_commitment();
CREATE TRIGGER matching_offered AFTER UPDATE OF do_not_contact ON directory_person
    FOR EACH ROW WHEN (OLD.do_not_contact IS DISTINCT FROM NEW.do_not_contact)
    EXECUTE FUNCTION matching_offered_person();
"""

# What an asker already received, in percent, over the year before the need was opened; people weigh, where known.
WANT = """
CREATE FUNCTION matching_served(asker bigint, since timestamptz) RETURNS smallint LANGUAGE sql STABLE AS $$
    SELECT coalesce(round(100 * sum(weight * share) / nullif(sum(weight), 0)), 0)::smallint FROM (
        SELECT coalesce(nullif(n.people_expected, 0), 1) AS weight,
            least(1, l.qty_fulfilled::numeric / l.qty_requested) AS share
        FROM needs_needline l JOIN needs_need n ON n.id = l.need_id
        WHERE n.organisation_id = asker AND n.opened_at > since - interval '12 months') lines
$$;
CREATE FUNCTION matching_want(lines bigint[]) RETURNS void LANGUAGE sql AS $$
    DELETE FROM matching_wanted w WHERE w.line_id = ANY(lines) AND NOT EXISTS (
        SELECT FROM needs_needline l JOIN needs_need c ON c.id = l.need_id
        WHERE l.id = w.line_id AND c.state <> 'closed');
    INSERT INTO matching_wanted (line_id, need_id, asker_id, open, min_useful, served_percent,
        desk_id, category_id, kind, measure, mode, times, starts_on, ends_on, opened_on, commune_id, epci_id, x, y, z, is_rough, is_open, specs, revision)
    SELECT l.id, c.id, c.organisation_id, l.qty_open, l.min_useful,
        matching_served(c.organisation_id, c.opened_at),
        l.desk_id, l.category_id, l.kind, l.measure, l.mode, matching_times(l.every), c.starts_on, c.ends_on,
        (c.opened_at AT TIME ZONE 'Europe/Paris')::date, c.commune_id, t.epci_id, p.x, p.y, p.z,
        coalesce(t.precision <> 'exact', false), c.state = 'open', l.specs, l.revision
    FROM needs_needline l
    JOIN needs_need c ON c.id = l.need_id AND c.state <> 'closed'
    LEFT JOIN territories_territory t ON t.id = c.commune_id
    LEFT JOIN LATERAL matching_point(t.lat, t.lon) p ON true
    WHERE l.id = ANY(lines) ORDER BY l.id
    ON CONFLICT (line_id) DO UPDATE SET
        need_id = EXCLUDED.need_id,
        asker_id = EXCLUDED.asker_id,
        open = EXCLUDED.open,
        min_useful = EXCLUDED.min_useful,
        served_percent = EXCLUDED.served_percent,
        desk_id = EXCLUDED.desk_id,
        category_id = EXCLUDED.category_id,
        kind = EXCLUDED.kind,
        measure = EXCLUDED.measure,
        mode = EXCLUDED.mode,
        times = EXCLUDED.times,
        starts_on = EXCLUDED.starts_on,
        ends_on = EXCLUDED.ends_on,
        opened_on = EXCLUDED.opened_on,
        commune_id = EXCLUDED.commune_id,
        epci_id = EXCLUDED.epci_id,
        x = EXCLUDED.x,
        y = EXCLUDED.y,
        z = EXCLUDED.z,
        is_rough = EXCLUDED.is_rough,
        is_open = EXCLUDED.is_open,
        specs = EXCLUDED.specs,
        revision = EXCLUDED.revision;
$$;
CREATE FUNCTION matching_wanted_line() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM matching_wanted WHERE line_id = OLD.id;
    ELSE
        PERFORM matching_want(ARRAY[NEW.id]);
        IF TG_OP = 'UPDATE' AND NEW.qty_fulfilled <> OLD.qty_fulfilled THEN
            PERFORM matching_want(array_agg(w.line_id)) FROM matching_wanted w
                JOIN needs_need n ON n.id = NEW.need_id AND n.organisation_id = w.asker_id
                WHERE w.line_id <> NEW.id HAVING count(*) > 0;
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION matching_wanted_need() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM matching_want(array_agg(id)) FROM needs_needline WHERE need_id = NEW.id HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER matching_wanted AFTER INSERT OR UPDATE OR DELETE ON needs_needline
    FOR EACH ROW EXECUTE FUNCTION matching_wanted_line();
CREATE TRIGGER matching_wanted AFTER UPDATE OF state, organisation_id, commune_id, starts_on, ends_on, opened_at,
    people_expected ON needs_need
    FOR EACH ROW EXECUTE FUNCTION matching_wanted_need();
"""

# A commune that moves on the map takes its lines with it.
PLACES = """
CREATE FUNCTION matching_moved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE matching_offered o SET x = p.x, y = p.y, z = p.z, epci_id = t.epci_id, is_rough = t.precision <> 'exact'
        FROM after t JOIN before b USING (id) CROSS JOIN LATERAL matching_point(t.lat, t.lon) p
        WHERE o.commune_id = t.id
            AND (t.lat, t.lon, t.epci_id, t.precision) IS DISTINCT FROM (b.lat, b.lon, b.epci_id, b.precision);
    UPDATE matching_wanted w SET x = p.x, y = p.y, z = p.z, epci_id = t.epci_id, is_rough = t.precision <> 'exact'
        FROM after t JOIN before b USING (id) CROSS JOIN LATERAL matching_point(t.lat, t.lon) p
        WHERE w.commune_id = t.id
            AND (t.lat, t.lon, t.epci_id, t.precision) IS DISTINCT FROM (b.lat, b.lon, b.epci_id, b.precision);
    RETURN NULL;
END $$;
CREATE TRIGGER matching_moved AFTER UPDATE ON territories_territory
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION matching_moved();
"""

# A line's revision grows when what it asks or offers changes, so that « pas maintenant » ends. A date or a place is
# said on the case: it renews all its lines.
REVISIONS = """
CREATE FUNCTION matching_revised_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept text[] := ARRAY['revision', 'created_at', 'qty_reserved', 'qty_fulfilled', 'qty_open', 'qty_free'];
BEGIN
    IF (to_jsonb(OLD) - kept) <> (to_jsonb(NEW) - kept) THEN
        NEW.revision := greatest(NEW.revision, OLD.revision + 1);
    ELSE
        NEW.revision := greatest(NEW.revision, OLD.revision);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER matching_revised BEFORE UPDATE ON needs_needline
    FOR EACH ROW EXECUTE FUNCTION matching_revised_line();
CREATE TRIGGER matching_revised BEFORE UPDATE ON commitments_commitmentline
    FOR EACH ROW EXECUTE FUNCTION matching_revised_line();
CREATE FUNCTION matching_revised_need() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE needs_needline SET revision = revision + 1 WHERE need_id = NEW.id;
    RETURN NULL;
END $$;
CREATE FUNCTION matching_revised_commitment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE commitments_commitmentline SET revision = revision + 1 WHERE commitment_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER matching_revised AFTER UPDATE OF commune_id, starts_on, ends_on ON needs_need FOR EACH ROW
    WHEN ((OLD.commune_id, OLD.starts_on, OLD.ends_on) IS DISTINCT FROM (NEW.commune_id, NEW.starts_on, NEW.ends_on))
    EXECUTE FUNCTION matching_revised_need();
CREATE TRIGGER matching_revised AFTER UPDATE OF commune_id, starts_on, ends_on, radius_km, travel
    ON commitments_commitment FOR EACH ROW
    WHEN ((OLD.commune_id, OLD.starts_on, OLD.ends_on, OLD.radius_km, OLD.travel)
        IS DISTINCT FROM (NEW.commune_id, NEW.starts_on, NEW.ends_on, NEW.radius_km, NEW.travel))
    EXECUTE FUNCTION matching_revised_commitment();
"""

FILL = """
SELECT matching_offer(array_agg(id)) FROM commitments_commitmentline HAVING count(*) > 0;
SELECT matching_want(array_agg(id)) FROM needs_needline HAVING count(*) > 0;
"""

UNDO = """
DROP TRIGGER matching_revised ON commitments_commitment; DROP TRIGGER matching_revised ON needs_need;
DROP TRIGGER matching_revised ON commitments_commitmentline; DROP TRIGGER matching_revised ON needs_needline;
DROP TRIGGER matching_moved ON territories_territory;
DROP TRIGGER matching_wanted ON needs_need; DROP TRIGGER matching_wanted ON needs_needline;
DROP TRIGGER matching_offered ON directory_person; DROP TRIGGER matching_offered ON commitments_commitment;
DROP TRIGGER matching_offered ON commitments_commitmentline;
DROP FUNCTION matching_revised_commitment, matching_revised_need, matching_revised_line, matching_moved,
    matching_wanted_need, matching_wanted_line, matching_want, matching_served, matching_offered_person,
    matching_offered_commitment, matching_offered_line, matching_offer, matching_specs_agree, matching_spec_agrees,
    matching_text, matching_point, matching_times;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0001_squashed_0003_match_rows"),
        ("needs", "0001_squashed_0003_case_deeds"),
        ("commitments", "0001_squashed_0003_case_deeds"),
        ("directory", "0002_squashed_0005_search_identifiers"),
        ("territories", "0001_squashed_0004_vocabulary"),
    ]
    operations = [
        same_desk("matching_solicitation", "need_id", "needs_need"),
        migrations.RunSQL(WORDS + OFFER + WANT + PLACES + REVISIONS + FILL, UNDO),
    ]
