/**
 * Asks a panel about ids that nobody registered, from the highest down: since no call lists orders, it is the last way to
 * find those placed on its site. Registered ids and those a scan has settled are passed over, so a scan goes on where it
 * was killed and a second one asks next to nothing.
 */
import { TransientError } from '../../domain/errors.ts'
import { highestOutside, sizeOfRange, type IdRange } from '../../domain/orders/id-ranges.ts'
import type { NewLanding } from '../../log/landing.ts'
import { findOrders } from '../../evidence/registry.ts'
import { scannedRanges, scanTotals } from '../../evidence/scanned-ids.ts'
import { highestAnsweredId, unaskedChildren } from '../../evidence/scan-orders.ts'
import type { PanelClient } from '../../sources/panel/client.ts'
import { ORDERS_PER_CALL } from '../../sources/panel/requests.ts'
import { landAndProcess, moveStep, type RunContext } from '../run-context.ts'
import { loadStep } from '../runs.ts'
import { exchangeLanding, sentAt } from './answer-landing.ts'
import { followUp } from './follow-up.ts'
import { anchoredAgain, partAgain, scanQuestions, type ScanChunk, type ScanQuestion } from './scan-requests.ts'

/** Ids to a durable commit. */
const IDS_PER_CHUNK = 10 * ORDERS_PER_CALL
/** A parent's child may be a parent; the panels known have one level. */
const CHILD_ROUNDS = 3

export interface ScanTask {
  readonly name: string
  readonly sourceId: bigint
  /** Keeps to the scan's own pace as well as to the panel's. */
  readonly scanClient: PanelClient
}

/** In ids, of this scan and the runs it was killed in. */
export interface ScanReport {
  readonly source: string
  readonly range: IdRange
  readonly asked: number
  readonly found: number
  readonly unknown: number
  readonly unanswered: number
  /** Registered before, or settled by an earlier scan. */
  readonly passedOver: number
  /** Unknown ids above it may still be given out, so they are not remembered; null when no order is known at all. */
  readonly highestKnown: number | null
}

interface Position {
  /** The highest id not yet looked at; below the range when all are. */
  readonly next: number
  /** Found in all scans before this one began. */
  readonly foundBefore: number
  /** Of the chunks that were finished. */
  readonly unknown: number
  readonly unanswered: number
  readonly highestAnswered: number | null
  /** True once the panel has been seen to refuse requests in which it knows no order. */
  readonly isAnchored: boolean
}

export async function scanIds(run: RunContext, panel: ScanTask, range: IdRange): Promise<ScanReport> {
  const step = `scan:${panel.name}`
  const state = await loadStep(run.database.kysely, run.run, step)
  let position = state === null ? await begin(run, panel, step, range) : (JSON.parse(state.position) as Position)
  while (position.next >= range.first) {
    const newest = await newestKnown(run, panel, position)
    // Until an order is known nothing can be remembered: the sooner one is found, the less is asked again.
    const size = newest === null ? ORDERS_PER_CALL : IDS_PER_CHUNK
    const chunk = await nextChunk(run, panel, { first: range.first, last: position.next }, size)
    if (chunk.ids.length > 0) position = await askChunk(run, panel, step, chunk, position)
    position = { ...position, next: chunk.window.first - 1 }
    await moveStep(run, step, JSON.stringify(position))
  }
  await askChildren(run, panel, step)
  await run.finishStep(step)
  return report(run, panel, range, position)
}

async function begin(run: RunContext, panel: ScanTask, step: string, range: IdRange): Promise<Position> {
  const { kysely } = run.database
  const { found: foundBefore } = await scanTotals(kysely, run.book.id, panel.sourceId)
  const highestAnswered = await highestAnsweredId(kysely, run.book.id, panel.sourceId)
  const position = { next: range.last, foundBefore, unknown: 0, unanswered: 0, highestAnswered, isAnchored: false }
  await moveStep(run, step, JSON.stringify(position))
  return position
}

async function newestKnown(run: RunContext, panel: ScanTask, { highestAnswered }: Position): Promise<number | null> {
  const { highestFound } = await scanTotals(run.database.kysely, run.book.id, panel.sourceId)
  return highest(highestAnswered, highestFound)
}

/** The highest ids of the range that are neither registered nor settled. */
async function nextChunk(run: RunContext, panel: ScanTask, range: IdRange, size: number): Promise<ScanChunk> {
  const { kysely } = run.database
  const ids: number[] = []
  let low = range.last + 1
  while (ids.length < size && low > range.first) {
    const rest = { first: range.first, last: low - 1 }
    const settled = await scannedRanges(kysely, run.book.id, panel.sourceId, rest)
    const wanted = size - ids.length
    const open = highestOutside(rest, settled, wanted)
    const known = await findOrders(kysely, run.book.id, panel.sourceId, open.map(String))
    ids.push(...open.filter((id) => !known.has(String(id))))
    low = open.length < wanted ? range.first : (open.at(-1) ?? range.first)
  }
  return { ids, window: { first: low, last: range.last } }
}

