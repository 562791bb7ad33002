/** `/healthz` and `/metrics`. What they read is kept for a few seconds, so that asking often costs nothing. */
import { machine } from '../machine/machine.ts'
import { Hono } from 'hono'
import type { BookStatus } from '../pipeline/status/book-status.ts'
import type { WebCounters } from './counters.ts'
import { healthOf } from './health.ts'
import { metricsText, type RunCount } from './metrics.ts'

export interface Snapshot {
  readonly statuses: readonly BookStatus[]
  readonly runs: readonly RunCount[]
}

export interface MonitorParts {
  /** Rejects when the database cannot be read. */
  readonly read: () => Promise<Snapshot>
  /** What keeps webhooks from being stored, as a sentence; null when nothing does. */
  readonly problem: () => string | null
  readonly counters: WebCounters
  readonly commits: () => number
  readonly nowMs: () => number
  /** How long a snapshot serves. */
  readonly keepMs: number
}

export function monitorRoutes(parts: MonitorParts): Hono {
  const { counters, nowMs } = parts
  const read = keeping(parts)
  const app = new Hono()
  app.get('/healthz', async (context) => {
    try {
      const { statuses } = await read()
      const health = healthOf(statuses, parts.problem(), nowMs())
      return context.json(health, health.status === 'ok' ? 200 : 503)
    } catch (error) {
      const reason = `the database cannot be read: ${error instanceof Error ? error.message : String(error)}`
      return context.json({ status: 'failing', reasons: [reason], books: [] }, 503)
    }
  })
  app.get('/metrics', async (context) => {
    const { statuses, runs } = await read()
    const text = metricsText(statuses, runs, counters, parts.commits())
    return context.text(text, 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
  })
  return app
}

function keeping({ read, keepMs }: MonitorParts): () => Promise<Snapshot> {
  let kept: { readonly untilMs: number; readonly snapshot: Promise<Snapshot> } | null = null
  return () => {
    if (kept !== null && machine().monotonicMs() < kept.untilMs) return kept.snapshot
    const snapshot = read()
    kept = { untilMs: machine().monotonicMs() + keepMs, snapshot }
    // A failure is not kept: the next request looks again.
    snapshot.catch(() => (kept = null))
    return snapshot
  }
}
