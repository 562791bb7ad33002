import { describe, expect, it } from 'vitest'
import type { Answer, EntryKey } from '../../../src/targets/port.ts'
import { quickbooksBody } from '../../../src/targets/quickbooks/body.ts'
import { NOW_MS } from '../../http/support.ts'
import { echo, ENTRY, PREFERENCES, REALM, stage, withPreferences, type Asked } from './support.ts'

function valueOf<T>(answer: Answer<T>): T {
  if (answer.kind !== 'ok') throw new Error(`${answer.kind}: ${answer.message}`)
  return answer.value
}

function row(document: string, changes: Readonly<Record<string, unknown>> = {}): object {
  const body = quickbooksBody({ ...ENTRY, document })
  const answer = echo(body, { Id: `id-${document}`, ...changes })
  return Object(Reflect.get(answer, 'JournalEntry'))
}

function key(document: string): EntryKey {
  return { document, memo: '', date: '2026-11-05' }
}

function queryOf({ parameters }: Asked): string {
  return parameters['query'] ?? ''
}

const documents = (count: number, from = 0): readonly string[] =>
  Array.from({ length: count }, (_, n) => `ACME-${String(from + n).padStart(5, '0')}`)

/** Answers a query for journal entries from a list, page by page, as QuickBooks does. */
function entriesOf(rows: readonly object[], count = rows.length) {
  return ({ parameters }: { readonly parameters: Readonly<Record<string, string>> }) => {
    const query = parameters['query'] ?? ''
    if (/count\(\*\)/.test(query)) return { body: { QueryResponse: { totalCount: count } } }
    const start = Number(/STARTPOSITION (\d+)/.exec(query)?.[1] ?? '1')
    const most = Number(/MAXRESULTS (\d+)/.exec(query)?.[1] ?? '100')
    const page = rows.slice(start - 1, start - 1 + most)
    return { body: { QueryResponse: page.length === 0 ? {} : { JournalEntry: page, startPosition: start } } }
  }
}

