/**
 * Xero's `Idempotency-Key`: for six minutes from the first call the same request gives the same answer, refusals included;
 * another request with the key is refused; a duplicate that comes while the first is under way waits for it.
 */
import { createHash } from 'node:crypto'
import { json } from '../http-reply.ts'
import type { Reply, SandboxRequest } from '../http-reply.ts'
import { problem } from './errors.ts'

const KEPT_MS = 6 * 60_000
const MAX_KEY = 128

interface Kept {
  readonly fingerprint: string
  readonly reply: Reply
  readonly answered: Promise<void>
  readonly sinceMs: number
}

export interface IdempotencyKeys {
  /** The answer of an earlier request with this key, or undefined for a new one. */
  readonly earlier: (request: SandboxRequest, tenantId: string, nowMs: number) => Promise<Reply | undefined>
  readonly remember: (request: SandboxRequest, tenantId: string, kept: Omit<Kept, 'fingerprint'>) => void
}

export function createIdempotencyKeys(): IdempotencyKeys {
  const kept = new Map<string, Kept>()
  return {
    earlier: async (request, tenantId, nowMs) => {
      const key = keyOf(request)
      if (key === undefined) return undefined
      if (key.length > MAX_KEY) return refuse(`Idempotency Key has more than ${MAX_KEY} characters`)
      const found = kept.get(key)
      if (found === undefined || nowMs - found.sinceMs >= KEPT_MS) return undefined
      if (found.fingerprint !== fingerprintOf(request, tenantId)) {
        return refuse(`Idempotency Key '${key}' is used with a different request`)
      }
      await found.answered
      return found.reply
    },
    remember: (request, tenantId, entry) => {
      const key = keyOf(request)
      if (key !== undefined) kept.set(key, { ...entry, fingerprint: fingerprintOf(request, tenantId) })
    },
  }
}

/** GET has no idempotency. */
function keyOf({ method, headers }: SandboxRequest): string | undefined {
  const key = headers['idempotency-key']
  return method === 'GET' || typeof key !== 'string' || key === '' ? undefined : key
}

function fingerprintOf({ method, path, query, body }: SandboxRequest, tenantId: string): string {
  return createHash('sha256').update(`${method} ${path}?${query.toString()}\n${tenantId}\n${body}`).digest('hex')
}

function refuse(detail: string): Reply {
  const { status, body } = problem(400, 'BadRequest', detail)
  return json(status, body)
}
