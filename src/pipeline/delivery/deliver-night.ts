/**
 * The delivery at the end of a night, to every target that somebody has connected. Nothing of it can fail the night's
 * books: what does not work is a warning and an exception, and waits for the next night or for `tieout deliver`.
 */
import { loadMappings, type Mappings } from '../../config/mappings.ts'
import type { TargetConfig } from '../../config/target-model.ts'
import { listConnections } from '../../connections/store.ts'
import type { BookRequest } from '../book-run.ts'
import type { RunContext } from '../run-context.ts'
import type { RunEnvironment } from '../with-run.ts'
import { stoppedInstead, withWork } from './deliver-book.ts'
import { deliverTarget, type TargetReport } from './deliver-target.ts'
import { recordWithin } from './record.ts'
import { tieOutAtNight } from './tie-out-night.ts'

export async function deliverAtNight(
  context: RunContext,
  environment: RunEnvironment,
  request: BookRequest,
): Promise<readonly TargetReport[]> {
  const { kysely, isScratch } = context.database
  // A dry run may ask, but nothing it does may stay anywhere.
  if (isScratch === true || request.book.targets.length === 0) return []
  const connections = await listConnections(kysely, context.book.id)
  const connected = new Set(connections.filter(({ status }) => status !== 'disconnected').map(({ target }) => target))
  const mappings = loadMappings(request.config.mappings)
  const reports: TargetReport[] = []
  for (const target of request.book.targets) {
    context.signal.throwIfAborted()
    if (connected.has(target.name)) reports.push(await deliverOne(context, environment, { request, mappings, target }))
  }
  await recordWithin(context, request.book, reports)
  for (const { target, stopped } of reports) if (stopped !== null) context.warn(target, stopped.message)
  return reports
}

interface One {
  readonly request: BookRequest
  readonly mappings: Mappings
  readonly target: TargetConfig
}

async function deliverOne(
  context: RunContext,
  environment: RunEnvironment,
  { request, mappings, target }: One,
): Promise<TargetReport> {
  const open = { book: context.book, request, target, mappings }
  return stoppedInstead(context, open, () =>
    withWork(environment, open, async (work) =>
      tieOutAtNight(work, await deliverTarget(work, { limit: null, drift: 'changes' })),
    ),
  )
}
