/** Runs seeds on all cores, a thread each; one that hangs costs its thread, which is replaced. */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Planted } from './planted/planted.ts'
import type { SeedReport, Task } from './seed-worker.ts'
import type { PlanOptions } from './world/plan.ts'

/** A seed that takes longer than that hangs. */
const HANGS_MS = 300_000

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
  const { first, count, options, planted } = range
  const end = first + count
  const after = (seed: number): number => {
    let following = seed + 1
    while (following < end && range.isSkipped?.(following) === true) following += 1
    return following
  }
  let next = after(first - 1)
  let isEnough = false
  const { shrinkRuns } = range
  const work = async (): Promise<void> => {
    let worker = newWorker(planted)
    while (next < end && !isEnough) {
      const seed = next
      next = after(seed)
      const report = await ask(worker, { ...options, seed, ...(shrinkRuns === undefined ? {} : { shrinkRuns }) })
      if (report === null) {
        await worker.terminate()
        worker = newWorker(planted)
      }
      isEnough ||= onReport(report ?? hung(seed))
    }
    await worker.terminate()
  }
  await Promise.all(Array.from({ length: threadsFor(count) }, work))
}

export function threadsFor(count: number): number {
  return Math.min(count, availableParallelism())
}

/** One plan, in a thread of its own. */
export async function runPlanText(plan: string, planted?: Planted): Promise<SeedReport> {
  const worker = newWorker(planted)
  try {
    return (await ask(worker, { seed: 0, plan })) ?? hung(0)
  } finally {
    await worker.terminate()
  }
}

function newWorker(planted: Planted | undefined): Worker {
  if (planted === undefined) return new Worker(new URL('./seed-worker.ts', import.meta.url))
  return new Worker(new URL('./planted/worker.ts', import.meta.url), { workerData: planted })
}

function ask(worker: Worker, task: Task): Promise<SeedReport | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(null), HANGS_MS * (1 + (task.shrinkRuns ?? 0)))
    worker.removeAllListeners()
    worker.once('error', reject)
    worker.once('message', (report: SeedReport) => {
      clearTimeout(timer)
      resolve(report)
    })
    worker.postMessage(task)
  })
}

function hung(seed: number): SeedReport {
  const findings = [{ oracle: 'hangs', says: `the seed did not end within ${HANGS_MS / 1000} s` }]
  return { seed, findings, digest: '', lines: 0, coverage: [], booksDigest: '', story: [], tookMs: HANGS_MS }
}
