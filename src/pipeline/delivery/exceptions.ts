/**
 * The exceptions of a target follow from its outbox and from what was read back: what should be open is compared with
 * what is, and only the difference is landed, with the target's own words as the evidence. So nothing is lost when a
 * delivery dies before it has said what it knows: the next one says it.
 */
import type { Kysely } from 'kysely'
import { readInChunks } from '../../db/chunks.ts'
import type { Tables } from '../../db/tables.ts'
import type { ExceptionCode, RaisedException } from '../../domain/exception.ts'
import type { Units } from '../../domain/money/money.ts'
import type { NewLanding } from '../../log/landing.ts'
import { listExceptions, type StoredException } from '../../reconcile/exceptions.ts'
import type { TargetEntry } from '../../targets/entry.ts'
import { DRIFTS, type Drift, type Finding } from '../../targets/outbox/check.ts'
import type { Unbuilt } from '../../targets/outbox/enqueue.ts'
import type { Stop } from '../../targets/outbox/pause.ts'
import { lastLines } from '../../targets/outbox/past.ts'
import { readEntries, type EntryRow, type Outbox } from '../../targets/outbox/row.ts'
import type { OutboxState } from '../../domain/journals/outbox.ts'
import { landAndProcess, type RunContext } from '../run-context.ts'
import type { TargetFacts } from '../process/target-facts.ts'

/** What a pass learnt that the outbox does not hold. */
export interface Learnt {
  /** Null when nothing was built, which says nothing about what was not. */
  readonly unbuilt: readonly Unbuilt[] | null
  readonly stopped: Stop | null
  readonly findings: readonly Finding[]
  /** Documents that were compared with the target. */
  readonly checked: readonly string[]
  /** Left out when nothing was tied out, which says nothing. */
  readonly tieOut?: {
    readonly isTied: boolean
    /** Null when nothing differs, or when another item names what does. */
    readonly difference: Difference | null
  }
}

/** What a tie-out cannot explain. */
export interface Difference {
  /** The largest of one account; null where entries differ and no sum does. */
  readonly amount: Units | null
  readonly currency: string | null
  readonly detail: string
}

const CODE_OF: Partial<Readonly<Record<OutboxState, ExceptionCode>>> = {
  refused: 'DELIVERY_FAILED',
  unknown: 'REQUEST_UNCERTAIN',
  held: 'DELIVERY_FAILED',
}
const DOWN: ReadonlySet<string> = new Set(['unauthorised', 'unavailable', 'unknown', 'refused', 'other-books'])
/** The object of what concerns the target as a whole. */
const WHOLE = 'target'
/** And of its sums. */
export const TIE_OUT = 'tie-out'

interface Wanted extends RaisedException {
  readonly evidence: string
}

/** Items to land so that the exceptions of the target are those that stand; none when they are. */
export async function exceptionLandings(
  db: Kysely<Tables>,
  outbox: Outbox,
  learnt: Learnt,
  atMs: number,
): Promise<readonly NewLanding[]> {
  const wanted = [
    ...(await fromRows(db, outbox)),
    ...fromPass(outbox, learnt),
    ...(await fromFindings(db, outbox, learnt)),
  ]
  const open = await listExceptions(db, outbox.book, { status: 'open', source: outbox.target })
  const checked = new Set(learnt.checked)
  const objectsOpen = open.map(({ object }) => object)
  const rows = await rowDocuments(db, outbox, objectsOpen)
  const isOver = ({ code, object }: StoredException): boolean => {
    if (object === TIE_OUT) return learnt.tieOut?.isTied === true
    if (code === 'TARGET_CHANGED' && !checked.has(documentOf(object))) return false
    if (learnt.unbuilt === null && object !== WHOLE && !rows.has(documentOf(object))) return false
    return !wanted.some((each) => each.code === code && each.object === object)
  }
  const isNews = ({ code, object, detail }: Wanted): boolean =>
    !open.some((each) => each.code === code && each.object === object && each.detail === detail)
  const over = open.filter(isOver)
  const news = wanted.filter(isNews)
  const objects = [...new Set([...over, ...news].map(({ object }) => object))]
  return objects.map((object): NewLanding => {
    const raised = news.filter((each) => each.object === object)
    const facts: TargetFacts = {
      object,
      raise: raised.map(({ code, amount, currency, detail }) => ({
        code,
        amount: amount === null ? null : String(amount),
        currency,
        detail,
      })),
      // An exception only ever has codes of this program.
      close: over.filter((each) => each.object === object).map(({ code }) => code as ExceptionCode),
    }
    return {
      kind: 'target',
      source: outbox.target,
      request: facts,
      fetchedAtMs: atMs,
      httpStatus: null,
      contentType: 'application/json',
      body: Buffer.from(raised.map(({ evidence }) => evidence).join('\n')),
    }
  })
}