describe('looking entries up', () => {
  it('asks for many numbers at once, quotes escaped, and gives duplicates too', async () => {
    const rows = [row('A-1'), row('A-1', { Id: '9' }), row('a-1', { Id: '10' }), row("B'2")]
    const { target, asked } = await stage(withPreferences(entriesOf(rows)))
    const found = valueOf(await target.find([key('A-1'), key("B'2"), key('A-1')]))
    expect(found.map(({ remoteId }) => remoteId)).toEqual(['id-A-1', '9', "id-B'2"])
    expect(asked).toMatchObject([
      {
        method: 'GET',
        path: `/v3/company/${REALM}/query`,
        parameters: {
          query: String.raw`select * from JournalEntry where DocNumber in ('A-1','B\'2') MAXRESULTS 200`,
          minorversion: '75',
        },
      },
    ])
  })

  it('finds nothing where there is nothing', async () => {
    const { target } = await stage(withPreferences(entriesOf([])))
    expect(await target.find([key('A-1')])).toEqual({ kind: 'ok', value: [] })
    expect(await target.find([])).toEqual({ kind: 'ok', value: [] })
  })

  it('needs few requests for many documents', async () => {
    const { target, asked } = await stage(withPreferences(entriesOf([])))
    await target.find(documents(120).map(key))
    await target.find(documents(1).map(key))
    expect(asked.map(({ path }) => path.split('/').at(-1))).toEqual(['query', 'query', 'query', 'query'])
  })

  it('asks for the home currency once, when an entry does not name its own', async () => {
    const { target, asked } = await stage(withPreferences(entriesOf([row('A-1', { CurrencyRef: undefined })])))
    for (const time of ['first', 'second'])
      expect(valueOf(await target.find([key('A-1')])), time).toMatchObject([{ currency: 'USD' }])
    expect(asked.map(({ path }) => path.split('/').at(-1))).toEqual(['query', 'preferences', 'query'])
    const script = entriesOf([row('A-1', { CurrencyRef: undefined })])
    const without = await stage((each) => (each.path.endsWith('/preferences') ? { body: {} } : script(each)))
    expect(await without.target.find([key('A-1')])).toMatchObject({ kind: 'unknown', answered: true })
  })

  it('asks for one number by itself', async () => {
    const { target, asked } = await stage(entriesOf([row('A-1')]))
    await target.find([key('A-1'), key('A-1')])
    expect(asked.map(queryOf)).toEqual(["select * from JournalEntry where DocNumber = 'A-1' MAXRESULTS 200"])
  })

  it('reads the rate 1 as none', async () => {
    const rates = [row('A-1', { ExchangeRate: 1 }), row('A-2', { ExchangeRate: 1.084 })]
    const { target } = await stage(entriesOf(rates))
    const found = valueOf(await target.find([key('A-1'), key('A-2')]))
    expect(found.map(({ exchangeRate }) => exchangeRate)).toEqual([null, '1.084'])
  })

  it('reads an entry exactly as it stands there', async () => {
    const text =
      '{"QueryResponse":{"JournalEntry":[{"Id":"41","SyncToken":"3","DocNumber":"A-1","TxnDate":"2026-11-05",' +
      '"PrivateNote":"memo","Line":[' +
      '{"Id":"0","Amount":90071992547.40993,"Description":"big","DetailType":"JournalEntryLineDetail","JournalEntryLineDetail":' +
      '{"PostingType":"Debit","AccountRef":{"value":"35","name":"Cash"},"ClassRef":{"value":"200"},"DepartmentRef":{"value":"3"},' +
      '"Entity":{"Type":"Customer","EntityRef":{"value":"7","name":"Amy"}}}},' +
      '{"Id":"1","Amount":90071992547.409930,"DetailType":"JournalEntryLineDetail","JournalEntryLineDetail":' +
      '{"PostingType":"Credit","AccountRef":{"value":"79"}}},' +
      '{"Description":"only words","DetailType":"DescriptionOnly"},' +
      '{"Amount":0,"DetailType":"JournalEntryLineDetail","JournalEntryLineDetail":{"PostingType":"Debit","AccountRef":{"value":"1"}}}],' +
      '"NewField":{"a":[1.50,null,true]}}]}}'
    const { target } = await stage(withPreferences(() => ({ body: text })))
    const [entry] = valueOf(await target.find([key('A-1')]))
    expect(entry).toMatchObject({
      remoteId: '41',
      version: '3',
      status: 'posted',
      document: 'A-1',
      date: '2026-11-05',
      currency: 'USD',
      exchangeRate: null,
      memo: 'memo',
      lines: [
        {
          account: '35',
          amount: 9_007_199_254_740_993_000n,
          description: 'big',
          dimensions: [
            { name: 'class', value: '200' },
            { name: 'department', value: '3' },
          ],
          entity: { type: 'Customer', id: '7' },
        },
        { account: '79', amount: -9_007_199_254_740_993_000n, description: '', dimensions: [], entity: null },
      ],
    })
    expect(text).toContain(entry?.raw)
  })

  it('shows a tax that a person added as a line of its own', async () => {
    const tax = { TxnTaxDetail: { TaxLine: [{ Amount: -1.25, TaxLineDetail: { TaxRateRef: { value: '5' } } }] } }
    const { target } = await stage(withPreferences(entriesOf([row('A-1', tax)])))
    const [entry] = valueOf(await target.find([key('A-1')]))
    expect(entry?.lines.at(-1)).toMatchObject({ account: 'tax:5', amount: -125_000_000n })
  })

  it.each([
    ['no amount', { Line: [{ JournalEntryLineDetail: { PostingType: 'Debit', AccountRef: { value: '1' } } }] }],
    [
      'a third side',
      { Line: [{ Amount: 1, JournalEntryLineDetail: { PostingType: 'Both', AccountRef: { value: '1' } } }] },
    ],
    ['no account', { Line: [{ Amount: 1, JournalEntryLineDetail: { PostingType: 'Debit' } }] }],
    [
      'an amount beyond all books',
      { Line: [{ Amount: 1e30, JournalEntryLineDetail: { PostingType: 'Debit', AccountRef: { value: '1' } } }] },
    ],
    ['a tax without an amount', { TxnTaxDetail: { TaxLine: [{}] } }],
    ['a rate that is none', { ExchangeRate: {} }],
  ])('takes an entry with %s for one that is there, without lines', async (_name, changes) => {
    const { target } = await stage(withPreferences(entriesOf([row('A-1', changes), row('A-2')])))
    const [odd, good] = valueOf(await target.find([key('A-1'), key('A-2')]))
    expect(odd).toMatchObject({ remoteId: 'id-A-1', document: 'A-1', date: '2026-11-05', status: 'posted', lines: [] })
    expect(odd).toMatchObject({ currency: '', memo: ENTRY.memo, version: '0', raw: expect.stringContaining('"A-1"') })
    expect(good?.lines).toHaveLength(3)
  })

  it('does not take an entry without an id for one that is not there', async () => {
    const { target } = await stage(withPreferences(entriesOf([row('A-1', { Id: '' })])))
    const answer = await target.find([key('A-1')])
    expect(answer).toMatchObject({ kind: 'unknown', answered: true, message: expect.stringContaining('Id: is empty') })
  })

  it.each([
    ['rows that are no list', { QueryResponse: { JournalEntry: {} } }],
    ['another answer', { Something: 1 }],
  ])('knows nothing from %s', async (_name, body) => {
    const { target } = await stage(withPreferences(() => ({ body })))
    expect(await target.find([key('A-1')])).toMatchObject({ kind: 'unknown', answered: true })
  })

  it('reads a fault inside the response of a query', async () => {
    const body = { QueryResponse: { Fault: { Error: [{ Message: 'QueryValidationError', code: '4001' }] } } }
    const { target } = await stage(withPreferences(() => ({ body })))
    expect(await target.find([key('A-1')])).toMatchObject({ kind: 'refused', reason: 'invalid', code: '4001' })
  })

  it('repeats a read that got no answer, and a create never', async () => {
    const script = withPreferences((_asked, index) => (index < 2 ? 'hang up' : entriesOf([row('A-1')])(_asked)))
    const { target, asked } = await stage(script)
    expect(valueOf(await target.find([key('A-1')]))).toHaveLength(1)
    expect(asked).toHaveLength(3)
  })

  it('says that the company is unavailable when nothing was reached, and unknown when nothing came back', async () => {
    const { target } = await stage(() => 'hang up')
    expect(await target.find([key('A-1')])).toMatchObject({ kind: 'unknown', answered: false })
    const none = { current: () => Promise.resolve({ ok: false, reconnect: false, message: 'Down.' } as const) }
    const down = await stage(() => ({ body: '' }), { tokens: none })
    expect(await down.target.closedThrough()).toEqual({ kind: 'unavailable', message: 'Down.' })
  })
})

