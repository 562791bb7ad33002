/**
 * The sandbox's own switches, under /_sandbox/ and no part of any vendor's API: move the clock, ask for the truth,
 * download what a person could download, and plan faults. They suffer neither rate limits nor faults.
 */
import { z } from 'zod'
import { formatExact } from '../domain/money/money.ts'
import { FAULT_KINDS } from './faults.ts'
import type { FaultPlan } from './faults.ts'
import { json, jsonText, readJson, text } from './http-reply.ts'
import type { Reply, SandboxRequest } from './http-reply.ts'
import type { Targets } from './targets/targets.ts'
import { orderHistoryCsv, paymentsCsv } from './world/downloads.ts'
import type { Range } from './world/downloads.ts'
import type { World } from './world/state.ts'
import { worldTruth } from './world/truth.ts'

export interface Controls {
  readonly world: World
  readonly targets: Targets
  /** Advances the world and sends the webhooks that fell due; how many were sent. */
  readonly moveClock: (ms: number) => Promise<number>
  /** Replaces the plan and counts requests from 0 again. */
  readonly planFaults: (plan: FaultPlan) => void
}

const clockRequest = z.strictObject({ now: z.iso.datetime({ offset: true }) })

const faultRequest = z.strictObject({
  seed: z.union([z.number(), z.string()]).default(0),
  rate: z.number().min(0).max(1).default(0),
  kinds: z.array(z.enum(FAULT_KINDS)).default([...FAULT_KINDS]),
  holdMs: z.int().min(0).default(200),
  script: z.array(z.enum([...FAULT_KINDS, 'none'])).default([]),
})

/** The path is what follows `/_sandbox/`. */
export async function answerControl(controls: Controls, path: string, request: SandboxRequest): Promise<Reply> {
  const { world } = controls
  const ofTarget = controls.targets.control(path, request)
  if (ofTarget !== undefined) return ofTarget
  const panelFile = /^panels\/([^/]+)\/orders\.csv$/.exec(path)
  if (panelFile !== null) return orderFile(world, decodeURIComponent(panelFile[1] ?? ''), request.query)
  switch (`${request.method} ${path}`) {
    case 'GET clock':
      return json(200, { now: new Date(world.nowMs).toISOString() })
    case 'POST clock':
      return setClock(controls, request.body)
    case 'GET truth':
      return jsonText(200, truthJson(world))
    case 'GET payments.csv':
      return csv(request.query, (range) => paymentsCsv(world, range))
    case 'POST faults':
      return setFaults(controls, request.body)
    default:
      return json(404, { error: `The sandbox has no control ${request.method} ${path}` })
  }
}

/** The truth with instants in milliseconds and every amount as decimal text with eight places. */
function truthJson(world: World): string {
  return JSON.stringify(worldTruth(world), (_key, value: unknown) =>
    typeof value === 'bigint' ? formatExact(value) : value,
  )
}

async function setClock(controls: Controls, body: string): Promise<Reply> {
  const parsed = clockRequest.safeParse(readJson(body))
  if (!parsed.success) return json(400, { error: z.prettifyError(parsed.error) })
  const ms = Date.parse(parsed.data.now)
  if (ms < controls.world.nowMs) return json(400, { error: 'The clock of the sandbox never runs back' })
  const webhooksSent = await controls.moveClock(ms)
  return json(200, { now: new Date(controls.world.nowMs).toISOString(), webhooksSent })
}

function setFaults(controls: Controls, body: string): Reply {
  const parsed = faultRequest.safeParse(readJson(body))
  if (!parsed.success) return json(400, { error: z.prettifyError(parsed.error) })
  controls.planFaults(parsed.data)
  return json(200, parsed.data)
}

function orderFile(world: World, panel: string, query: URLSearchParams): Reply {
  if (!world.panels.has(panel)) return json(404, { error: `The sandbox has no panel named ${panel}` })
  return csv(query, (range) => orderHistoryCsv(world, panel, range))
}

function csv(query: URLSearchParams, write: (range: Range) => string): Reply {
  const fromMs = readInstant(query.get('from'))
  const toMs = readInstant(query.get('to'))
  if (Number.isNaN(fromMs) || Number.isNaN(toMs)) {
    return json(400, { error: 'from and to are dates (2026-01-05) or instants (2026-01-05T10:00:00Z)' })
  }
  return text(200, 'text/csv', write({ fromMs, toMs }))
}

/** A bare date is its first instant in UTC. */
function readInstant(value: string | null): number | undefined {
  return value === null || value === '' ? undefined : Date.parse(value)
}
