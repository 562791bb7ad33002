/**
 * The pace of requests to each vendor, kept in the database so that all processes share it. One row per vendor says when
 * its next free slot comes; reserving moves it on, in one statement. A clock that has been set back starts anew.
 */
import { sql, type Kysely } from 'kysely'
import { machine } from '../machine/machine.ts'
import { dialectOf } from './dialect.ts'
import type { Tables } from './tables.ts'

/** A clock that fell by more was set back; one that fell by less is waited for, so that no slot is given out twice. */
const SET_BACK_US = 120_000_000

/**
 * Reserves `slots` slots `intervalMs` apart for `origin` ("https://panel.example"); tells in how many milliseconds the
 * first one comes, by the database's clock. `nowUs` replaces that clock, in microseconds.
 */
export async function reserveSlots(
  db: Kysely<Tables>,
  origin: string,
  slots: number,
  intervalMs: number,
  nowUs?: bigint,
): Promise<number> {
  const widthUs = BigInt(Math.ceil(slots * intervalMs * 1000))
  const givenUs = nowUs ?? (dialectOf(db) === 'sqlite' ? BigInt(Math.round(machine().nowMs() * 1000)) : undefined)
  const now = givenUs === undefined ? SERVER_CLOCK_US : sql<bigint>`cast(${givenUs} as bigint)`
  const { rows } = await sql<{ readonly next_us: bigint; readonly now_us: bigint }>`
    insert into rate_slot (origin, next_us, now_us)
    select ${origin}, clock.now_us + ${widthUs}, clock.now_us from (select ${now} as now_us) as clock where true
    on conflict (origin) do update set
      next_us = case when excluded.now_us > rate_slot.now_us - ${sql.lit(SET_BACK_US)} and rate_slot.next_us > excluded.now_us
        then rate_slot.next_us else excluded.now_us end + ${widthUs},
      now_us = excluded.now_us
    returning next_us, now_us`.execute(db)
  const [row] = rows
  if (row === undefined) throw new RangeError('the reservation returned no row')
  return Number(row.next_us - widthUs - row.now_us) / 1000
}

/** Of PostgreSQL, whose clients may be many machines; those of a SQLite file are of one. */
const SERVER_CLOCK_US = sql<bigint>`(extract(epoch from clock_timestamp()) * 1000000)::bigint`
