/**
 * One pass over the outbox of a target: what others left is taken over, what is unknown is looked up first, the rest goes
 * out in the order of sealing. A row gets a bounded number of tries in a pass, and a trouble that lasts ends the pass.
 */
import type { IsoDate } from '../../domain/transaction.ts'
import { takeOver } from './claim.ts'
import { createClosedPeriods, releaseHeld } from './closed-period.ts'
import { dueHeads } from './due.ts'
import { lookForOtherBooks } from './first-look.ts'
import { enqueueMissing, type Enqueued } from './enqueue.ts'
import { createHeirs } from './heirs.ts'
import { askPatiently, createPatience, readNotes, writeNotes, type Stop } from './pause.ts'
import { readEntries, readRows, type OutboxRow } from './row.ts'
import { sendChunk, type ReadHolds, type Sending } from './send.ts'
import { outboxOf, type Work } from './work.ts'

const ROWS_PER_CHUNK = 20
const TRIES_PER_PASS = 4

export interface PassOptions {
  /** At most so many rows are taken up; a journal is not cut: null is no limit. */
  readonly limit: number | null
  readonly onHold: ReadHolds
}

export interface PassReport {
  readonly enqueued: Enqueued
  /** Documents by what this pass made of them. */
  readonly created: readonly string[]
  readonly adopted: readonly string[]
  /** Why the pass ended before its end; null when it did not. */
  readonly stopped: Stop | null
  readonly closedThrough: IsoDate | null
}

export async function deliverPass(work: Work, options: PassOptions): Promise<PassReport> {
  const enqueued = await enqueueMissing(work.kysely, work, work.nowMs())
  const paused = await pauseInForce(work)
  if (paused !== null) return { enqueued, created: [], adopted: [], stopped: paused, closedThrough: null }
  await takeOver(work)
  const created: string[] = []
  const adopted: string[] = []
  const closed = createClosedPeriods(work)
  const patience = createPatience(work)
  const sending: Sending = {
    closed,
    onHold: options.onHold,
    patience,
    heirs: createHeirs(work, patience),
    moved: (row, { to, adopted: wasThere = false }) => {
      if (to === 'delivered') (wasThere ? adopted : created).push(row.document)
    },
    unknowns: new Map(),
    resting: new Set(),
  }
  const stopped = await sendDue(work, sending, options.limit)
  const notes = { passedAtMs: work.nowMs(), trouble: stopped?.message ?? null }
  await writeNotes(work.kysely, outboxOf(work), stopped === null ? { ...notes, ...NO_PAUSE } : notes)
  return { enqueued, created, adopted, stopped, closedThrough: closed.through() }
}

/** No limit of a vendor lasts longer: a pause that does was written while a clock was wrong. */
const LONGEST_PAUSE_MS = 3 * 86_400_000

const NO_PAUSE = { pausedUntilMs: null, pauseReason: null }

async function pauseInForce(work: Work): Promise<Stop | null> {
  const { pausedUntilMs, pauseReason } = await readNotes(work.kysely, outboxOf(work))
  const leftMs = (pausedUntilMs ?? 0) - work.wallMs()
  if (pausedUntilMs === null || leftMs <= 0 || leftMs > LONGEST_PAUSE_MS) return null
  return { kind: 'throttled', message: pauseReason ?? 'The target asked to wait.', untilMs: pausedUntilMs }
}

async function sendDue(work: Work, sending: Sending, limit: number | null): Promise<Stop | null> {
  const waiting = await readEntries(work.kysely, outboxOf(work), { states: ['queued', 'held', 'unknown'], limit: 1 })
  if (waiting.length === 0) return null
  const asked = await askPatiently(work, sending.patience, sending.closed.ask)
  if (!asked.ok) return asked.stop
  const others = await lookForOtherBooks(work, sending.patience)
  if (others !== null) return others
  await releaseHeld(work, sending.closed)
  const tries = new Map<string, number>()
  for (;;) {
    work.signal.throwIfAborted()
    const chunk = await nextChunk(work, await sending.onHold(), tries, limit)
    if (chunk.length === 0) return null
    for (const { document } of chunk) tries.set(document, triesOf(tries, document) + 1)
    const stop = await sendChunk(work, sending, chunk)
    for (const document of sending.resting) tries.set(document, TRIES_PER_PASS)
    if (stop !== null) return stop
  }
}

type Tries = ReadonlyMap<string, number>

function triesOf(tries: Tries, document: string): number {
  return tries.get(document) ?? 0
}

/** What is unknown comes first, since nothing is more urgent than to know; who was tried in this pass comes last. */
async function nextChunk(
  work: Work,
  onHold: ReadonlyMap<bigint, string>,
  tries: Tries,
  limit: number | null,
): Promise<readonly OutboxRow[]> {
  const tired = [...tries.values()].filter((count) => count >= TRIES_PER_PASS).length
  const most = ROWS_PER_CHUNK + tired
  const unknown = await dueHeads(work, { state: 'unknown', held: [], most })
  const queued = await dueHeads(work, { state: 'queued', held: [...onHold.keys()], most })
  const due = [...unknown, ...queued]
    .filter(({ document }) => triesOf(tries, document) < TRIES_PER_PASS)
    .toSorted((a, b) => triesOf(tries, a.document) - triesOf(tries, b.document))
  const again = due.filter(({ document }) => tries.has(document))
  const fresh = due.filter(({ document }) => !tries.has(document))
  const room = limit === null ? fresh.length : Math.max(0, limit - tries.size)
  const chosen = [...fresh.slice(0, room), ...again].slice(0, ROWS_PER_CHUNK).map(({ document }) => document)
  const rows = await readRows(work.kysely, outboxOf(work), { documents: chosen })
  return rows.toSorted((a, b) => chosen.indexOf(a.document) - chosen.indexOf(b.document))
}
