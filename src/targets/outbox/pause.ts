/**
 * What a trouble means for the pass: wait a little and go on, or stop and leave the rest for later. Nobody sleeps longer
 * than a minute on a vendor's limit; a limit of the day is written down, so that the next command does not ask either.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { Answer, Trouble } from '../port.ts'
import { troubleText } from './claim.ts'
import type { Outbox } from './row.ts'
import { outboxOf, type Work } from './work.ts'

const LONGEST_WAIT_MS = 60_000
const WAITS_PER_PASS = 20
/** So many in a row without a usable answer, and the target is taken for down. */
const UNKNOWNS_IN_A_ROW = 3

export interface Stop {
  readonly kind: Trouble['kind'] | 'limit' | 'other-books'
  readonly message: string
  /** When it makes sense to try again; null when only a person or luck can tell. */
  readonly untilMs: number | null
}

export interface Patience {
  /** Null: go on. Waits first where a short wait is all that is asked. */
  readonly meet: (trouble: Trouble) => Promise<Stop | null>
  readonly answered: () => void
}

export function createPatience(work: Work): Patience {
  let waits = 0
  let unknowns = 0
  const stop = (trouble: Trouble, untilMs: number | null = null): Stop => ({
    kind: trouble.kind,
    message: troubleText(trouble),
    untilMs,
  })
  return {
    answered: () => {
      unknowns = 0
    },
    meet: async (trouble) => {
      if (trouble.kind === 'unknown') {
        unknowns += 1
        return unknowns < UNKNOWNS_IN_A_ROW ? null : stop(trouble)
      }
      if (trouble.kind !== 'throttled') return stop(trouble)
      const waitMs = Math.max(0, trouble.untilMs - work.wallMs())
      if (trouble.scope === 'day' || waitMs > LONGEST_WAIT_MS) {
        await pauseTarget(work, trouble.untilMs, trouble.message)
        return stop(trouble, trouble.untilMs)
      }
      waits += 1
      if (waits > WAITS_PER_PASS) return stop(trouble, trouble.untilMs)
      work.say(`${trouble.message} Waiting ${Math.ceil(waitMs / 1000)} s.`)
      await work.sleep(waitMs, work.signal)
      return null
    },
  }
}

export type Patiently<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly stop: Stop }

/** Asks again where a short wait, or another try, is all it takes. */
export async function askPatiently<T>(
  work: Work,
  patience: Patience,
  ask: () => Promise<Answer<T>>,
): Promise<Patiently<T>> {
  for (;;) {
    work.signal.throwIfAborted()
    const answer = await ask()
    if (answer.kind === 'ok') {
      patience.answered()
      return { ok: true, value: answer.value }
    }
    const stop = await patience.meet(answer)
    if (stop !== null) return { ok: false, stop }
  }
}

export interface TargetNotes {
  readonly pausedUntilMs: number | null
  readonly pauseReason: string | null
  readonly trouble: string | null
  readonly passedAtMs: number | null
  readonly changesSeenMs: number | null
  readonly allSeenMs: number | null
}

export async function readNotes(db: Kysely<Tables>, { book, target }: Outbox): Promise<TargetNotes> {
  const row = await db
    .selectFrom('outbox_target')
    .selectAll()
    .where('book', '=', book)
    .where('target', '=', target)
    .executeTakeFirst()
  const number = (value: bigint | null = null): number | null => (value === null ? null : Number(value))
  return {
    pausedUntilMs: number(row?.paused_until_ms),
    pauseReason: row?.pause_reason ?? null,
    trouble: row?.trouble ?? null,
    passedAtMs: number(row?.passed_at_ms),
    changesSeenMs: number(row?.changes_seen_ms),
    allSeenMs: number(row?.all_seen_ms),
  }
}

/** Changes some of the notes and keeps the others. */
export async function writeNotes(
  db: Kysely<Tables>,
  { book, target }: Outbox,
  changes: Partial<TargetNotes>,
): Promise<void> {
  const notes = { ...(await readNotes(db, { book, target })), ...changes }
  const bigintOrNull = (value: number | null): bigint | null => (value === null ? null : BigInt(value))
  const values = {
    paused_until_ms: bigintOrNull(notes.pausedUntilMs),
    pause_reason: notes.pauseReason,
    trouble: notes.trouble,
    passed_at_ms: bigintOrNull(notes.passedAtMs),
    changes_seen_ms: bigintOrNull(notes.changesSeenMs),
    all_seen_ms: bigintOrNull(notes.allSeenMs),
  }
  await db
    .insertInto('outbox_target')
    .values({ book, target, ...values })
    .onConflict((conflict) => conflict.columns(['book', 'target']).doUpdateSet(values))
    .execute()
}

async function pauseTarget(work: Work, untilMs: number, reason: string): Promise<void> {
  await writeNotes(work.kysely, outboxOf(work), { pausedUntilMs: untilMs, pauseReason: reason })
}
