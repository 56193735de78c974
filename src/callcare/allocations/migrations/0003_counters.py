"""The database counts what is promised and handed over, and refuses to promise more than there is.

Contributions of one allocation, from quantities only, never from states:
to the commitment line's qty_reserved: qty - released - returned (a returned loan is free for a second borrower);
to the need line's qty_reserved: qty - released (a need served by a loan stays served).
The order of locks is the same everywhere: commitment line, need line, allocation.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION callcare_refuse(rule text, said text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', said USING ERRCODE = 'check_violation', CONSTRAINT = rule;
END $$;

CREATE FUNCTION allocation_counts() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    row_now allocations_allocation := COALESCE(NEW, OLD);
    offer_delta bigint := 0;
    need_delta bigint := 0;
    done_delta bigint := 0;
    fits boolean;
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.need_line_id, OLD.commitment_line_id, OLD.qty, OLD.desk_id)
            IS DISTINCT FROM (NEW.need_line_id, NEW.commitment_line_id, NEW.qty, NEW.desk_id) THEN
        PERFORM callcare_refuse('allocation_never_changes', 'an allocation never changes its lines or its quantity');
    END IF;
    IF TG_OP <> 'DELETE' THEN
        offer_delta := NEW.qty - NEW.qty_released - NEW.qty_returned;
        need_delta := NEW.qty - NEW.qty_released;
        done_delta := NEW.qty_fulfilled;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        offer_delta := offer_delta - (OLD.qty - OLD.qty_released - OLD.qty_returned);
        need_delta := need_delta - (OLD.qty - OLD.qty_released);
        done_delta := done_delta - OLD.qty_fulfilled;
    END IF;
    IF offer_delta <> 0 OR done_delta <> 0 THEN
        UPDATE commitments_commitmentline
           SET qty_reserved = qty_reserved + offer_delta, qty_fulfilled = qty_fulfilled + done_delta
         WHERE id = row_now.commitment_line_id;
    END IF;
    IF need_delta <> 0 OR done_delta <> 0 THEN
        UPDATE needs_needline
           SET qty_reserved = qty_reserved + need_delta, qty_fulfilled = qty_fulfilled + done_delta
         WHERE id = row_now.need_line_id;
    END IF;
    IF TG_OP = 'INSERT' THEN
        -- Read last: the lines are locked by now, so nobody closes or changes them under our eyes.
        SELECT n.kind = c.kind AND n.measure = c.measure INTO fits
          FROM needs_needline n, commitments_commitmentline c
         WHERE n.id = NEW.need_line_id AND c.id = NEW.commitment_line_id;
        IF NOT fits THEN
            PERFORM callcare_refuse('allocation_same_measure', 'both lines count the same kind of thing');
        END IF;
        IF NOT (SELECT is_countable FROM commitments_commitmentline WHERE id = NEW.commitment_line_id) THEN
            PERFORM callcare_refuse('allocation_of_counted_line', 'an offer as needed has no quantity to promise');
        END IF;
        IF NOT EXISTS (SELECT 1 FROM needs_need n JOIN needs_needline l ON l.need_id = n.id
                        WHERE l.id = NEW.need_line_id AND n.state = 'open') THEN
            PERFORM callcare_refuse('allocation_to_open_need', 'the need is not open');
        END IF;
        IF NOT EXISTS (SELECT 1 FROM commitments_commitment c JOIN commitments_commitmentline l
                           ON l.commitment_id = c.id
                        WHERE l.id = NEW.commitment_line_id AND c.state = 'open' AND c.level = 'confirmed') THEN
            PERFORM callcare_refuse('allocation_of_confirmed_offer', 'the commitment is not open and confirmed');
        END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION fulfilment_counts() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.kind = 'correction' AND NEW.qty + COALESCE((
            SELECT sum(f.qty) FROM allocations_fulfilment f WHERE f.corrects_id = NEW.corrects_id AND f.id <> NEW.id), 0)
            > (SELECT CASE WHEN f.allocation_id = NEW.allocation_id AND f.kind = 'delivery' THEN f.qty ELSE 0 END
                 FROM allocations_fulfilment f WHERE f.id = NEW.corrects_id) THEN
        PERFORM callcare_refuse('correction_within_its_fulfilment', 'a correction takes back at most what was noted');
    END IF;
    UPDATE allocations_allocation
       SET qty_fulfilled = qty_fulfilled
               + CASE NEW.kind WHEN 'delivery' THEN NEW.qty WHEN 'correction' THEN -NEW.qty ELSE 0 END,
           qty_returned = qty_returned + CASE NEW.kind WHEN 'return' THEN NEW.qty ELSE 0 END
     WHERE id = NEW.allocation_id;
    RETURN NULL;
END $$;

CREATE FUNCTION counter_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM callcare_refuse('counter_is_kept', 'this counter is kept by the database, nobody writes it by hand');
    RETURN NULL;
END $$;

CREATE FUNCTION case_closes_without_promise() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    promised boolean;
BEGIN
    -- The lines first, in order: a promise being written holds them until it is committed.
    IF TG_TABLE_NAME = 'needs_need' THEN
        PERFORM 1 FROM needs_needline WHERE need_id = NEW.id ORDER BY id FOR NO KEY UPDATE;
        promised := EXISTS (SELECT 1 FROM allocations_allocation a JOIN needs_needline l ON l.id = a.need_line_id
                             WHERE l.need_id = NEW.id AND a.state IN ('held', 'confirmed'));
    ELSE
        PERFORM 1 FROM commitments_commitmentline WHERE commitment_id = NEW.id ORDER BY id FOR NO KEY UPDATE;
        promised := EXISTS (SELECT 1 FROM allocations_allocation a
                              JOIN commitments_commitmentline l ON l.id = a.commitment_line_id
                             WHERE l.commitment_id = NEW.id AND a.state IN ('held', 'confirmed'));
    END IF;
    IF promised THEN
        PERFORM callcare_refuse('case_closes_without_promise', 'something is still promised');
    END IF;
    RETURN NEW;
END $$;
"""

