/**
 * Compares the objects of the schema with those the migrations make: a ledger whose triggers are gone only looks guarded,
 * and one with a rule, a policy or a child table of somebody else's does not hold what was written to it.
 * The expected schema is not written down anywhere; it is made by running the migrations beside the real one.
 */
import { sql, type Kysely } from 'kysely'
import { openDatabase } from '../../db/database.ts'
import { dialectOf } from '../../db/dialect.ts'
import { migrate } from '../../db/migrate.ts'
import { migrationFiles } from '../../db/migration-files.ts'
import type { Tables } from '../../db/tables.ts'
import type { Findings } from './finding.ts'

/** What a rule is, and its exact definition. */
interface Guard {
  readonly name: string
  /** The table it belongs to; '' for a function. */
  readonly of: string
  readonly definition: string
}

export async function verifyGuards(db: Kysely<Tables>, findings: Findings): Promise<void> {
  if (dialectOf(db) === 'postgres') await verifyOthers(db, findings)
  const { expected, actual } = dialectOf(db) === 'sqlite' ? await sqliteGuards(db) : await postgresGuards(db)
  const held = new Map(actual.map((guard) => [guard.name, guard]))
  const tables = new Set(expected.map(({ of }) => of))
  const add = (code: 'GUARD_MISSING' | 'GUARD_CHANGED' | 'GUARD_ADDED', sentence: string): void =>
    findings.add({ code, book: null, sequence: null, sentence })
  for (const { name, definition } of expected) {
    const found = held.get(name)
    held.delete(name)
    if (found === undefined) add('GUARD_MISSING', `The ${name} is missing from the database.`)
    else if (found.definition !== definition) add('GUARD_CHANGED', `The ${name} is not what the migrations made.`)
  }
  for (const { name, of } of held.values()) {
    // An index more changes nothing that is written or read; other tables are somebody else's.
    if (of === '' || !tables.has(of) || name.startsWith('index ')) continue
    add('GUARD_ADDED', `The ${name} is not part of tieout and can change what is written or read.`)
  }
}

/**
 * What PostgreSQL lets others do that no migration makes: triggers on events of the whole database, but for those of an
 * extension, and rights to write to our tables that somebody else than their owner or this user has.
 */
async function verifyOthers(db: Kysely<Tables>, findings: Findings): Promise<void> {
  const { rows } = await sql<{ readonly sentence: string }>`
    with tables as (select * from pg_class where relkind in ('r', 'p')
      and relnamespace = (select oid from pg_namespace where nspname = current_schema()))
    select 'The event trigger ' || evtname || ' (' || evtevent || ') is not part of tieout and can change the schema.' as sentence
    from pg_event_trigger where evtenabled <> 'D' and not exists (select 1 from pg_depend
      where classid = 'pg_event_trigger'::regclass and objid = pg_event_trigger.oid and deptype = 'e')
    union all
    select distinct case when grantee = 0 then 'Everybody' else 'The role ' || pg_get_userbyid(grantee) end || ' has the right to '
      || lower(string_agg(distinct privilege_type, ', ')) || ' on table ' || relname || ', which is not its own.'
    from tables, aclexplode(relacl)
    where grantee <> relowner and grantee <> (select oid from pg_roles where rolname = current_user)
      and privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER')
    group by grantee, relname
    order by 1`.execute(db)
  for (const { sentence } of rows) findings.add({ code: 'GUARD_ADDED', book: null, sequence: null, sentence })
}

interface Guards {
  readonly expected: readonly Guard[]
  readonly actual: readonly Guard[]
}

/**
 * What the migrations make, by engine and its version: they are part of the program, so a process that verifies many
 * books, or every night, runs them for the first one alone.
 */
const made = new Map<string, readonly Guard[]>()

async function sqliteGuards(db: Kysely<Tables>): Promise<Guards> {
  const actual = await sqliteSchema(db)
  const known = made.get('sqlite')
  if (known !== undefined) return { expected: known, actual }
  const fresh = await openDatabase(':memory:')
  try {
    await migrate(fresh, 0)
    const expected = await sqliteSchema(fresh.kysely)
    made.set('sqlite', expected)
    return { expected, actual }
  } finally {
    await fresh.close()
  }
}

