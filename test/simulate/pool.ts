/** Runs seeds on all cores, a thread each; one that hangs costs its thread, which is replaced. */
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Planted } from './planted/planted.ts'
import type { SeedReport, Task } from './seed-worker.ts'
import { databaseOf, type PlanOptions } from './world/plan.ts'

/** A seed that takes longer than that hangs. */
const HANGS_MS = 300_000
/** What killed processes leave in a thread is little, and ends a run of thousands when nothing takes it away. */
const SEEDS_PER_THREAD = 500
/** Found of the seed that a thread came to its end with: out of memory, for one. */
const DIED = 'thread-died'

export interface SeedRange {
  readonly first: number
  readonly count: number
  readonly options: Omit<PlanOptions, 'seed'>
  /** Seeds that are left out. */
  readonly isSkipped?: (seed: number) => boolean
  /** With this bug in the program. */
  readonly planted?: Planted
  /** What fails is reported by a smaller plan that still does, found in so many runs at most. */
  readonly shrinkRuns?: number
}

/** Calls `onReport` for each seed, in the order in which they end; when that gives true, no further one is begun. */
export async function runSeeds(range: SeedRange, onReport: (report: SeedReport) => boolean): Promise<void> {
  const { count, options, planted, shrinkRuns } = range
  const take = queueOf(range)
  let isEnough = false
  const work = async (_: unknown, thread: number): Promise<void> => {
    let worker = newWorker(planted)
    let done = 0
    for (let seed = take(thread); seed !== undefined; seed = isEnough ? undefined : take(thread)) {
      const report = await ask(worker, { ...options, seed, ...(shrinkRuns === undefined ? {} : { shrinkRuns }) })
      done += 1
      const isDead = report === null || report.findings.some(({ oracle }) => oracle === DIED)
      if (isDead || done % SEEDS_PER_THREAD === 0) {
        await worker.terminate()
        worker = newWorker(planted)
      }
      isEnough ||= onReport(report ?? hung(seed))
    }
    await worker.terminate()
  }
  await Promise.all(Array.from({ length: threadsFor(count) }, work))
}

/**
 * The seed that a thread runs next: the lowest that waits. Those on PostgreSQL are left to the first thread for as long as
 * there are others, since each thread that runs one starts a server, which takes seconds and hundreds of megabytes.
 */
function queueOf({
  first,
  count,
  options,
  isSkipped = () => false,
}: SeedRange): (thread: number) => number | undefined {
  const waiting = Array.from({ length: count }, (_, index) => first + index)
  const isOnFile = (seed: number): boolean => databaseOf({ ...options, seed }) === 'sqlite'
  return (thread) => {
    for (;;) {
      const at = thread === 0 ? 0 : waiting.findIndex(isOnFile)
      const [seed] = waiting.splice(Math.max(at, 0), 1)
      if (seed === undefined || !isSkipped(seed)) return seed
    }
  }
}

export function threadsFor(count: number): number {
  return Math.min(count, availableParallelism())
}

/** Most of what a thread does first is to compile the same files again. */
const COMPILED = { NODE_COMPILE_CACHE: join(tmpdir(), 'tieout-simulate-compiled') }

function newWorker(planted: Planted | undefined): Worker {
  const env = { ...process.env, ...COMPILED }
  if (planted === undefined) return new Worker(new URL('./seed-worker.ts', import.meta.url), { env })
  return new Worker(new URL('./planted/worker.ts', import.meta.url), { env, workerData: planted })
}

function ask(worker: Worker, task: Task): Promise<SeedReport | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), HANGS_MS * (1 + (task.shrinkRuns ?? 0)))
    worker.removeAllListeners()
    worker.once('error', (error) => {
      clearTimeout(timer)
      resolve({ ...hung(task.seed), findings: [{ oracle: DIED, says: error.message }] })
    })
    worker.once('message', (report: SeedReport) => {
      clearTimeout(timer)
      resolve(report)
    })
    worker.postMessage(task)
  })
}

function hung(seed: number): SeedReport {
  const findings = [{ oracle: 'hangs', says: `the seed did not end within ${HANGS_MS / 1000} s` }]
  return { seed, findings, digest: '', lines: 0, faults: 0, story: [], tookMs: HANGS_MS }
}
