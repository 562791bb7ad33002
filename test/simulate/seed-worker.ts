/** A thread that runs seeds one after the other, as it is told, and says what came of each. */
import { flushCompileCache } from 'node:module'
import { parentPort } from 'node:worker_threads'
import { planText, readPlan } from './plan-text.ts'
import { shrink, thrownName } from './shrink.ts'
import { runPlan, type RunResult } from './run-plan.ts'
import { planRun, type Plan, type PlanOptions } from './world/plan.ts'

/** What a thread is told to run: a seed, or a plan as text; `shrinkRuns`: so often a smaller plan is tried. */
export type Task = (PlanOptions | { readonly seed: number; readonly plan: string }) & { readonly shrinkRuns?: number }

export interface SeedReport extends RunResult {
  readonly seed: number
  readonly tookMs: number
  /** The smaller plan that was asked for, which this report is about then. */
  readonly plan?: string
}

async function perform({ shrinkRuns = 0, ...task }: Task): Promise<SeedReport> {
  const plan = 'plan' in task ? readPlan(task.plan) : planRun(task)
  const report = await reportPlan(task.seed, plan)
  if (shrinkRuns === 0 || report.findings.length === 0) return report
  const oracles = new Set(report.findings.map(({ oracle }) => oracle))
  const small = await shrink(plan, oracles, shrinkRuns)
  return { ...(await reportPlan(task.seed, small)), plan: planText(small) }
}

async function reportPlan(seed: number, plan: Plan): Promise<SeedReport> {
  const startMs = performance.now()
  const tookMs = (): number => performance.now() - startMs
  try {
    return { ...(await runPlan(plan)), seed, tookMs: tookMs() }
  } catch (error) {
    const says = error instanceof Error ? (error.stack ?? error.message) : String(error)
    const findings = [{ oracle: thrownName(error), says }]
    return { seed, findings, digest: '', lines: 0, faults: 0, story: [], tookMs: tookMs() }
  }
}

parentPort?.on('message', (task: Task) => {
  void perform(task).then((report) => {
    parentPort?.postMessage(report)
    // A thread that is ended keeps nothing by itself for those that come after it.
    flushCompileCache()
  })
})
