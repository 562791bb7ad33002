/**
 * Waits on this machine for the browser to come back from the consent page. Only the exact path with the right state
 * counts, and only once; everything else gets a page that says so, and the waiting goes on until its time is over.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { ConfigError, TransientError } from '../domain/errors.ts'
import { PAGE_HEADERS, PAGES, pageHtml, type CallbackPage } from './callback-page.ts'
import { readRedirect, type Redirect } from './redirect.ts'

type Answer = Exclude<Redirect, { readonly kind: 'foreign' }>

export interface CallbackServer {
  /** The first answer to this consent. Rejects with TransientError when none comes in time, and as the signal says. */
  readonly answer: () => Promise<Answer>
  /** Shows the browser what came of it, and stops listening. */
  readonly finish: (page: CallbackPage) => Promise<void>
}

export interface CallbackOptions {
  readonly redirectUri: string
  readonly state: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** Listens when it resolves. Throws ConfigError when the port is taken. */
export async function startCallbackServer(options: CallbackOptions): Promise<CallbackServer> {
  const { port, pathname } = new URL(options.redirectUri)
  const waiting: ServerResponse[] = []
  const answered = Promise.withResolvers<Answer>()
  // Nobody may be waiting yet when the time is over.
  answered.promise.catch(() => undefined)
  let isAnswered = false
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const url = URL.parse(request.url ?? '', options.redirectUri)
    if (request.method !== 'GET' || url?.pathname !== pathname) return show(response, PAGES.unknown)
    const redirect = readRedirect(url.search, options.state)
    if (redirect.kind === 'foreign') return show(response, PAGES.foreign)
    if (isAnswered) return show(response, PAGES.used)
    isAnswered = true
    waiting.push(response)
    answered.resolve(redirect)
  }
  const servers = await listenLocally(serve, port === '' ? 80 : Number(port), options.redirectUri)
  const giveUp = (): void => answered.reject(options.signal.reason)
  const timer = setTimeout(() => answered.reject(tooLate()), options.timeoutMs)
  options.signal.addEventListener('abort', giveUp, { once: true })
  if (options.signal.aborted) giveUp()
  return {
    answer: () => answered.promise,
    finish: async (page) => {
      clearTimeout(timer)
      options.signal.removeEventListener('abort', giveUp)
      await Promise.all(waiting.map((response) => ended(response, page)))
      await Promise.all(servers.map(close))
    },
  }
}

/** On both loopback addresses where the machine has both: a browser tries either for "localhost". */
async function listenLocally(serve: Parameters<typeof createServer>[1], port: number, redirectUri: string) {
  const servers: Server[] = []
  for (const host of ['127.0.0.1', '::1']) {
    const server = createServer(serve)
    const code = await listen(server, port, host)
    if (code === null) servers.push(server)
    else if (servers.length === 0) throw cannotListen(redirectUri, code)
  }
  return servers
}

/** Null when it listens; else why not. */
function listen(server: Server, port: number, host: string): Promise<string | null> {
  return new Promise((resolve) => {
    server.once('error', (error) => resolve('code' in error ? String(error.code) : error.message))
    server.listen(port, host, () => resolve(null))
  })
}

function cannotListen(redirectUri: string, code: string): ConfigError {
  return new ConfigError(
    'CALLBACK_UNAVAILABLE',
    `Nothing can listen at ${redirectUri}, where the browser comes back to (${code}).`,
    'Stop the program that uses the port, choose another port for redirectUri and register it with the vendor, or use --no-browser.',
  )
}

function tooLate(): TransientError {
  const message = 'Nobody came back from the consent page in time; nothing was connected.'
  return new TransientError('CONSENT_MISSING', message, 'Run tieout connect again.')
}

function show(response: ServerResponse, page: CallbackPage): void {
  response.writeHead(page.status, PAGE_HEADERS).end(pageHtml(page))
}

function ended(response: ServerResponse, page: CallbackPage): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve)
    if (response.destroyed) resolve()
    else show(response, page)
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
