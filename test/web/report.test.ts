/** The report in a browser: the list of books, a page, and what is not there. */
import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/domain/errors.ts'
import { createSecret } from '../../src/http/secret.ts'
import { reportRoutes } from '../../src/web/report-routes.ts'
import type { WindowRequest } from '../../src/pipeline/report/window.ts'
import { madePage } from '../report/support.ts'

const LOGIN = { authorization: `Basic ${Buffer.from('tieout:open sesame').toString('base64')}` }

function routes(password: string | null = 'open sesame') {
  const asked: WindowRequest[] = []
  const app = reportRoutes({
    password: password === null ? null : createSecret(password),
    books: ['agency', 'shop & co'],
    page: (book, request) => {
      asked.push(request)
      if (book === 'agency' && request.night !== '2020-01-01') return Promise.resolve(madePage())
      return Promise.reject(
        new InputError('NIGHT_UNKNOWN', `Book "${book}" has no finished night.`, 'Run tieout sync.'),
      )
    },
  })
  return { get: async (path: string, headers: Record<string, string> = LOGIN) => app.request(path, { headers }), asked }
}

describe('the report in a browser', () => {
  it('lists every book with its colour, also one that has no night yet', async () => {
    const answer = await routes().get('/')
    const text = await answer.text()
    expect(answer.status).toBe(200)
    expect(text).toContain('RED')
    expect(text).toContain('href="/books/agency/report"')
    expect(text).toContain('href="/books/shop%20%26%20co/report"')
    expect(text).toContain('Book &quot;shop &amp; co&quot; has no finished night.')
  })

  it.each(['/', '/books/agency/report'])(
    'asks who wants to see %s, and is not there without a password',
    async (path) => {
      expect((await routes().get(path, {})).status).toBe(401)
      const wrong = { authorization: `Basic ${Buffer.from('tieout:guess').toString('base64')}` }
      expect((await routes().get(path, wrong)).status).toBe(401)
      expect((await routes().get(path)).status).toBe(200)
      expect((await routes(null).get(path)).status).toBe(404)
    },
  )

  it('shows a night as it was known at an instant, and lets nothing run or be kept', async () => {
    const { get, asked } = routes()
    const answer = await get('/books/agency/report?night=2026-03-18&knownAt=2026-03-19T00:05:00Z')
    expect(answer.status).toBe(200)
    expect(asked).toEqual([{ night: '2026-03-18', knownAtMs: Date.UTC(2026, 2, 19, 0, 5) }])
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await answer.text()).toContain('Reconciliation report')
  })

  it.each([
    ['/books/nobody/report', '404'],
    ['/books/agency/report?night=2020-01-01', 'has no finished night'],
    ['/books/agency/report?night=<script>', '&quot;&lt;script&gt;&quot; is not a date'],
    ['/books/agency/report?knownAt=yesterday', '&quot;yesterday&quot; is not an instant'],
  ])('answers %s with 404 and the reason', async (path, words) => {
    const answer = await routes().get(path)
    expect(answer.status).toBe(404)
    expect(await answer.text()).toContain(words)
  })
})