TRIGGERS = """
CREATE TRIGGER allocation_counts AFTER INSERT OR UPDATE OR DELETE ON allocations_allocation
    FOR EACH ROW EXECUTE FUNCTION allocation_counts();
CREATE TRIGGER fulfilment_counts AFTER INSERT ON allocations_fulfilment
    FOR EACH ROW EXECUTE FUNCTION fulfilment_counts();
CREATE TRIGGER counter_is_kept BEFORE UPDATE ON needs_needline FOR EACH ROW
    WHEN (pg_trigger_depth() = 0 AND (OLD.qty_reserved, OLD.qty_fulfilled)
          IS DISTINCT FROM (NEW.qty_reserved, NEW.qty_fulfilled)) EXECUTE FUNCTION counter_is_kept();
CREATE TRIGGER counter_is_kept BEFORE UPDATE ON commitments_commitmentline FOR EACH ROW
    WHEN (pg_trigger_depth() = 0 AND (OLD.qty_reserved, OLD.qty_fulfilled)
          IS DISTINCT FROM (NEW.qty_reserved, NEW.qty_fulfilled)) EXECUTE FUNCTION counter_is_kept();
CREATE TRIGGER counter_is_kept BEFORE UPDATE ON allocations_allocation FOR EACH ROW
    WHEN (pg_trigger_depth() = 0 AND (OLD.qty_fulfilled, OLD.qty_returned)
          IS DISTINCT FROM (NEW.qty_fulfilled, NEW.qty_returned)) EXECUTE FUNCTION counter_is_kept();
CREATE TRIGGER counter_starts_at_zero BEFORE INSERT ON needs_needline FOR EACH ROW
    WHEN (NEW.qty_reserved <> 0 OR NEW.qty_fulfilled <> 0) EXECUTE FUNCTION counter_is_kept();
CREATE TRIGGER counter_starts_at_zero BEFORE INSERT ON commitments_commitmentline FOR EACH ROW
    WHEN (NEW.qty_reserved <> 0 OR NEW.qty_fulfilled <> 0) EXECUTE FUNCTION counter_is_kept();
CREATE TRIGGER counter_starts_at_zero BEFORE INSERT ON allocations_allocation FOR EACH ROW
    WHEN (NEW.qty_fulfilled <> 0 OR NEW.qty_returned <> 0) EXECUTE FUNCTION counter_is_kept();
CREATE TRIGGER closes_without_promise BEFORE UPDATE ON needs_need FOR EACH ROW
    WHEN (NEW.state = 'closed' AND OLD.state <> 'closed') EXECUTE FUNCTION case_closes_without_promise();
CREATE TRIGGER closes_without_promise BEFORE UPDATE ON commitments_commitment FOR EACH ROW
    WHEN (NEW.state = 'closed' AND OLD.state <> 'closed') EXECUTE FUNCTION case_closes_without_promise();
"""

UNDO = """
DROP TRIGGER closes_without_promise ON needs_need;
DROP TRIGGER closes_without_promise ON commitments_commitment;
DROP TRIGGER counter_is_kept ON needs_needline;
DROP TRIGGER counter_is_kept ON commitments_commitmentline;
DROP TRIGGER counter_is_kept ON allocations_allocation;
DROP TRIGGER counter_starts_at_zero ON needs_needline;
DROP TRIGGER counter_starts_at_zero ON commitments_commitmentline;
DROP TRIGGER counter_starts_at_zero ON allocations_allocation;
DROP TRIGGER fulfilment_counts ON allocations_fulfilment;
DROP TRIGGER allocation_counts ON allocations_allocation;
DROP FUNCTION case_closes_without_promise(), counter_is_kept(), fulfilment_counts(), allocation_counts();
DROP FUNCTION callcare_refuse(text, text);
"""


class Migration(migrations.Migration):
    dependencies = [("allocations", "0001_squashed_0002_same_desk")]
    operations = [migrations.RunSQL(FUNCTIONS + TRIGGERS, UNDO)]
