-- The two names Call & Care has at its database. Run by a superuser of PostgreSQL, in the database of the house:
--     psql -d callcare -v ON_ERROR_STOP=1 -f launcher/roles.sql
-- callcare_owner owns the tables and changes the schema: `./callcare migrate`, nobody else.
-- callcare_app is the site's and the tasks': it reads and writes rows, as far as `migrate` grants it.
-- May be run again: it also takes over what another role made in this database.
SET client_min_messages = warning;
DO $$
DECLARE
    name text;
    thing record;
BEGIN
    FOREACH name IN ARRAY ARRAY['callcare_owner', 'callcare_app'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
                EXECUTE format('CREATE ROLE %I LOGIN', name);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- somebody else made it at this moment
        END;
    END LOOP;
    IF NOT (SELECT rolcreatedb FROM pg_roles WHERE rolname = 'callcare_owner') THEN
        ALTER ROLE callcare_owner CREATEDB; -- to restore a copy beside, and to measure
    END IF;
    IF (SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()) <> 'callcare_owner' THEN
        EXECUTE format('ALTER DATABASE %I OWNER TO callcare_owner', current_database());
    END IF;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO callcare_app', current_database());
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    FOR thing IN
        SELECT format('ALTER TABLE %s OWNER TO callcare_owner', c.oid::regclass) AS order
          FROM pg_class c
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
           AND c.relowner <> 'callcare_owner'::regrole
           AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass
                              AND (d.deptype = 'e' OR c.relkind = 'S' AND d.deptype IN ('a', 'i')))
        UNION ALL
        SELECT format('ALTER ROUTINE %s OWNER TO callcare_owner', p.oid::regprocedure)
          FROM pg_proc p
         WHERE p.pronamespace = 'public'::regnamespace AND p.proowner <> 'callcare_owner'::regrole
           AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.classid = 'pg_proc'::regclass
                              AND d.deptype = 'e')
        UNION ALL
        SELECT format('ALTER TYPE %s OWNER TO callcare_owner', t.oid::regtype)
          FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
         WHERE t.typnamespace = 'public'::regnamespace AND t.typowner <> 'callcare_owner'::regrole
           AND (t.typtype IN ('e', 'd') OR t.typtype = 'c' AND c.relkind = 'c')
           AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = t.oid AND d.classid = 'pg_type'::regclass
                              AND d.deptype = 'e')
    LOOP
        EXECUTE thing.order;
    END LOOP;
END $$;
