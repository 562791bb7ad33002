/**
 * Creates a manual journal by xero-node. The SDK composes address, query, headers and authentication; the body is ours,
 * byte for byte as it was shown, put in by the hook the SDK offers for authentication. The same hook closes its gaps: no
 * time limit, redirects followed with a body, proxies from the environment, answers read through floats.
 */
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { machine } from '../../machine/machine.ts'
import { redactText } from '../../http/redact.ts'
import type { Secret } from '../../http/secret.ts'
import type { XeroAnswer } from './answer.ts'

export interface PutJournalSettings {
  /** `…/api.xro/2.0` */
  readonly api: string
  /** From the first byte sent to the last received. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

export interface PutJournal {
  /** For messages. */
  readonly label: string
  readonly body: string
  readonly key: string
  readonly token: Secret
  /** Blanked out of the answer and of every message. */
  readonly secrets: readonly Secret[]
  /** '' for a custom connection, which has one organisation only. */
  readonly tenant: string
}

/** One journal and what Xero adds to it. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024
/** A write has a connection of its own: one that was kept open may be closed by the other side just as it is used. */
const agents = { httpAgent: new HttpAgent({ keepAlive: false }), httpsAgent: new HttpsAgent({ keepAlive: false }) }

export async function putJournal(settings: PutJournalSettings, request: PutJournal): Promise<XeroAnswer> {
  // Half a second to load, so only who delivers pays for it.
  const { AccountingApi } = await import('xero-node')
  const api = new AccountingApi(settings.api)
  api.accessToken = request.token.reveal()
  const late = AbortSignal.timeout(settings.timeoutMs)
  const signal = AbortSignal.any([settings.signal, late])
  const { sdkAdapter } = machine()
  api.setDefaultAuthentication({
    applyToRequest: (options) => {
      if (request.tenant === '') delete options.headers?.['xero-tenant-id']
      Object.assign(options, agents, {
        data: Buffer.from(request.body),
        transformRequest: [(data: unknown) => data],
        transformResponse: [(data: unknown) => data],
        responseType: 'text',
        validateStatus: () => true,
        maxRedirects: 0,
        maxContentLength: MAX_ANSWER_BYTES,
        proxy: false,
        // A transport that was handed in keeps the time itself, on its own clock.
        ...(sdkAdapter === null ? { signal } : { adapter: sdkAdapter, timeout: settings.timeoutMs }),
      })
    },
  })
  const headers = { 'Content-Type': 'application/json' }
  const failed = (why: string): XeroAnswer => {
    const message = `${request.label}: ${why}; whether the journal arrived is looked up before it is sent again.`
    return { kind: 'failed', message: redactText(message, request.secrets) }
  }
  try {
    const { response } = await api.createManualJournals(request.tenant, {}, false, request.key, { headers })
    return answerOf(response, request.secrets) ?? failed('xero-node gave no response')
  } catch (error) {
    const answer = answerOf(Reflect.get(Object(error), 'response'), request.secrets)
    if (answer !== null) return answer
    if (settings.signal.aborted) return failed('given up because this program is stopping')
    return failed(late.aborted ? `no answer within ${settings.timeoutMs} ms` : reasonOf(error))
  }
}

/** What axios calls a response; null for anything else. */
function answerOf(response: unknown, secrets: readonly Secret[]): XeroAnswer | null {
  const status: unknown = Reflect.get(Object(response), 'status')
  const body: unknown = Reflect.get(Object(response), 'data')
  if (typeof status !== 'number') return null
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(Object(Reflect.get(Object(response), 'headers'))))
    if (typeof value === 'string') headers[name.toLowerCase()] = value
  return { kind: 'answer', status, headers, body: redactText(typeof body === 'string' ? body : '', secrets) }
}

/** The SDK rejects with the JSON text of an object; the network's own words are in its `body`. */
function reasonOf(error: unknown): string {
  const text = typeof error === 'string' ? error : error instanceof Error ? error.message : ''
  try {
    const body: unknown = Reflect.get(Object(JSON.parse(text)), 'body')
    return typeof body === 'string' && body !== '' ? body.slice(0, 200) : 'the connection broke'
  } catch {
    return text === '' ? 'the connection broke' : text.slice(0, 200)
  }
}
