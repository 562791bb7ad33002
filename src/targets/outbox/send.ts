/**
 * One chunk of rows: claimed, looked up together, then adopted, refused or created one after the other. No row is created
 * without a look-up in the same claim, and the answer of every create is written down before the next one is sent.
 */
import { keyChoice, NEW_KEY_MS, type KeyChoice } from '../../domain/journals/outbox.ts'
import type { CreateOutcome, EntryKey } from '../port.ts'
import type { RemoteEntry, TargetEntry } from '../entry.ts'
import { claimRows, releaseRows, troubleText, type Claimed } from './claim.ts'
import { closedMove, type ClosedPeriods } from './closed-period.ts'
import { decide } from './decide.ts'
import { announcedBody, restoredText } from './delivery-records.ts'
import { deriveEntries, type Derived } from './derive.ts'
import type { FindHeirs } from './heirs.ts'
import { differsText, type Inherited } from './inherit.ts'
import { handedMove, handedSince } from './handed-since.ts'
import { keyOf, moveRow, startSending, type Move } from './move.ts'
import { afterCreate } from './outcome.ts'
import type { Patience, Stop } from './pause.ts'
import { decidedByPerson, onceSent, payloadsOf } from './past.ts'
import type { OutboxRow } from './row.ts'
import { siblingEntries } from './suspects.ts'
import { outboxOf, type Work } from './work.ts'

/** So often a row is sent in one pass while nobody knows what comes of it; the next pass goes on. */
const UNKNOWNS_PER_PASS = 2

/**
 * Journals that a person holds now, with the reason. They are not sent, and of what was sent before it is asked whether it
 * is there. Read anew for each chunk: somebody may hold one while a long delivery goes on.
 */
export type ReadHolds = () => Promise<ReadonlyMap<bigint, string>>

export interface Sending {
  readonly closed: ClosedPeriods
  readonly onHold: ReadHolds
  readonly patience: Patience
  /** Which rows find their entry among those of a book that was taken over. */
  readonly heirs: FindHeirs
  /** Told of every row that came to rest for now. */
  readonly moved: (row: OutboxRow, move: Move) => void
  /** How often each document was sent in this pass to no known end. */
  readonly unknowns: Map<string, number>
  /** Documents that are not taken up again in this pass. */
  readonly resting: Set<string>
}

/** Null: the chunk is done, though some of it may have to be looked up again. */
export async function sendChunk(work: Work, sending: Sending, rows: readonly OutboxRow[]): Promise<Stop | null> {
  const claimed = await claimRows(work, rows)
  if (claimed.length === 0) return null
  const documents = claimed.map(({ row }) => row.document)
  const payloads = await payloadsOf(work.kysely, outboxOf(work), documents)
  const decided = await decidedByPerson(work.kysely, outboxOf(work), documents)
  // What has no history but this claim was never sent.
  const older = claimed.flatMap(({ row }) => (row.history > 1 ? [row.document] : []))
  const once = await onceSent(work.kysely, outboxOf(work), older)
  const lookedUpMs = work.wallMs()
  const answer = await work.target.find(
    claimed.flatMap(({ row, before }) =>
      entryKeys(payloads.get(row.document) ?? [], wasSent({ row, before, isOnceSent: once.has(row.document) })),
    ),
  )
  if (answer.kind !== 'ok') {
    await releaseRows(work, claimed, `not looked up: ${troubleText(answer)}`)
    return sending.patience.meet(answer)
  }
  sending.patience.answered()
  const elsewhere = await siblingEntries(work, answer.value)
  const heirs = await sending.heirs(claimed.map(({ row }) => row))
  if (!heirs.ok) {
    await releaseRows(work, claimed, `not looked up: ${heirs.stop.message}`)
    return heirs.stop
  }
  const handed = await handedSince(
    work,
    claimed.map(({ row }) => row),
  )
  const onHold = await sending.onHold()
  const avoided = work.closedPeriod === 'first-open-day' ? sending.closed.through() : null
  const derived = await deriveEntries(
    work,
    claimed.map(({ row }) => row),
    avoided,
  )
  for (const [index, each] of claimed.entries()) {
    const rest = claimed.slice(index + 1)
    const { document, journal } = each.row
    const sought: Sought = {
      ...each,
      lookedUpMs,
      payloads: payloads.get(document) ?? [],
      isDecided: decided.has(document),
      isOnceSent: once.has(document),
      elsewhere,
      inherited: heirs.value.get(document),
      handed: handed.get(document),
      held: onHold.get(journal),
      derived: derived.get(document),
    }
    const stop = await settleRow(work, sending, sought, answer.value)
    if (stop === null && !work.signal.aborted) continue
    await releaseRows(work, rest, stop?.message ?? 'stopped')
    if (stop !== null) return stop
    work.signal.throwIfAborted()
  }
  return null
}

/** What to look for: each version that may have been sent, since the date or the memo of what arrived may be an older one. */
export function entryKeys(payloads: readonly TargetEntry[], wasSent: boolean): readonly EntryKey[] {
  return payloads.map(({ document, memo, date }) => ({ document, memo, date, wasSent }))
}

