/**
 * A look-up that was refused, or answered with anything but an answer to it, is not known to have found nothing: no create
 * follows it, whichever system it is and however the refusal looks. Once it can look again, each journal is there once.
 */
import { copyFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { run } from '../cli/support.ts'
import { documentsAt, ENV, NAMES, prepare, watchedEmulators, type Name } from './emulated-book.ts'
import type { Reply } from './in-between.ts'

const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  type: 'application/json',
  text: typeof body === 'string' ? body : JSON.stringify(body),
  headers,
})
const html = (status: number): Reply => ({ status, type: 'text/html', text: '<html>Sign in</html>' })

const FAULT = { Fault: { Error: [{ Message: 'Internal', code: '10000' }], type: 'SystemFault' } }
const FOREIGN_ENTRY = {
  Id: '9',
  SyncToken: '0',
  DocNumber: 'OTHERCO-20261101-1',
  TxnDate: '2026-11-01',
  PrivateNote: 'OTHERCO-20261101-1 of somebody else',
  Line: [],
}

const REPLIES: readonly (readonly [string, Readonly<Record<Name, Reply>>])[] = [
  ['401', { quickbooks: json(401, {}), xero: json(401, { Title: 'Unauthorized' }) }],
  ['403', { quickbooks: json(403, {}), xero: json(403, { Title: 'Forbidden' }) }],
  ['403 of a gateway', { quickbooks: html(403), xero: html(403) }],
  [
    '429 of a day',
    {
      quickbooks: json(429, {}, { 'retry-after': '7200' }),
      xero: json(429, {}, { 'retry-after': '7200', 'x-rate-limit-problem': 'day' }),
    },
  ],
  ['500', { quickbooks: json(500, {}), xero: json(500, {}) }],
  ['503', { quickbooks: html(503), xero: { status: 503, type: 'text/plain', text: 'The Organisation is offline' } }],
  ['400', { quickbooks: json(400, FAULT), xero: json(400, { Type: 'QueryParseException', Message: 'No.' }) }],
  ['a web page with 200', { quickbooks: html(200), xero: html(200) }],
  ['nothing with 200', { quickbooks: json(200, ''), xero: json(200, '') }],
  ['an answer cut off', { quickbooks: json(200, '{"QueryResponse":{"Jour'), xero: json(200, '{"ManualJournals":[') }],
  ['an answer of no shape', { quickbooks: json(200, {}), xero: json(200, {}) }],
  ['an error with 200', { quickbooks: json(200, FAULT), xero: json(200, { Status: 'ERROR', ErrorNumber: 17 }) }],
  [
    'an entry nobody asked for, or a page that says there is more',
    {
      quickbooks: json(200, { QueryResponse: { JournalEntry: [FOREIGN_ENTRY] } }),
      xero: json(200, { ManualJournals: [], pagination: { page: 1, pageSize: 500, pageCount: 1, itemCount: 3 } }),
    },
  ],
]

function isLookUp(name: Name, path: string): boolean {
  return name === 'quickbooks'
    ? path.includes('/query?') && decodeURIComponent(path).includes('JournalEntry')
    : path.includes('/ManualJournals?')
}

describe.each(NAMES)('a look-up at %s', (name) => {
  it('that is answered with anything but its answer is followed by no create', async () => {
    const prepared = await prepare('sqlite', 1)
    for (const [what, replies] of REPLIES) {
      const { between, ...emulated } = await watchedEmulators()
      const { configPath } = emulated
      copyFileSync((await prepared.copy()).replace('sqlite:', ''), join(dirname(configPath), 'tieout.db'))
      const creates: string[] = []
      between.instead = ({ method, path }) => {
        if (isLookUp(name, path)) return replies[name]
        if (path.includes('journalentry') || (method === 'PUT' && path.includes('ManualJournals'))) creates.push(path)
        return null
      }
      const { stdout } = await run(['--config', configPath, 'deliver', '--target', name], { env: ENV })
      expect(creates, what).toEqual([])
      expect(stdout, what).not.toContain('created')
      expect(await documentsAt(emulated, name), what).toEqual([])
    }
  }, 120_000)
})
