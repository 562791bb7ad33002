/**
 * The emulators' own switches under /_sandbox/quickbooks/ and /_sandbox/xero/: a person's hand in the books, settings,
 * faults, token ends, and what was asked. They suffer neither limits nor faults.
 */
import { z } from 'zod'
import { formatMoney } from '../../domain/money/money.ts'
import { json, jsonText, readJson } from '../http-reply.ts'
import type { Reply, SandboxRequest } from '../http-reply.ts'
import type { LoggedRequest } from './exchange.ts'
import { FAULT_SCOPES, TARGET_FAULTS, type FaultLine } from './fault-plan.ts'
import { handEdit, type Hand } from './hand.ts'

export interface Controlled {
  readonly hand: Hand
  readonly faults: FaultLine
  readonly log: readonly LoggedRequest[]
}

const faultRequest = z.strictObject({
  seed: z.union([z.number(), z.string()]).default(0),
  rate: z.number().min(0).max(1).default(0),
  kinds: z.array(z.enum(TARGET_FAULTS)).default([...TARGET_FAULTS]),
  script: z.array(z.enum([...TARGET_FAULTS, 'none'])).default([]),
  on: z.enum(FAULT_SCOPES).default('any'),
  holdMs: z.int().min(0).default(200),
})
const idRequest = z.strictObject({ id: z.string() })
const expireRequest = z.strictObject({ tokens: z.enum(['access', 'refresh', 'all']).default('access') })

/** The path is what follows `/_sandbox/<target>/`. */
export function controlTarget({ hand, faults, log }: Controlled, path: string, request: SandboxRequest): Reply {
  const { method, body } = request
  switch (`${method} ${path}`) {
    case 'GET entries':
      return jsonText(200, entriesJson(hand))
    case 'GET requests':
      return json(200, log)
    case 'POST settings':
      return done(hand.settings(readJson(body)))
    case 'POST edit':
      return withBody(handEdit, body, (edit) => done(hand.edit(edit)))
    case 'POST delete':
      return withBody(idRequest, body, ({ id }) => done(hand.remove(id)))
    case 'POST duplicate':
      return withBody(idRequest, body, ({ id }) => done(hand.duplicate(id)))
    case 'POST void':
      return withBody(idRequest, body, ({ id }) => done(hand.void(id)))
    case 'POST faults':
      return withBody(faultRequest, body, (plan) => {
        faults.plan(plan)
        return done(undefined)
      })
    case 'POST expire':
      return withBody(expireRequest, body, ({ tokens }) => {
        hand.expire(tokens)
        return done(undefined)
      })
    default:
      return json(404, { error: `The sandbox has no control ${method} ${path} for a target` })
  }
}

/** Amounts as decimal text. */
function entriesJson(hand: Hand): string {
  return JSON.stringify(hand.entries(), (_key, value: unknown) =>
    typeof value === 'bigint' ? formatMoney(value) : value,
  )
}

function withBody<T>(schema: z.ZodType<T>, body: string, use: (value: T) => Reply): Reply {
  const parsed = schema.safeParse(readJson(body))
  return parsed.success ? use(parsed.data) : json(400, { error: z.prettifyError(parsed.error) })
}

function done(problem: string | undefined): Reply {
  return problem === undefined ? json(200, { done: true }) : json(400, { error: problem })
}
