/**
 * QuickBooks' tokens through intuit-oauth, which builds and sends the requests. What it lacks is added around it: a time
 * limit, no redirects, no repeats of its own (a repeated renewal can spoil the token), and the answer itself, since its
 * errors lose the status. Its logging writes tokens to a file and stays off.
 */
import { machine } from '../machine/machine.ts'
import type OAuthClient from 'intuit-oauth'
import * as z from 'zod'
import type { QuickbooksTargetConfig } from '../config/target-model.ts'
import type { Secret } from '../http/secret.ts'
import { later, readGrant, type GrantAnswer, type TokenReply } from './grant.ts'
import type { VendorOAuth } from './oauth.ts'

interface QuickbooksOAuthParts {
  readonly clientId: Secret
  readonly clientSecret: Secret
  readonly timeoutMs: number
  readonly nowMs: () => number
}

const MAX_BODY_BYTES = 1024 * 1024

/** An axios answer, as far as it is needed. */
const answerShape = z.object({
  status: z.number(),
  data: z.unknown(),
  // A class of axios and no plain object.
  headers: z.instanceof(Object),
})
const failureShape = z.object({ code: z.string().regex(/^[A-Z_]{3,30}$/) })

interface Sent {
  readonly reply: TokenReply | null
  /** Why there is no reply: ECONNREFUSED. */
  readonly code: string | null
}

type Send = (client: OAuthClient) => Promise<unknown>
type ClientClass = typeof OAuthClient

export function createQuickbooksOAuth(config: QuickbooksTargetConfig, parts: QuickbooksOAuthParts): VendorOAuth {
  const who = `QuickBooks (target ${config.name})`
  const ask = async (send: Send): Promise<Sent> => {
    const Client = await loadClient()
    return sendOnce(newClient(Client, config, parts), send, parts.timeoutMs)
  }
  const grant = async (send: Send): Promise<GrantAnswer> => {
    const sentAtMs = parts.nowMs()
    const { reply, code } = await ask(send)
    if (reply === null) return later(unanswered(who, code))
    return readGrant(reply, { who, sentAtMs, refreshLifeMs: null })
  }
  return {
    authorizeUrl: async ({ state }) => {
      const Client = await loadClient()
      return newClient(Client, config, parts).authorizeUri({ scope: 'com.intuit.quickbooks.accounting', state })
    },
    exchange: ({ code, realmId }) =>
      // Made anew from the parts that were checked: the client would also believe a redirectUri in the address.
      grant((client) => client.createToken(`?${new URLSearchParams({ code, realmId }).toString()}`)),
    refresh: (refreshToken) => grant((client) => client.refreshUsingToken(refreshToken ?? '')),
    revoke: async (token) => {
      const { reply, code } = await ask((client) => client.revoke({ refresh_token: token }))
      if (reply === null) return unanswered(who, code)
      return reply.status < 300 ? null : `${who} answered the request to revoke with HTTP ${reply.status}.`
    },
  }
}

/** Loading takes 200 ms, which only a command that needs tokens pays. */
async function loadClient(): Promise<ClientClass> {
  const { default: Client } = await import('intuit-oauth')
  return Client
}

/** Its addresses are its own globals, so a client must be used in the turn it is made in: other targets have other ones. */
function newClient(Client: ClientClass, { urls, redirectUri }: QuickbooksTargetConfig, parts: QuickbooksOAuthParts) {
  Client.authorizeEndpoint = urls.authorize
  Client.tokenEndpoint = urls.token
  Client.revokeEndpoint = urls.revoke
  Client.retryConfig.maxRetries = 0
  return new Client({
    clientId: parts.clientId.reveal(),
    clientSecret: parts.clientSecret.reveal(),
    // Decides addresses of calls that are not made here.
    environment: 'production',
    redirectUri,
    logging: false,
    includeRefreshTokenHardExpiresIn: true,
  })
}

/** Its rejections are dropped: they hold the request, and with it the token. */
async function sendOnce(client: OAuthClient, send: Send, timeoutMs: number): Promise<Sent> {
  let sent: Sent = { reply: null, code: null }
  const load = client.loadResponse.bind(client)
  client.loadResponse = async (request: object): Promise<unknown> => {
    const { sdkAdapter } = machine()
    const limits = {
      // A transport that was handed in keeps the time itself, on its own clock.
      ...(sdkAdapter === null ? { signal: AbortSignal.timeout(timeoutMs) } : { adapter: sdkAdapter }),
      timeout: timeoutMs,
      maxRedirects: 0,
      proxy: false,
    }
    try {
      const answer: unknown = await load({ ...request, ...limits, maxContentLength: MAX_BODY_BYTES })
      sent = { reply: readReply(answer), code: null }
      return answer
    } catch (error) {
      const answer: unknown = error instanceof Error && 'response' in error ? error.response : undefined
      sent = { reply: readReply(answer), code: failureShape.safeParse(error).data?.code ?? null }
      throw error
    }
  }
  try {
    await send(client)
  } catch {
    // What came of it is in `sent`.
  }
  return sent
}

function readReply(answer: unknown): TokenReply | null {
  const { data: found } = answerShape.safeParse(answer)
  if (found === undefined) return null
  const body = typeof found.data === 'string' ? found.data : (JSON.stringify(found.data) ?? '')
  const retryAfter: unknown = Reflect.get(found.headers, 'retry-after')
  return { status: found.status, body, retryAfter: typeof retryAfter === 'string' ? retryAfter : null }
}

function unanswered(who: string, code: string | null): string {
  return `${who} did not answer a request about its token${code === null ? '' : ` (${code})`}; it is tried again later.`
}