interface Sought extends Claimed {
  /** When the target was asked, by the machine's clock. */
  readonly lookedUpMs: number
  /** Every version there was, the newest last. */
  readonly payloads: readonly TargetEntry[]
  /** A person has had it sent again. */
  readonly isDecided: boolean
  /** A version of it may have arrived in an earlier claim. */
  readonly isOnceSent: boolean
  /** Of what was found, what other books delivered, and which. */
  readonly elsewhere: ReadonlyMap<string, string>
  /** What a book that was taken over has of its day; undefined when nothing, or when none was. */
  readonly inherited: Inherited | undefined
  /** Since it was queued a file has taken it to the same books, as this sentence says; undefined when none has. */
  readonly handed: string | undefined
  /** Who holds it, and why; undefined when nobody does. */
  readonly held: string | undefined
  /** What the postings make of it now. */
  readonly derived: Derived | undefined
}

async function settleRow(
  work: Work,
  sending: Sending,
  sought: Sought,
  found: readonly RemoteEntry[],
): Promise<Stop | null> {
  const { row } = sought
  const move = decidedMove(work, sought, found)
  if (move !== null) {
    await settle(work, sending, row, move)
    return null
  }
  const { handed, held } = sought
  const isClosed = sending.closed.isClosed(row.entry.date)
  if (handed === undefined && held === undefined && !isClosed) return create(work, sending, sought)
  // Taken out, held back, or moved to another day with another key, while what was sent may still arrive.
  if (row.sentAtMs !== null && keyOfNow(work, sought) !== 'new') return rest(work, sending, row, held)
  await settle(work, sending, row, await moveInstead(work, sending, sought, isClosed))
  return null
}

/** What becomes of a row that is not in the target and is not sent there now. */
async function moveInstead(
  work: Work,
  { closed }: Sending,
  { row, handed, held = '' }: Sought,
  isClosed: boolean,
): Promise<Move> {
  if (handed !== undefined) return handedMove(work, row, handed)
  if (isClosed) return closedMove(work, closed, row)
  // It keeps when it was sent: after the release it is looked for as what may have arrived.
  return { to: 'queued', message: `not in the target, and not sent: ${held}` }
}

/** What the look-up alone decides; null when the entry is not there and may be created. */
function decidedMove(work: Work, asked: Sought, found: readonly RemoteEntry[]): Move | null {
  const { row, payloads } = asked
  const decision = decide(
    {
      document: row.document,
      target: work.name,
      lastingId: work.lastingId,
      payloads,
      elsewhere: asked.elsewhere,
      despiteVoided: asked.isDecided,
      names: work.accountNames,
    },
    found,
  )
  // An entry of this book's own id goes before one of the id that was taken over; nothing else does.
  const { inherited } = asked
  if (inherited !== undefined && decision.kind !== 'adopt') return inheritedMove(work, row, inherited)
  switch (decision.kind) {
    case 'create':
      return null
    case 'refuse':
      return { to: 'refused', message: decision.message, evidence: decision.evidence }
    case 'adopt': {
      const { remote, payload } = decision
      const isRestored = !payloads.includes(payload)
      const message = isRestored
        ? restoredText(remote.remoteId)
        : `found in the target as ${remote.remoteId}, and equal: adopted`
      const older = payload !== payloads.at(-1)
      const reason = isRestored ? 'it had arrived before a restore' : 'an earlier version had arrived'
      return {
        to: 'delivered',
        message,
        evidence: remote.raw,
        remote,
        adopted: true,
        ...(older ? { payload: { entry: payload, body: work.body(payload), reason } } : {}),
      }
    }
  }
}

/** The row takes the number and the memo of what it adopts, so that the entry is read back as it is. */
function inheritedMove(work: Work, row: OutboxRow, inherited: Inherited): Move {
  if (inherited.kind === 'differs') {
    const { theirs } = inherited
    const evidence = theirs.map(({ raw }) => raw).join('\n')
    return { to: 'refused', message: differsText(row, theirs, work.name), evidence }
  }
  const { remote } = inherited
  const entry = { ...row.entry, document: remote.document, memo: remote.memo }
  return {
    to: 'delivered',
    message: `found in the target as ${remote.remoteId}, ${remote.document} of the book that was taken over, and equal: adopted`,
    evidence: remote.raw,
    remote,
    adopted: true,
    payload: { entry, body: work.body(entry), reason: 'it had arrived from the database that was lost' },
  }
}

/** Whether some version of it may have left this machine. */
function wasSent({ row, before, isOnceSent }: Pick<Sought, 'row' | 'before' | 'isOnceSent'>): boolean {
  return before === 'unknown' || row.sentAtMs !== null || isOnceSent
}

