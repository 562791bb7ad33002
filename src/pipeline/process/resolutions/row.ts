/**
 * A row of an evidence file that was refused as a duplicate, and that a person says is a payment of its own: it is read
 * again from the landed bytes and booked under a reference of its own.
 */
import { isoDateInZone } from '../../../domain/time/dates.ts'
import type { Evidence } from '../../../domain/transaction.ts'
import { readBatch } from '../../../log/landing.ts'
import { positions } from '../../../ledger/positions.ts'
import { readEvidenceChunk } from '../../../sources/evidence-file/evidence-file.ts'
import type { EvidenceRow } from '../../../sources/evidence-file/row.ts'
import { draftsOf, vendorWant } from '../../engine/want.ts'
import type { ContextSource } from '../context.ts'
import { evidenceRequestSchema } from '../evidence-file.ts'
import { refused, type PlanContext, type PlanRequest, type ResolutionPlan } from './effect.ts'

export async function planRow(
  context: PlanContext,
  source: ContextSource,
  request: PlanRequest,
): Promise<ResolutionPlan> {
  const { exception, memo, evidence } = request
  const line = Number(/:(\d+)$/.exec(exception.object)?.[1])
  const row = await rowAt(context, exception.evidence, line)
  if (row === null || (row.kind !== 'top-up' && row.kind !== 'bonus'))
    return refused('only a top-up or a bonus of an evidence file can be booked so; state others anew in a file')
  const reference = request.reference ?? `${row.reference}/${line}`
  const object = `${row.kind}:${reference}`
  if ((await positions(context.db, context.book, source.id, [object])).has(object))
    return refused(`the ${row.kind} ${reference} is booked already; give it another --reference`)
  const day = row.time.kind === 'date' ? row.time.date : isoDateInZone(row.time.ms, context.settings.book.timeZone)
  const { kind, amount } = row
  const wanted = { object, kind, total: amount, date: request.date ?? day, rule: 'X1', memo, evidence } as const
  return { kind: 'planned', drafts: await draftsOf(context, [vendorWant(context, source, wanted)]), left: 0n }
}

async function rowAt(context: PlanContext, { batch, item }: Evidence, line: number): Promise<EvidenceRow | null> {
  const landed = (await readBatch(context.db, context.book, batch)).find((each) => each.item === item)
  if (landed?.kind !== 'evidence-file') return null
  const { layout, firstLine } = evidenceRequestSchema.parse(landed.request)
  const sources = new Map(context.settings.sources.map((each) => [each.name, each]))
  const found = readEvidenceChunk(layout, sources, { firstLine, bytes: landed.body })
    .filter((result) => result.kind === 'row')
    .find((result) => result.line === line)
  return found?.row ?? null
}
