/** The client of the tests' accounting system: what a real one promises, in as few lines as that takes. */
import { request } from 'undici'
import { parseEntry } from '../../src/targets/outbox/entry-text.ts'
import type { RemoteEntry } from '../../src/targets/entry.ts'
import type { AccountingTarget, Answer, CreateOutcome, Trouble } from '../../src/targets/port.ts'
import type { Stored } from './journal-service.ts'

interface Reply {
  readonly status: number
  readonly text: string
}

export function serviceTarget(url: string): AccountingTarget {
  const ask = async <T>(path: string, body: unknown, read: (text: string) => T): Promise<Answer<T>> => {
    const reply = await send(url + path, body === null ? null : JSON.stringify(body), '')
    if ('kind' in reply) return reply
    return reply.status === 200 ? { kind: 'ok', value: read(reply.text) } : troubleOf(reply)
  }
  const entries = (text: string): readonly RemoteEntry[] => (JSON.parse(text) as readonly Stored[]).map(toRemote)
  return {
    pull: () => Promise.resolve({ kind: 'unavailable', message: 'the tests pull nothing' }),
    closedThrough: () =>
      ask('/closed', null, (text) => (JSON.parse(text) as { readonly closedThrough: string | null }).closedThrough),
    create: async ({ body, key }): Promise<CreateOutcome> => {
      const reply = await send(`${url}/entries`, body, key)
      if ('kind' in reply) return reply
      if (reply.status === 200) return { kind: 'created', remote: toRemote(JSON.parse(reply.text) as Stored) }
      return troubleOf(reply)
    },
    find: (wanted) => ask('/find', wanted, entries),
    list: ({ changedSinceMs = 0 }) => ask(`/list?since=${changedSinceMs}`, null, entries),
    close: () => Promise.resolve(),
  }
}

async function send(url: string, body: string | null, key: string): Promise<Reply | Trouble> {
  try {
    const { statusCode, body: answer } = await request(url, {
      method: body === null ? 'GET' : 'POST',
      body,
      headers: { 'idempotency-key': key },
      // A connection that was dropped must not be the next request's.
      reset: true,
    })
    return { status: statusCode, text: await answer.text() }
  } catch {
    return { kind: 'unknown', answered: false, message: 'The connection broke before the answer.' }
  }
}

function troubleOf({ status, text }: Reply): Trouble {
  switch (status) {
    case 400:
      return {
        kind: 'refused',
        reason: 'closed-period',
        code: '6210',
        message: 'The books are closed.',
        evidence: text,
      }
    case 401:
      return { kind: 'unauthorised', message: 'Connect again.' }
    case 429: {
      const { scope, untilMs } = JSON.parse(text) as { readonly scope: 'minute' | 'day'; readonly untilMs: number }
      return { kind: 'throttled', scope, untilMs, message: `The limit of the ${scope} is used up.`, sent: true }
    }
    case 503:
      return { kind: 'unavailable', message: 'The company is offline.' }
    default:
      return { kind: 'unknown', answered: true, message: `HTTP ${status}.` }
  }
}

export function toRemote({ id, version, status, text }: Stored): RemoteEntry {
  return {
    ...parseEntry(text),
    remoteId: id,
    version: String(version),
    status,
    raw: JSON.stringify({ id, version, status, text }),
  }
}
