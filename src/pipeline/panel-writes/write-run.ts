/**
 * The run around a write to a vendor: book lease, settings in force, what earlier runs left closed first. Once something
 * was sent, its answer is landed even when somebody asks the program to stop: only then is the outcome known for certain.
 */
import { machine } from '../../machine/machine.ts'
import { loadMappings } from '../../config/mappings.ts'
import type { NewLanding } from '../../log/landing.ts'
import type { PanelClient } from '../../sources/panel/client.ts'
import type { PayelancerClient } from '../../sources/payelancer/client.ts'
import { withBookRun, type BookRequest } from '../book-run.ts'
import { createCommandHttpClient, planBook } from '../plan.ts'
import type { BatchResult } from '../engine/process-batch.ts'
import { landAndProcess, type RunContext } from '../run-context.ts'
import type { RunKind } from '../runs.ts'
import type { BookPlan, SourcePlan } from '../sync.ts'
import type { RunEnvironment } from '../with-run.ts'

export interface WriteRequest extends BookRequest {
  /** Name of the source, which exists and is of the right kind. */
  readonly source: string
}

export interface PanelWrite {
  readonly run: RunContext
  readonly source: string
  readonly sourceId: bigint
  readonly currency: string
  readonly client: PanelClient
}

export interface PayelancerWrite extends Omit<PanelWrite, 'client'> {
  readonly client: PayelancerClient
}

type WriteKind = Extract<RunKind, 'panel-add' | 'panel-resolve' | 'panel-request' | 'campaign'>

export function withPanelWrite<T>(
  environment: RunEnvironment,
  request: WriteRequest,
  kind: WriteKind,
  work: (write: PanelWrite) => Promise<T>,
): Promise<T> {
  return withWrite(environment, request, kind, (write, plan) => {
    if (plan.kind !== 'panel') throw new RangeError(`source ${plan.name} is not a panel`)
    return work({ ...write, client: plan.task().client })
  })
}

export function withPayelancerWrite<T>(
  environment: RunEnvironment,
  request: WriteRequest,
  work: (write: PayelancerWrite) => Promise<T>,
): Promise<T> {
  return withWrite(environment, request, 'campaign', (write, plan) => {
    if (plan.kind === 'panel') throw new RangeError(`source ${plan.name} is not a Payelancer account`)
    return work({ ...write, client: plan.task().client })
  })
}

/** For reading calls: the vendor's client without a run. */
export async function withClients<T>(
  environment: Pick<RunEnvironment, 'clock'>,
  { config, book, env, source }: WriteRequest,
  work: (plan: SourcePlan) => Promise<T>,
): Promise<T> {
  const http = createCommandHttpClient(config.http, environment.clock)
  try {
    const plan = planBook(book, loadMappings(config.mappings).rules, {
      env,
      clock: environment.clock,
      http,
      database: null,
    })
    return await work(sourcePlan(plan, source))
  } finally {
    await http.close()
  }
}

async function withWrite<T>(
  environment: RunEnvironment,
  request: WriteRequest,
  kind: WriteKind,
  work: (write: Omit<PanelWrite, 'client'>, plan: SourcePlan) => Promise<T>,
): Promise<T> {
  const { source } = request
  // Unique, so that a write that was killed is never taken up: its outcome is looked into instead.
  const args = { source, attempt: machine().uuid() }
  const outcome = await withBookRun(environment, request, kind, args, async (run, { plan }) => {
    const sourceId = run.processor.inForce?.sourceIds.get(source)
    if (sourceId === undefined) throw new RangeError(`source ${source} is not in the settings in force`)
    const found = sourcePlan(plan, source)
    return work({ run, source, sourceId, currency: found.currency }, found)
  })
  return outcome.result
}

function sourcePlan(plan: BookPlan, name: string): SourcePlan {
  const found = plan.sources.find((source) => source.name === name)
  if (found === undefined) throw new RangeError(`the book has no source ${name}`)
  return found
}

const NEVER_STOPS = new AbortController().signal

/** Lands whatever came of something sent, also when the program is being stopped. */
export function landOutcome(run: RunContext, step: string, items: readonly NewLanding[]): Promise<BatchResult> {
  return landAndProcess({ ...run, signal: NEVER_STOPS }, step, items)
}