describe('listing entries', () => {
  const query = { documentPrefix: 'ACME-', from: '2026-11-01', to: '2026-11-30' }

  it('asks by prefix and day', async () => {
    const { target, asked } = await stage(withPreferences(entriesOf([row('ACME-1'), row('acme-2')])))
    expect(valueOf(await target.list(query)).map(({ document }) => document)).toEqual(['ACME-1'])
    expect(asked.map(queryOf)).toEqual([
      "select * from JournalEntry where DocNumber like 'ACME-%' and TxnDate >= '2026-11-01' and TxnDate <= '2026-11-30' MAXRESULTS 200",
    ])
  })

  it('asks by day alone when any number will do, and none', async () => {
    const { target, asked } = await stage(
      withPreferences(entriesOf([row('ACME-1'), row('X', { DocNumber: undefined })])),
    )
    expect(valueOf(await target.list({ ...query, documentPrefix: '' }))).toHaveLength(2)
    expect(asked.map(queryOf)).toEqual([
      "select * from JournalEntry where TxnDate >= '2026-11-01' and TxnDate <= '2026-11-30' MAXRESULTS 200",
    ])
  })

  it('reads every page in order and counts', async () => {
    const rows = documents(450).map((document) => row(document))
    const { target, asked } = await stage(withPreferences(entriesOf(rows)))
    expect(valueOf(await target.list(query))).toHaveLength(450)
    expect(asked.map((each) => queryOf(each).replace(/ where .*? (?=ORDERBY|MAXRESULTS)/, ' … '))).toEqual([
      'select * from JournalEntry … MAXRESULTS 200',
      'select * from JournalEntry … ORDERBY Id STARTPOSITION 1 MAXRESULTS 200',
      'select * from JournalEntry … ORDERBY Id STARTPOSITION 200 MAXRESULTS 200',
      'select * from JournalEntry … ORDERBY Id STARTPOSITION 399 MAXRESULTS 200',
      expect.stringContaining('select count(*) from JournalEntry where DocNumber like'),
    ])
  })

  it('reads pages that are cut shorter than asked', async () => {
    const rows = documents(230).map((document) => row(document))
    const cut = withPreferences((asked) =>
      entriesOf(rows)({ parameters: { query: queryOf(asked).replace('MAXRESULTS 200', 'MAXRESULTS 100') } }),
    )
    const { target } = await stage(cut)
    expect(valueOf(await target.list(query))).toHaveLength(230)
  })

  it('reads again when a row was deleted between two pages, which hides another one', async () => {
    const all = documents(250).map((document) => row(document))
    const script = withPreferences((asked, index) => {
      const isAfterDeletion = index >= 2
      const rows = isAfterDeletion ? all.slice(1) : all
      return entriesOf(rows)(asked)
    })
    const { target, asked } = await stage(script)
    const found = valueOf(await target.list(query)).map(({ document }) => document)
    expect(found).toEqual(documents(249, 1))
    expect(asked.filter((each) => queryOf(each).includes('count(*)'))).toHaveLength(2)
  })

  it('gives up on a list that never stands still', async () => {
    const rows = documents(150).map((document) => row(document))
    const { target } = await stage(withPreferences(entriesOf(rows, 151)))
    expect(await target.list(query)).toMatchObject({ kind: 'unknown', answered: true })
  })

  it('knows nothing when the count is missing', async () => {
    const rows = documents(150).map((document) => row(document))
    const script = withPreferences((asked) =>
      queryOf(asked).includes('count(*)') ? { body: { QueryResponse: {} } } : entriesOf(rows)(asked),
    )
    const { target } = await stage(script)
    expect(await target.list(query)).toMatchObject({ kind: 'unknown' })
  })
})

