/**
 * The page of a night through the whole app and a real socket, as a browser asks for it: the password is asked for, the
 * page comes, and everything it needs is in it. The routes alone once passed every test while the app answered 500.
 */
import { expect, it, onTestFinished } from 'vitest'
import { createSecret } from '../../src/http/secret.ts'
import { listen } from '../../src/web/listen.ts'
import type { ReportParts } from '../../src/web/report-routes.ts'
import { newSqliteUrl, opened } from '../support/databases.ts'
import { madePage } from '../report/support.ts'
import { webRig } from './support.ts'

const REPORTS: ReportParts = {
  password: createSecret('open sesame'),
  books: ['agency'],
  page: () => Promise.resolve(madePage()),
}

async function served(reports: ReportParts = REPORTS) {
  const rig = await webRig(await opened(newSqliteUrl()), { reports })
  const listening = await listen(rig.app, '127.0.0.1', 0)
  onTestFinished(() => listening.close())
  const get = (path: string, user?: string): Promise<Response> => {
    const login = user === undefined ? {} : { authorization: `Basic ${Buffer.from(user).toString('base64')}` }
    return fetch(`${listening.url}${path}`, { headers: login })
  }
  return { get, log: rig.log }
}

it.each(['/', '/books/agency/report', '/books/nobody/report'])('asks for the password of %s', async (path) => {
  const { get, log } = await served()
  for (const user of [undefined, 'tieout:guess', 'somebody:open sesame', 'tieout:']) {
    const answer = await get(path, user)
    expect([user, answer.status]).toEqual([user, 401])
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="tieout"')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await answer.text()).toBe('Sign in as the user "tieout" with the password of serve.reportPassword.\n')
  }
  // Somebody who has to sign in is no trouble of the program's.
  expect(log).toEqual([])
})

it('shows a page that needs nothing but itself, and whose links lead somewhere', async () => {
  const { get } = await served()
  for (const path of ['/', '/books/agency/report']) {
    const answer = await get(path, 'tieout:open sesame')
    const text = await answer.text()
    expect([path, answer.status]).toEqual([path, 200])
    expect(answer.headers.get('content-type')).toBe('text/html; charset=UTF-8')
    const policy = answer.headers.get('content-security-policy') ?? ''
    // What the page carries, its own policy has to allow: a style element, and nothing that would be fetched or run.
    expect(text).toMatch(/<style>\s+:root/)
    expect(policy).toContain("style-src 'unsafe-inline'")
    expect(text).not.toMatch(/<script|<link|<img|<iframe|<form|\sstyle=|\son[a-z]+=/i)
    for (const [, link = ''] of text.matchAll(/href="([^"]*)"/g)) {
      expect([link, (await get(link, 'tieout:open sesame')).status]).toEqual([link, 200])
    }
  }
})

it('says what to set when the report has no password', async () => {
  const { get } = await served({ ...REPORTS, password: null })
  for (const path of ['/', '/books/agency/report']) {
    const answer = await get(path, 'tieout:open sesame')
    expect([path, answer.status]).toEqual([path, 404])
    expect(answer.headers.get('content-type')).toContain('text/plain')
    expect(await answer.text()).toBe(
      'The report is not served, because it has no password. Put serve: { reportPassword: { env: NAME } } into tieout.yaml and start tieout serve again.\n',
    )
  }
})

it('answers an error of the program with 500 and writes it to the log', async () => {
  const { get, log } = await served({ ...REPORTS, page: () => Promise.reject(new Error('the disk is gone')) })
  const answer = await get('/books/agency/report', 'tieout:open sesame')
  expect(answer.status).toBe(500)
  expect(log.join('')).toContain('the disk is gone')
})