/** The position with what this chunk came to. */
async function askChunk(
  run: RunContext,
  panel: ScanTask,
  step: string,
  chunk: ScanChunk,
  position: Position,
): Promise<Position> {
  const before = await scanTotals(run.database.kysely, run.book.id, panel.sourceId)
  const newest = await newestKnown(run, panel, position)
  const anchored = { newest, anchor: newest }
  const known = position.isAnchored ? anchored : { newest, anchor: null }
  const whole = await land(run, panel, step, scanQuestions(chunk, known))
  const { unread } = whole.followUp
  const mayHelp = unread.length > 0 && newest !== null && !position.isAnchored
  const questions = mayHelp ? unread.flatMap((orders) => anchoredAgain(orders, anchored)) : []
  const again = mayHelp ? await land(run, panel, step, questions) : whole
  const helps = mayHelp && again.followUp.unread.length < questions.length
  const registered = mayHelp ? [...whole.followUp.registered, ...again.followUp.registered] : again.followUp.registered
  const result = { ...again, followUp: { unread: again.followUp.unread, registered } }
  const scanned = new Set(chunk.ids.map(String))
  await followUp(run, step, result, (orders, isAgain) => {
    if (isAgain && orders.every((id) => scanned.has(id))) return ask(run, panel, partAgain(orders, known))
    return ask(run, panel, { orders, extra: { purpose: 'backfill', ...(isAgain ? { again: true } : {}) } })
  })
  const after = await scanTotals(run.database.kysely, run.book.id, panel.sourceId)
  const [found, unknown] = [after.found - before.found, after.unknown - before.unknown]
  run.progress(`${step} asked`, chunk.ids.length)
  run.progress('found', found)
  run.progress('unknown', unknown)
  if (found + unknown === 0) throw nothingAnswered(panel, chunk.ids)
  return {
    ...position,
    unknown: position.unknown + unknown,
    unanswered: position.unanswered + after.unanswered - before.unanswered,
    isAnchored: position.isAnchored || helps,
  }
}

async function land(run: RunContext, panel: ScanTask, step: string, questions: readonly ScanQuestion[]) {
  const answers = await Promise.all(questions.map((question) => ask(run, panel, question)))
  return landAndProcess(run, step, answers)
}

/** Going on would only ask a panel that is down a hundred thousand times. */
function nothingAnswered(panel: ScanTask, ids: readonly number[]): TransientError {
  return new TransientError(
    'SCAN_UNANSWERED',
    `Panel "${panel.name}" gave no readable answer about any of the ids ${ids.at(-1)} to ${ids[0]}; the scan stopped there.`,
    `tieout todo --set-aside --source ${panel.name} shows what it said. Run the same command again later: it goes on where it stopped.`,
  )
}

async function ask(run: RunContext, panel: ScanTask, { orders, extra }: ScanQuestion): Promise<NewLanding> {
  const exchange = await panel.scanClient.statuses(orders, run.signal)
  return exchangeLanding(panel.name, 'panel-statuses', exchange, run.clock.nowMs(), {
    ...extra,
    ...sentAt(exchange),
  })
}

/** Children are asked with the answer that names them, unless the program died in between. */
async function askChildren(run: RunContext, panel: ScanTask, step: string): Promise<void> {
  const { kysely } = run.database
  for (let round = 0; round < CHILD_ROUNDS; round += 1) {
    let after = ''
    for (;;) {
      const ids = await unaskedChildren(kysely, run.book.id, panel.sourceId, after, ORDERS_PER_CALL)
      const last = ids.at(-1)
      if (last === undefined) break
      await landAndProcess(run, step, [await ask(run, panel, { orders: ids, extra: { purpose: 'backfill' } })])
      after = last
    }
    if (after === '') return
  }
}

async function report(run: RunContext, panel: ScanTask, range: IdRange, position: Position): Promise<ScanReport> {
  const { unknown, unanswered, foundBefore } = position
  const now = await scanTotals(run.database.kysely, run.book.id, panel.sourceId)
  const found = now.found - foundBefore
  const asked = found + unknown + unanswered
  return {
    source: panel.name,
    range,
    asked,
    found,
    unknown,
    unanswered,
    passedOver: sizeOfRange(range) - asked,
    highestKnown: highest(position.highestAnswered, now.highestFound),
  }
}

function highest(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other)
}