/** Lands and processes the difference in one batch. */
export async function recordExceptions(context: RunContext, outbox: Outbox, learnt: Learnt): Promise<void> {
  const items = await exceptionLandings(context.database.kysely, outbox, learnt, context.clock.nowMs())
  if (items.length > 0) await landAndProcess(context, `deliver:${outbox.target}`, items)
}

async function fromRows(db: Kysely<Tables>, outbox: Outbox): Promise<readonly Wanted[]> {
  const rows = await readEntries(db, outbox, { states: ['refused', 'unknown', 'held'] })
  const documents = rows.map(({ document }) => document)
  const lines = await lastLines(db, outbox, documents)
  return rows.flatMap((row): readonly Wanted[] => {
    const code = CODE_OF[row.state]
    const last = lines.get(row.document)
    if (code === undefined || last === undefined) return []
    return [{ ...about(outbox, row), code, detail: last.message, evidence: last.evidence ?? '' }]
  })
}

function fromPass({ target }: Outbox, { unbuilt, stopped, tieOut }: Learnt): readonly Wanted[] {
  const unknown = { source: target, amount: null, currency: null, evidence: '' }
  const down: readonly Wanted[] =
    stopped !== null && DOWN.has(stopped.kind)
      ? [{ ...unknown, code: 'DELIVERY_FAILED', object: WHOLE, detail: stopped.message }]
      : []
  const difference = tieOut?.difference ?? null
  const differs: readonly Wanted[] =
    difference === null ? [] : [{ ...unknown, ...difference, code: 'TARGET_CHANGED', object: TIE_OUT }]
  return [
    ...down,
    ...differs,
    ...(unbuilt ?? []).map(({ document, code, reason, amount, currency }) => ({
      ...unknown,
      amount,
      currency,
      code,
      object: objectOf(document),
      detail: reason,
    })),
  ]
}

async function fromFindings(db: Kysely<Tables>, outbox: Outbox, { findings }: Learnt): Promise<readonly Wanted[]> {
  const documents = [...new Set(findings.map(({ document }) => document))]
  const rows = await readEntries(db, outbox, { documents })
  const byDocument = new Map(rows.map((row) => [row.document, row]))
  return findings.flatMap(({ document, drift, detail, evidence }): readonly Wanted[] => {
    const row = byDocument.get(document)
    if (row === undefined) return []
    const said = { code: 'TARGET_CHANGED', object: driftObject(document, drift), detail } as const
    return [{ ...about(outbox, row), ...said, evidence: evidence.join('\n') }]
  })
}

/** What is at stake is what the entry moves. */
function about({ target }: Outbox, { document, entry }: Pick<EntryRow, 'document' | 'entry'>) {
  return { source: target, object: objectOf(document), amount: debitsOf(entry), currency: entry.currency }
}

function debitsOf({ lines }: TargetEntry): bigint {
  return lines.reduce((sum, { amount }) => (amount > 0n ? sum + amount : sum), 0n)
}

const JOURNAL = 'journal:'

export function objectOf(document: string): string {
  return `${JOURNAL}${document}`
}

/** One about each way in which an entry is otherwise: changed there, it may have a copy as well. */
export function driftObject(document: string, drift: Drift): string {
  return `${objectOf(document)}:${drift}`
}

const DRIFT = new RegExp(`:(?:${DRIFTS.join('|')})$`)

/** The other way round. What is no journal's comes back as it is. */
export function documentOf(object: string): string {
  return object.startsWith(JOURNAL) ? object.slice(JOURNAL.length).replace(DRIFT, '') : object
}

/** Documents of these objects that are rows: an open exception about any other is about a journal that was never built. */
async function rowDocuments(
  db: Kysely<Tables>,
  { book, target }: Outbox,
  objects: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await readInChunks(objects.map(documentOf), (some) =>
    db
      .selectFrom('outbox')
      .select('document')
      .where('book', '=', book)
      .where('target', '=', target)
      .where('document', 'in', some)
      .execute(),
  )
  return new Set(rows.map(({ document }) => document))
}
