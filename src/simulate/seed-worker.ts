/** A thread that runs seeds one after the other, as it is told, and says what came of each. */
import { parentPort } from 'node:worker_threads'
import { thrownName } from './shrink.ts'
import { runPlan, type RunResult } from './run-plan.ts'
import { planRun, type PlanOptions } from './world/plan.ts'

export interface SeedReport extends Omit<RunResult, 'coverage'> {
  readonly seed: number
  readonly coverage: readonly (readonly [string, number])[]
  readonly tookMs: number
}

export async function reportSeed(options: PlanOptions): Promise<SeedReport> {
  const startMs = performance.now()
  const tookMs = (): number => performance.now() - startMs
  try {
    const { coverage, ...result } = await runPlan(planRun(options))
    return { ...result, seed: options.seed, coverage: [...coverage], tookMs: tookMs() }
  } catch (error) {
    const says = error instanceof Error ? (error.stack ?? error.message) : String(error)
    const findings = [{ oracle: thrownName(error), says }]
    return {
      seed: options.seed,
      findings,
      digest: '',
      lines: 0,
      coverage: [],
      booksDigest: '',
      story: [],
      tookMs: tookMs(),
    }
  }
}

parentPort?.on('message', (options: PlanOptions) => {
  void reportSeed(options).then((report) => parentPort?.postMessage(report))
})
