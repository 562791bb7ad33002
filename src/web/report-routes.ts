/**
 * The report in a browser: `/` lists the books with the colour of their newest night, `/books/NAME/report` is the page.
 * Read-only, without scripts. It shows money, so it is there only when the configuration gives it a password.
 */
import { Hono } from 'hono'
import { basicAuth } from 'hono/basic-auth'
import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { InputError } from '../domain/errors.ts'
import { COLOUR_WORDS } from '../domain/report/status.ts'
import { isIsoDate } from '../domain/time/dates.ts'
import type { Secret } from '../http/secret.ts'
import { standingOf, type NightPage } from '../pipeline/report/page.ts'
import type { WindowRequest } from '../pipeline/report/window.ts'
import { document } from './report/document.ts'
import { reportDocument } from './report/html.ts'
import { moment, table, type Cell } from './report/parts.ts'

export interface ReportParts {
  /** Of the user `tieout`; null keeps the pages shut: they say what to set, and nothing of the books. */
  readonly password: Secret | null
  readonly books: readonly string[]
  /** Rejects with InputError when there is no such night. */
  readonly page: (book: string, request: WindowRequest) => Promise<NightPage>
}

/** Nothing may run or be fetched, and nobody may frame it or learn where a reader came from. */
const HEADERS = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

/** What a browser shows to whoever gives no password. */
const SIGN_IN = 'Sign in as the user "tieout" with the password of serve.reportPassword.\n'
const NO_PASSWORD =
  'The report is not served, because it has no password. ' +
  'Put serve: { reportPassword: { env: NAME } } into tieout.yaml and start tieout serve again.\n'

export function reportRoutes(parts: ReportParts): Hono {
  const app = new Hono()
  const { password } = parts
  if (password === null) {
    app.get('/', (context) => context.text(NO_PASSWORD, 404, HEADERS))
    app.get('/books/*', (context) => context.text(NO_PASSWORD, 404, HEADERS))
    return app
  }
  const login = basicAuth({
    username: 'tieout',
    password: password.reveal(),
    realm: 'tieout',
    invalidUserMessage: SIGN_IN,
  })
  app.use('/', login)
  app.use('/books/*', login)
  app.get('/', async (context) => context.html(await index(parts), 200, HEADERS))
  app.get('/books/:book/report', async (context) => {
    const book = context.req.param('book')
    if (!parts.books.includes(book)) return context.notFound()
    try {
      const request = requestOf(context.req.query('night'), context.req.query('knownAt'))
      return context.html(await reportDocument(await parts.page(book, request)), 200, HEADERS)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      return context.html(await refusal(error), 404, HEADERS)
    }
  })
  return app
}

function requestOf(night: string | undefined, knownAt: string | undefined): WindowRequest {
  if (night !== undefined && !isIsoDate(night)) throw nightUnreadable(night)
  const knownAtMs = knownAt === undefined ? null : instantOf(knownAt)
  return { night: night ?? null, knownAtMs }
}

function nightUnreadable(text: string): InputError {
  return new InputError('NIGHT_UNREADABLE', `"${text}" is not a date.`, 'Give ?night= as 2026-03-18.')
}

function instantOf(text: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?Z$/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(ms)) return ms
  throw new InputError('INSTANT_UNREADABLE', `"${text}" is not an instant.`, 'Give ?knownAt= as 2026-03-19T00:05:00Z.')
}

/** A book without a night yet is listed as such. */
async function index({ books, page }: ReportParts): Promise<string> {
  const rows = []
  for (const book of books) rows.push(await rowOf(book, page))
  const links = books.map(
    (book) => html`<li><a href="/books/${encodeURIComponent(book)}/report">The report of ${book}</a></li>`,
  )
  return document(
    'tieout',
    html`<main>
      <h1>tieout</h1>
      ${table('Books', ['Book', 'Newest night', 'Status', 'Why', 'Known at'], rows)}
      <ul>
        ${links}
      </ul>
    </main>`,
  )
}

async function rowOf(book: string, page: ReportParts['page']): Promise<readonly Cell[]> {
  try {
    const newest = await page(book, { night: null, knownAtMs: null })
    const { colour, reasons, atMs } = standingOf(newest)
    const why = reasons.length === 0 ? COLOUR_WORDS.green : `${reasons[0]?.what ?? ''}${more(reasons.length - 1)}`
    const status: Cell = { text: colour.toUpperCase(), tone: colour === 'red' ? 'bad' : '' }
    return [{ text: book }, { text: newest.night }, status, { text: why }, { text: moment(atMs) }]
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return [{ text: book }, { text: 'none yet' }, { text: '' }, { text: error.message }, { text: '' }]
  }
}

function more(count: number): string {
  return count <= 0 ? '' : `, and ${count} more`
}

function refusal({ message, hint }: InputError): Promise<string> {
  const body: Promise<HtmlEscapedString> | HtmlEscapedString = html`<main>
    <h1>No such report</h1>
    <p>${message} ${hint}</p>
  </main>`
  return document('No such report', body)
}