describe('what changed', () => {
  const query = { documentPrefix: 'ACME-', from: '2026-11-01', to: '2026-11-30', changedSinceMs: NOW_MS - 86_400_000 }
  const changes = (rows: readonly object[]) => ({
    body: { CDCResponse: [{ QueryResponse: [{ JournalEntry: rows }] }] },
  })
  const gone = { Id: '77', status: 'Deleted', domain: 'QBO', MetaData: { LastUpdatedTime: '2026-11-20' } }

  it('is asked of change data capture, and deleted entries come with their id alone', async () => {
    const rows = [row('ACME-1'), row('OTHER-1'), row('ACME-2', { TxnDate: '2026-12-01' }), gone]
    const { target, asked } = await stage(withPreferences(() => changes(rows)))
    const found = valueOf(await target.list(query))
    expect(found.map(({ remoteId, status }) => [remoteId, status])).toEqual([
      ['id-ACME-1', 'posted'],
      ['77', 'deleted'],
    ])
    expect(asked[0]).toMatchObject({
      path: `/v3/company/${REALM}/cdc`,
      parameters: { entities: 'JournalEntry', changedSince: '2026-03-12T20:55:00Z' },
    })
  })

  it.each([
    ['nothing', { CDCResponse: [{ QueryResponse: [{}] }] }],
    ['no response at all', { CDCResponse: [{}] }],
  ])('is nothing when the answer holds %s', async (_name, body) => {
    const { target } = await stage(withPreferences(() => ({ body })))
    expect(await target.list(query)).toEqual({ kind: 'ok', value: [] })
  })

  it('is every entry of the days when it is too long ago, or too much for one answer', async () => {
    const long = await stage(withPreferences(entriesOf([row('ACME-1')])))
    expect(valueOf(await long.target.list({ ...query, changedSinceMs: NOW_MS - 30 * 86_400_000 }))).toHaveLength(1)
    expect(long.asked[0]?.path).toMatch(/\/query$/)
    const many = documents(1000).map((document) => ({ ...gone, Id: document }))
    const script = withPreferences((asked) =>
      asked.path.endsWith('/cdc') ? changes(many) : entriesOf([row('ACME-1')])(asked),
    )
    const much = await stage(script)
    expect(valueOf(await much.target.list(query)).map(({ document }) => document)).toEqual(['ACME-1'])
  })

  it('is not known from an answer of another shape', async () => {
    const { target } = await stage(withPreferences(() => ({ body: { CDCResponse: {} } })))
    expect(await target.list(query)).toMatchObject({ kind: 'unknown', answered: true })
  })
})

describe('the day the books close', () => {
  const closing = (date: unknown) => ({
    Preferences: { ...PREFERENCES.Preferences, AccountingInfoPrefs: { BookCloseDate: date } },
  })
  it.each([
    ['2026-02-28', '2026-02-28'],
    ['', null],
    [undefined, null],
    ['28/02/2026', null],
  ])('is %s in the preferences and %s for us', async (date, expected) => {
    const { target, asked } = await stage(() => ({ body: closing(date) }))
    expect(await target.closedThrough()).toEqual({ kind: 'ok', value: expected })
    expect(asked).toMatchObject([{ method: 'GET', path: `/v3/company/${REALM}/preferences` }])
  })

  it('is not guessed when the preferences say nothing about the company', async () => {
    const { target } = await stage(() => ({ body: { Preferences: {} } }))
    expect(await target.closedThrough()).toMatchObject({ kind: 'unknown', answered: true })
  })
})