async function sqliteSchema(db: Kysely<Tables>): Promise<readonly Guard[]> {
  const { rows } = await sql<Guard>`
    select type || ' ' || name as name, tbl_name as "of", sql as definition from sqlite_schema
    where sql is not null order by type, name`.execute(db)
  return rows
}

const SCRATCH_SCHEMA = 'tieout_verify'

/** Thrown to roll back the schema made for comparison. */
class Compared extends Error {
  readonly guards: Guards

  constructor(guards: Guards) {
    super('The schema made for comparison is rolled back.')
    this.guards = guards
  }
}

async function postgresGuards(db: Kysely<Tables>): Promise<Guards> {
  // How a definition is printed is the server's affair.
  const { rows } = await sql<{ readonly version: string }>`select version()`.execute(db)
  const version = rows[0]?.version ?? ''
  const known = made.get(version)
  if (known !== undefined) return { expected: known, actual: await postgresSchema(db) }
  const guards = await besideMigrated(db)
  made.set(version, guards.expected)
  return guards
}

async function besideMigrated(db: Kysely<Tables>): Promise<Guards> {
  try {
    return await db.transaction().execute(async (trx) => {
      const actual = await postgresSchema(trx)
      await sql`create schema ${sql.id(SCRATCH_SCHEMA)}`.execute(trx)
      await sql`set local search_path = ${sql.id(SCRATCH_SCHEMA)}`.execute(trx)
      for (const file of migrationFiles('postgres')) await sql.raw(file.script).execute(trx)
      throw new Compared({ expected: await postgresSchema(trx), actual })
    })
  } catch (error) {
    if (error instanceof Compared) return error.guards
    throw error
  }
}

/** Definitions print names without their schema when it is the current one, so those of two schemas compare as text. */
async function postgresSchema(db: Kysely<Tables>): Promise<readonly Guard[]> {
  const { rows } = await sql<Guard>`
    with here as (select oid from pg_namespace where nspname = current_schema()),
    tables as (select * from pg_class where relnamespace = (select oid from here) and relkind in ('r', 'p')
      and relname <> 'migration' and not relispartition and not exists (select 1 from pg_inherits where inhrelid = pg_class.oid))
    select 'table ' || relname as name, relname::text as "of",
      concat_ws(' ', relkind, relpersistence, relrowsecurity, relforcerowsecurity) as definition from tables
    union all
    select 'trigger ' || tgname::text || ' on ' || relname, relname,
      pg_get_triggerdef(pg_trigger.oid, true) || ' ' || tgenabled::text
    from pg_trigger join tables on tables.oid = tgrelid where not tgisinternal
    union all
    select 'rule ' || rulename || ' on ' || relname, relname, pg_get_ruledef(pg_rewrite.oid, true)
    from pg_rewrite join tables on tables.oid = ev_class
    union all
    select 'policy ' || polname || ' on ' || relname, relname, polcmd::text from pg_policy join tables on tables.oid = polrelid
    union all
    select 'child table ' || inhrelid::regclass || ' of ' || relname, relname, '' from pg_inherits
    join tables on tables.oid = inhparent
    union all
    select 'function ' || proname, '', prosrc from pg_proc where pronamespace = (select oid from here)
    union all
    select 'constraint ' || conname || ' on ' || relname, relname, pg_get_constraintdef(pg_constraint.oid, true)
    from pg_constraint join tables on tables.oid = conrelid
    union all
    select 'index ' || index.relname, tables.relname, pg_get_indexdef(index.oid, 0, true) from pg_index
    join tables on tables.oid = indrelid join pg_class index on index.oid = indexrelid
    union all
    select 'column ' || relname || '.' || attname, relname, concat_ws(' ', format_type(atttypid, atttypmod), attnotnull,
      attidentity, attgenerated, pg_get_expr(adbin, adrelid))
    from pg_attribute join tables on tables.oid = attrelid left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where attnum > 0 and not attisdropped
    order by 1`.execute(db)
  return rows
}