async function create(work: Work, sending: Sending, sought: Sought): Promise<Stop | null> {
  const key = keyOfNow(work, sought)
  if (key === 'wait' || unknownsOf(sending, sought.row) >= UNKNOWNS_PER_PASS) return rest(work, sending, sought.row)
  const what = key === 'same' && sought.row.sentAtMs !== null ? await asAnnounced(work, sought.row) : sought.derived
  if (what?.ok !== true) {
    await settle(work, sending, sought.row, { to: 'refused', message: what?.reason ?? 'Its journal is not there.' })
    return null
  }
  const row = await startSending(work, sought.row, { key, payload: what.payload })
  if (row === null) return null
  const outcome = await work.target.create({ body: row.body, key: keyOf(work.book.name, row), document: row.document })
  noteUnknown(sending, row, outcome)
  const next = afterCreate({ row, before: sought.before }, outcome)
  switch (next.kind) {
    case 'move':
      await settle(work, sending, row, next.move)
      if (next.trouble === null) sending.patience.answered()
      return next.trouble === null ? null : sending.patience.meet(next.trouble)
    case 'not-sent': {
      const sentAtMs = row.generation === sought.row.generation ? sought.row.sentAtMs : null
      await settle(work, sending, { ...row, sentAtMs }, next.move)
      return sending.patience.meet(next.trouble)
    }
    case 'closed': {
      const answer = await sending.closed.ask()
      if (!sending.closed.isClosed(row.entry.date)) sending.closed.refused(row.entry.date)
      await settle(work, sending, row, {
        ...(await closedMove(work, sending.closed, row)),
        evidence: next.evidence,
        freshKey: true,
      })
      return answer.kind === 'ok' ? null : sending.patience.meet(answer)
    }
    case 'look-up':
      return lookAgain(work, sending, { ...sought, row }, next)
  }
}

/** Under the key that it was sent under go the very bytes that were announced, whatever is in force by now. */
async function asAnnounced(work: Work, row: OutboxRow): Promise<Derived> {
  const { entry, body, reason } = row
  if ((await announcedBody(work.kysely, row)) === body) return { ok: true, payload: { entry, body, reason } }
  return {
    ok: false,
    reason:
      `${row.document} is not sent again: what the outbox holds is not what was announced before it was sent. ` +
      `Run tieout ledger verify, and find out who wrote to the database. Then: tieout deliver --retry ${row.document} --target ${work.name}.`,
  }
}

function keyOfNow(work: Work, { row, lookedUpMs }: Sought): KeyChoice {
  return keyChoice(row.sentAtMs, { lookedUpMs, nowMs: work.wallMs() })
}

function unknownsOf({ unknowns }: Sending, { document }: OutboxRow): number {
  return unknowns.get(document) ?? 0
}

function noteUnknown(sending: Sending, row: OutboxRow, outcome: CreateOutcome): void {
  if (outcome.kind === 'unknown') sending.unknowns.set(row.document, unknownsOf(sending, row) + 1)
}

/** It is not there, and may still appear: it is left alone until the next pass looks. */
async function rest(work: Work, sending: Sending, row: OutboxRow, held?: string): Promise<null> {
  const time = (ms: number): string => new Date(ms).toISOString().slice(0, 19)
  const sentAtMs = row.sentAtMs ?? work.wallMs()
  const message =
    `${row.document} was sent first at ${time(sentAtMs)} UTC, and nobody knows what came of it. It is not in the target, ` +
    'where it may still appear. The next delivery looks again; ' +
    (held === undefined
      ? `under another key it is not sent before ${time(sentAtMs + NEW_KEY_MS)} UTC.`
      : `it is not sent. ${held}`)
  sending.resting.add(row.document)
  await settle(work, sending, row, { to: 'unknown', message })
  return null
}

/** The target says the number is taken: by us, which is fine, or by something that is not ours. */
async function lookAgain(
  work: Work,
  sending: Sending,
  sought: Sought,
  refusal: { readonly message: string; readonly evidence: string },
): Promise<Stop | null> {
  const { row, payloads } = sought
  const answer = await work.target.find(entryKeys(payloads, true))
  if (answer.kind !== 'ok') {
    await settle(work, sending, row, { to: 'unknown', message: refusal.message, evidence: refusal.evidence })
    return sending.patience.meet(answer)
  }
  const taken: Move = {
    to: 'refused',
    message: `The number ${row.document} is taken in the target by something that is not this entry. ${refusal.message}`,
    evidence: refusal.evidence,
    freshKey: true,
  }
  const elsewhere = await siblingEntries(work, answer.value)
  const decided = decidedMove(work, { ...sought, elsewhere }, answer.value) ?? taken
  // Of one that was never sent before, the vendor's no is about the only request there was.
  const isOver = decided.to === 'refused' && sought.before === 'queued' && !sought.isOnceSent
  await settle(work, sending, row, isOver ? { ...decided, freshKey: true } : decided)
  return null
}

async function settle(work: Work, { moved }: Sending, row: OutboxRow, move: Move): Promise<void> {
  const next = await moveRow(work, row, move)
  // Somebody took the row over meanwhile, taking us for dead; the row is theirs, and they look it up.
  if (next !== null) moved(next, move)
}
