/**
 * `POST /hooks/<source>/<secret>`: what a vendor's webhook calls. The body is stored durably before the 200, and read
 * later. Whatever is wrong is refused with as little said as possible; the content type does not matter.
 */
import { machine } from '../machine/machine.ts'
import { Hono, type Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { DeliveryQueue } from './delivery-queue.ts'
import type { HookSecrets, HookTarget } from './hook-secrets.ts'
import type { SourceRate } from './source-rate.ts'
import type { WebCounters } from './counters.ts'
import type { Log } from './log.ts'

export interface HookRouteParts {
  readonly secrets: HookSecrets
  readonly queue: DeliveryQueue
  readonly rate: SourceRate
  readonly counters: WebCounters
  readonly log: Log
  readonly nowMs: () => number
}

export const MAX_BODY_BYTES = 64 * 1024

interface Variables {
  readonly Variables: { target: HookTarget }
}

export function hookRoutes(parts: HookRouteParts): Hono<Variables> {
  const { secrets, queue, rate, counters, log, nowMs } = parts
  const app = new Hono<Variables>()
  const refuse = (context: Context, status: 404 | 413 | 429 | 503, outcome: string): Response => {
    counters.count('webhook', outcome)
    if (status === 429 || status === 503) context.header('retry-after', '1')
    return context.json({ error: REFUSALS[status] }, status)
  }
  app.post(
    '/hooks/:source/:secret',
    async (context, next) => {
      const target = secrets.find(context.req.param('source'), context.req.param('secret'))
      if (target === null) return refuse(context, 404, 'unknown')
      if (!rate.allow(`${target.book}/${target.source}`)) return refuse(context, 429, 'too-many')
      context.set('target', target)
      return next()
    },
    bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (context) => refuse(context, 413, 'too-large') }),
    async (context) => {
      const receivedAtMs = nowMs()
      const startedMs = machine().monotonicMs()
      const body = Buffer.from(await context.req.arrayBuffer())
      if (queue.isFull()) return refuse(context, 503, 'busy')
      const target = context.get('target')
      const contentType = (context.req.header('content-type') ?? '').slice(0, 200)
      try {
        await queue.push({ ...target, receivedAtMs, contentType, body })
      } catch (error) {
        log.error({ ...target, err: error }, 'a webhook delivery could not be stored')
        return refuse(context, 503, 'not-stored')
      }
      counters.count('webhook', 'stored')
      counters.observe('webhook', (machine().monotonicMs() - startedMs) / 1000)
      return context.json({ ok: true })
    },
  )
  return app
}

const REFUSALS = {
  404: 'not found',
  413: 'too large',
  429: 'too many requests',
  503: 'not stored, send it again',
} as const
