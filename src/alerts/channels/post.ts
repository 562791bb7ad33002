/** The one way a chat or webhook channel speaks: a POST with limits and retries, whose address is never printed. */
import type { HttpClient } from '../../http/client.ts'
import { redactText } from '../../http/redact.ts'
import { createSecret, type Secret } from '../../http/secret.ts'
import { oneLine } from '../plain.ts'
import type { Delivered } from '../notice.ts'

export interface Post {
  readonly http: HttpClient
  /** 'Slack channel "ops"' */
  readonly label: string
  readonly url: Secret
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly secrets?: readonly Secret[]
  readonly signal: AbortSignal
}

/** Statuses that are about this message; all others are about the channel. */
const REFUSED: ReadonlySet<number> = new Set([400, 413, 422])

const SAYS: Readonly<Record<number, string>> = {
  401: 'refused us; its address or token is no longer valid, make a new one and put it into the secret',
  403: 'refused us; its address or token is no longer valid, make a new one and put it into the secret',
  404: 'does not exist; make a new webhook and put its address into the secret',
  410: 'was removed; make a new webhook and put its address into the secret',
  429: 'wants fewer messages; it is tried again later',
}

/** At-least-once: a repeated POST says the same again, so it may be retried. */
export async function post({ http, label, url, headers, body, secrets = [], signal }: Post): Promise<Delivered> {
  const hidden = [...secretsOf(url), ...secrets]
  const outcome = await http.request({
    method: 'POST',
    url: url.reveal(),
    headers,
    body,
    secrets: hidden,
    idempotent: true,
    label,
    signal,
  })
  if (outcome.kind === 'failed') return { ok: false, message: outcome.message, refused: false }
  const { status } = outcome
  if (status >= 200 && status < 300) return { ok: true }
  const said = oneLine(redactText(outcome.body.toString('utf8'), hidden)).slice(0, 120)
  const says =
    SAYS[status] ??
    (REFUSED.has(status) ? 'refused this message' : 'could not take the message; it is tried again later')
  const message = `${label} ${says} (HTTP ${status}${said === '' ? '' : `: ${said}`}).`
  return { ok: false, message, refused: REFUSED.has(status) }
}

/** The address as a whole, and the path that is the secret part of it, which an answer may quote alone. */
function secretsOf(url: Secret): readonly Secret[] {
  const parsed = URL.parse(url.reveal())
  if (parsed === null) return [url]
  const path = parsed.pathname.length > 1 ? [createSecret(parsed.pathname)] : []
  const query = parsed.search.length > 1 ? [createSecret(parsed.search.slice(1))] : []
  return [url, ...path, ...query]
}
